//! PyTorch files of both kinds.

use misa_files::Source;
use misa_files::pickle::Value;
use misa_files::torch::{File, Limits};
use misa_testing::{golden, real_data};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Source<'static> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/torch");
    Source::open(folder.join(name)).unwrap()
}

/// Shape and elements of the tensor that the outermost dictionary holds.
fn doubles(file: &File<'_>, key: &str) -> (Vec<usize>, Vec<f64>) {
    let tensor = file.tensor(file.root().get(key).unwrap()).unwrap().unwrap();
    (tensor.shape().to_vec(), tensor.to_doubles().unwrap())
}

const BOTH: [&str; 2] = ["values.pt", "values_legacy.pt"];

#[test]
fn elements_of_every_type() {
    let floats = [0.0, -0.5, 1.5, 1024.0, f64::INFINITY];
    let ints = [-128, 0, 1, 2, 100, 127];
    for name in BOTH {
        let source = fixture(name);
        let file = File::open(&source, &Limits::default()).unwrap();
        let types = [
            ("float16", "f2"),
            ("bfloat16", "bf16"),
            ("float32", "f4"),
            ("float64", "f8"),
        ];
        for (key, dtype) in types {
            let tensor = file.tensor(file.root().get(key).unwrap()).unwrap().unwrap();
            assert_eq!(tensor.dtype().to_string(), dtype);
            assert_eq!(tensor.to_doubles().unwrap(), floats, "{key}");
            assert_eq!(
                tensor.to_floats().unwrap(),
                floats.map(|value| value as f32),
                "{key}"
            );
            let error = tensor.to_ints().unwrap_err().to_string();
            assert_eq!(
                error,
                format!("expected whole numbers, found tensor {dtype} [5]")
            );
        }
        for (key, dtype) in [
            ("int8", "i1"),
            ("int16", "i2"),
            ("int32", "i4"),
            ("int64", "i8"),
        ] {
            let tensor = file.tensor(file.root().get(key).unwrap()).unwrap().unwrap();
            assert_eq!(tensor.dtype().to_string(), dtype);
            assert_eq!(tensor.to_ints().unwrap(), ints, "{key}");
        }
        assert_eq!(
            doubles(&file, "uint8").1,
            [0.0, 1.0, 2.0, 100.0, 127.0, 255.0]
        );
        assert_eq!(doubles(&file, "bool").1, [1.0, 0.0, 1.0]);
    }
}

#[test]
fn strides_are_followed() {
    for name in BOTH {
        let source = fixture(name);
        let file = File::open(&source, &Limits::default()).unwrap();
        let grid = |i: usize, j: usize, k: usize| (i * 6 + j * 2 + k) as f64;
        let (shape, values) = doubles(&file, "grid");
        assert_eq!((shape, values.len()), (vec![4, 3, 2], 24));
        assert!(
            values
                .iter()
                .enumerate()
                .all(|(i, &value)| value == i as f64)
        );
        let (shape, values) = doubles(&file, "transposed");
        assert_eq!(shape, [2, 4, 3]);
        for (at, value) in values.iter().enumerate() {
            assert_eq!(*value, grid(at / 3 % 4, at % 3, at / 12));
        }
        let slice = vec![grid(1, 0, 1), grid(1, 2, 1), grid(2, 0, 1), grid(2, 2, 1)];
        assert_eq!(doubles(&file, "slice"), (vec![2, 2], slice));
        let row: Vec<f64> = (12..18).map(f64::from).collect();
        assert_eq!(doubles(&file, "row"), (vec![3, 2], row));
        let repeated = vec![1.0, 1.0, 1.0, 2.0, 2.0, 2.0];
        assert_eq!(doubles(&file, "repeated"), (vec![2, 3], repeated));
    }
}

#[test]
fn other_values_are_read_too() {
    for name in BOTH {
        let source = fixture(name);
        let file = File::open(&source, &Limits::default()).unwrap();
        assert_eq!(doubles(&file, "single"), (vec![], vec![2.5]));
        assert_eq!(doubles(&file, "empty"), (vec![0, 3], vec![]));
        assert_eq!(doubles(&file, "parameter"), (vec![2], vec![3.0, 4.0]));
        let plain = file.root().get("plain").unwrap();
        assert_eq!(plain.get("name").unwrap().to_text().unwrap(), "text");
        assert!(file.tensor(plain).unwrap().is_none());
        assert!(file.tensor(plain.get("steps").unwrap()).unwrap().is_none());
    }
}

/// Words of the golden embeddings by their ids.
const WORDS: [(&str, &[&str]); 2] = [
    (
        "misa_mosi_f32",
        &[
            "<unk>", "<pad>", "not", "umm", "so", "movie", "very", "boring", "great", "really",
            "and", "was", "uh", "don't", "acting", "plot", "it", "the", "bad", "awful", "loved",
        ],
    ),
    (
        "misa_mosei_f64",
        &[
            "<unk>", "<pad>", "umm", "the", "plot", "not", "uh", "loved", "movie", "acting", "was",
            "bad", "very", "i", "it", "really", "boring", "so",
        ],
    ),
];

/// The word vectors in the text file of GloVe.
fn glove(folder: &Path) -> BTreeMap<String, Vec<f32>> {
    let text = fs::read_to_string(folder.join("glove_mini.txt")).unwrap();
    text.lines()
        .map(|line| {
            // Words may hold spaces, so the numbers count from the end.
            let parts: Vec<&str> = line.split(' ').collect();
            let (word, numbers) = parts.split_at(parts.len() - 300);
            let numbers = numbers.iter().map(|number| number.parse().unwrap());
            (word.join(" "), numbers.collect())
        })
        .collect()
}

fn vocabulary(value: Value<'_>) -> BTreeMap<String, i64> {
    value
        .entries()
        .unwrap()
        .map(|(word, id)| (word.to_text().unwrap(), id.as_int().unwrap()))
        .collect()
}

#[test]
fn golden_embeddings_hold_the_vectors_of_glove() {
    let golden = golden("data");
    for (name, words) in WORDS {
        let folder = golden.join(name);
        let glove = glove(&folder);
        let ids = words.iter().map(|word| word.to_string()).zip(0..);
        let ids: BTreeMap<String, i64> = ids.collect();
        let variants = ["zip", "legacy"].map(|variant| {
            let path = folder.join(format!("pkl/embedding_and_mapping.{variant}.pt"));
            let source = Source::open(path).unwrap();
            let file = File::open(&source, &Limits::default()).unwrap();
            let pair = file.root().items().unwrap();
            assert_eq!(vocabulary(pair.get(1).unwrap()), ids, "{name} {variant}");
            let tensor = file.tensor(pair.get(0).unwrap()).unwrap().unwrap();
            assert_eq!(tensor.shape(), [words.len(), 300]);
            assert_eq!(tensor.dtype().to_string(), "f4");
            tensor.to_floats().unwrap()
        });
        assert_eq!(variants[0], variants[1], "{name}");
        let known = words
            .iter()
            .enumerate()
            .filter(|(_, word)| glove.contains_key(**word));
        assert!(known.clone().count() >= 3);
        for (id, word) in known {
            assert_eq!(
                variants[0][300 * id..300 * (id + 1)],
                glove[*word],
                "{name} {word}"
            );
        }
    }
}

#[test]
fn real_weights() {
    let Some(path) = real_data("pretrained/tiny_bert/pytorch_model.bin") else {
        return;
    };
    let source = Source::open(path).unwrap();
    let file = File::open(&source, &Limits::default()).unwrap();
    let shapes: Vec<(String, Vec<usize>)> = file
        .root()
        .entries()
        .unwrap()
        .map(|(name, value)| {
            let tensor = file.tensor(value).unwrap().unwrap();
            (name.to_text().unwrap(), tensor.shape().to_vec())
        })
        .collect();
    let mut expected: Vec<(String, Vec<usize>)> = Vec::new();
    let mut add = |name: &str, shape: &[usize]| expected.push((name.to_string(), shape.to_vec()));
    add("bert.embeddings.position_ids", &[1, 16]);
    add("bert.embeddings.word_embeddings.weight", &[402, 16]);
    add("bert.embeddings.position_embeddings.weight", &[16, 16]);
    add("bert.embeddings.token_type_embeddings.weight", &[2, 16]);
    add("bert.embeddings.LayerNorm.weight", &[16]);
    add("bert.embeddings.LayerNorm.bias", &[16]);
    let layer = [
        ("attention.self.query", [16, 16]),
        ("attention.self.key", [16, 16]),
        ("attention.self.value", [16, 16]),
        ("attention.output.dense", [16, 16]),
        ("attention.output.LayerNorm", [16, 0]),
        ("intermediate.dense", [64, 16]),
        ("output.dense", [16, 64]),
        ("output.LayerNorm", [16, 0]),
    ];
    for (name, [rows, columns]) in layer {
        let rank = if columns == 0 { 1 } else { 2 };
        add(
            &format!("bert.encoder.layer.0.{name}.weight"),
            &[rows, columns][..rank],
        );
        add(&format!("bert.encoder.layer.0.{name}.bias"), &[rows]);
    }
    add("classifier.weight", &[9, 16]);
    add("classifier.bias", &[9]);
    assert_eq!(shapes, expected);
    // Sums computed by PyTorch.
    for (name, sum) in [
        ("bert.embeddings.position_ids", 120.0),
        (
            "bert.embeddings.word_embeddings.weight",
            -3.093_972_740_901_790_5,
        ),
        ("classifier.weight", 0.111_493_067_946_867_09),
    ] {
        let found: f64 = doubles(&file, name).1.iter().sum();
        assert!((found - sum).abs() < 1e-12, "{name}: {found}");
    }
}

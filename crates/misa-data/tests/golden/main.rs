//! Agreement with files and arrays that the official code and NumPy wrote.
//!
//! Every case is a test of its own. Cases are found by listing the folder, so that a new case needs
//! no new code, and a case that these tests cannot run fails.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "flex")]
mod collate;

use misa_data::format::misa;
use misa_data::{
    Format, NonFinite, OpenOptions, Policy, RawUtterance, Split, TextSequence, Utterance,
    UtteranceDataset, prepare, read_embedding, read_glove,
};
use misa_files::pickle::{Limits, Pickle, Value};
use misa_terms::{FeatureSizes, TextSize};
use misa_testing::{
    Tensors, Trial, case, cpu_time, entries, extension, golden, json, name, run, stem, unknown,
};
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Every folder of the golden data, and the learning set.
fn main() -> ExitCode {
    let folders = entries(&golden("data"));
    let mut cases: Vec<Trial> = folders.iter().flat_map(|path| folder_cases(path)).collect();
    cases.push(case("data::learning_set_opens", learning_set_opens));
    run(cases)
}

fn folder_cases(folder: &Path) -> Vec<Trial> {
    let folder_name = name(folder);
    match folder_name.split('_').next() {
        Some("misa") => misa_cases(folder),
        #[cfg(feature = "flex")]
        Some("collate") => collate::cases(folder),
        // Batches are made by what the feature brings.
        #[cfg(not(feature = "flex"))]
        Some("collate") => vec![],
        Some("mmsa") => file_cases(&folder_name, folder, mmsa_case),
        Some("pickle") => file_cases(&folder_name, folder, pickle_case),
        Some("hostile") => file_cases(&folder_name, folder, hostile_case),
        Some("ur") => ur_funny_cases(folder),
        _ => vec![unknown(&format!("data::{folder_name}"))],
    }
}

/// A case for every file that is not an expectation.
fn file_cases(group: &str, folder: &Path, check: fn(&Path)) -> Vec<Trial> {
    let files = entries(folder).into_iter();
    let files = files.filter(|path| extension(path) == "pkl");
    let of_file = |path: PathBuf| {
        let place = format!("data::{group}::{}", stem(&path));
        case(&place, move || check(&path))
    };
    files.map(of_file).collect()
}

/// A case of the folder itself.
fn folder_case(folder: &Path, what: &str, check: fn(&Path)) -> Trial {
    let place = format!("data::{}::{what}", name(folder));
    let folder = folder.to_path_buf();
    case(&place, move || check(&folder))
}

fn misa_cases(folder: &Path) -> Vec<Trial> {
    type Check = (&'static str, fn(&Path));
    let checks: [Check; 4] = [
        ("vocabulary_is_rebuilt", vocabulary_is_rebuilt),
        ("official_build", official_build),
        ("glove_rows", glove_rows),
        ("embeddings_of_pytorch", embeddings_of_pytorch),
    ];
    let checks = checks.map(|(what, check)| folder_case(folder, what, check));
    let pickles = file_cases(&name(folder), &folder.join("pkl"), official_pickle);
    checks.into_iter().chain(pickles).collect()
}

fn ur_funny_cases(folder: &Path) -> Vec<Trial> {
    let mut cases = file_cases(&name(folder), folder, ur_funny_pickle);
    cases.push(folder_case(folder, "folder_of_the_kit", ur_funny_folder));
    cases
}

/// Absolute tolerance of scaled features; NumPy sums in single precision.
const TOLERANCE: f32 = 1e-5;

fn assert_close(found: &[f32], expected: &[f64], place: &str) {
    assert_eq!(found.len(), expected.len(), "{place}");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected as f32).abs();
        assert!(
            difference <= TOLERANCE,
            "{place}[{i}]: {found}, expected {expected}"
        );
    }
}

/// The files' name of a split.
fn foreign(split: Split) -> &'static str {
    match split {
        Split::Valid => "dev",
        other => other.name(),
    }
}

fn texts(value: &Json) -> Vec<String> {
    let items = value.as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

fn check_split(utterances: &[Utterance], golden: &Tensors, info: &Json, split: &str) {
    let expected = info["expected"][split].as_array().unwrap();
    assert_eq!(utterances.len(), expected.len(), "{split}");
    for (i, (utterance, expected)) in utterances.iter().zip(expected).enumerate() {
        let place = format!("{split}.{i}");
        assert_eq!(
            utterance.id,
            expected["segment"].as_str().unwrap(),
            "{place}"
        );
        assert_eq!(utterance.words, texts(&expected["actual_words"]), "{place}");
        check_parts(utterance, golden, &place);
    }
}

fn check_parts(utterance: &Utterance, golden: &Tensors, place: &str) {
    let ids = golden.ints(&format!("{place}.words"));
    let ids = ids
        .into_iter()
        .map(|id| u32::try_from(id).unwrap())
        .collect();
    assert_eq!(utterance.text, TextSequence::Words(ids), "{place}");
    let column = |part: &str| golden.floats(&format!("{place}.{part}"));
    assert_close(utterance.visual.values(), &column("visual"), place);
    assert_close(utterance.acoustic.values(), &column("acoustic"), place);
    assert_close(&[utterance.label], &column("label"), place);
}

/// `SPLIT.DIALECT.pkl` below a folder with what it must give.
fn official_pickle(path: &Path) {
    let folder = path.parent().and_then(Path::parent).unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let utterances = misa::read_split(path).unwrap();
    check_split(&utterances, &golden, &info, split_of(path));
}

/// The split that begins the name of a file.
fn split_of(path: &Path) -> &'static str {
    let file = name(path);
    let mut splits = Split::ALL.into_iter().map(foreign);
    let split = splits.find(|split| file.starts_with(&format!("{split}.")));
    split.unwrap_or_else(|| panic!("{file}: expected train, dev or test"))
}

/// `SPLIT.DIALECT.pkl`
fn ur_funny_pickle(path: &Path) {
    let folder = path.parent().unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let split = split_of(path);
    let utterances = misa::read_split(path).unwrap();
    let expected = info["expected"][split].as_array().unwrap();
    assert_eq!(utterances.len(), expected.len(), "{split}");
    for (i, (utterance, words)) in utterances.iter().zip(expected).enumerate() {
        assert_eq!(utterance.id, format!("{}[{i}]", stem(path)));
        assert_eq!(utterance.words, texts(words));
        check_parts(utterance, &golden, &format!("{split}.{i}"));
    }
}

fn ur_funny_folder(folder: &Path) {
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let data = options.open(folder.join("sdk")).unwrap();
    assert_eq!(data.format(), Format::UrFunny);
    for split in Split::ALL {
        let utterances = data.split(split);
        let split = foreign(split);
        let expected = info["expected"][split].as_array().unwrap();
        assert_eq!(utterances.len(), expected.len(), "{split}");
        for (i, (utterance, words)) in utterances.iter().zip(expected).enumerate() {
            assert_eq!(utterance.words, texts(words));
            check_parts(utterance, &golden, &format!("{split}.{i}"));
        }
    }
    let notes: Vec<String> = data.notes().iter().map(ToString::to_string).collect();
    let dropped = [
        "train: 1 misaligned utterances dropped",
        "no split: 1 utterances without a split dropped",
    ];
    for note in dropped {
        assert!(notes.iter().any(|found| found == note), "{notes:?}");
    }
}

fn vocabulary_is_rebuilt(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let copy = tempfile::tempdir().unwrap();
    for split in ["train", "dev", "test"] {
        let from = folder.join(format!("pkl/{split}.np1_p3.pkl"));
        fs::copy(from, copy.path().join(format!("{split}.pkl"))).unwrap();
    }
    let data = UtteranceDataset::open(copy.path()).unwrap();
    let vocabulary = data.vocabulary().unwrap();
    let expected = info["word2id"].as_object().unwrap();
    for (id, word) in vocabulary.iter() {
        assert_eq!(expected[word], id, "{word}");
    }
    // Words that only dropped utterances hold are gaps.
    for (word, id) in expected {
        let id = id.as_u64().unwrap() as u32;
        assert!(
            [Some(word.as_str()), None].contains(&vocabulary.word(id)),
            "{word}"
        );
    }
}

fn official_build(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let raw = Tensors::read(&folder.join("raw.safetensors"));
    let order = texts(&info["order"]);
    let utterances: Vec<RawUtterance> = order
        .iter()
        .enumerate()
        .map(|(k, id)| raw_utterance(&raw, &info, k, id))
        .collect();
    let prepared = prepare(&utterances, NonFinite::Official).unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    for (split, utterances) in [
        (Split::Train, &prepared.train),
        (Split::Valid, &prepared.valid),
        (Split::Test, &prepared.test),
    ] {
        check_split(utterances, &golden, &info, foreign(split));
    }
    let expected = info["word2id"].as_object().unwrap();
    assert_eq!(prepared.vocabulary.len(), expected.len());
    assert!(
        prepared
            .vocabulary
            .iter()
            .all(|(id, word)| expected[word] == id)
    );
}

fn raw_utterance(raw: &Tensors, info: &Json, k: usize, id: &str) -> RawUtterance {
    let (video, _) = id.rsplit_once('[').unwrap();
    let is_in = |split: &Split| texts(&info["splits"][foreign(*split)]).contains(&video.to_owned());
    RawUtterance {
        id: id.to_owned(),
        split: Split::ALL.into_iter().find(is_in),
        words: texts(&info["words"][id]),
        visual: raw.rows(&format!("raw.{k}.visual")),
        acoustic: raw.rows(&format!("raw.{k}.acoustic")),
        label: raw.floats(&format!("raw.{k}.label"))[0],
        is_single: raw.get(&format!("raw.{k}.visual")).is_single,
    }
}

fn glove_rows(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let embedding = golden.rows("pretrained_emb");
    let mut vocabulary = misa_data::Vocabulary::new();
    let mut words: Vec<(&String, u64)> = info["word2id"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(word, id)| (word, id.as_u64().unwrap()))
        .collect();
    words.sort_by_key(|&(_, id)| id);
    for (word, id) in words {
        assert_eq!(u64::from(vocabulary.add(word)), id);
    }
    let glove = read_glove(
        folder.join("glove_mini.txt"),
        &vocabulary,
        embedding[0].len(),
    )
    .unwrap();
    let stdout = info["stdout"].as_str().unwrap();
    let found = format!("Found {} words in the embedding file", glove.found());
    assert!(stdout.contains(&found), "{found}");
    assert_eq!(glove.found() + glove.missing, vocabulary.len() - 2);
    assert_eq!(glove.skipped, 0);
    for (id, row) in &glove.rows {
        assert_close(row, &embedding[*id as usize], &format!("row {id}"));
    }
}

fn embeddings_of_pytorch(folder: &Path) {
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let embedding = golden.rows("pretrained_emb");
    let mut vocabulary = misa_data::Vocabulary::new();
    let info = json(&folder.join("info.json"));
    for word in info["word2id"].as_object().unwrap().keys() {
        vocabulary.add(word);
    }
    let glove = read_glove(
        folder.join("glove_mini.txt"),
        &vocabulary,
        embedding[0].len(),
    )
    .unwrap();
    for kind in ["zip", "legacy"] {
        let path = folder.join(format!("pkl/embedding_and_mapping.{kind}.pt"));
        let found = read_embedding(&path, &vocabulary, embedding[0].len()).unwrap();
        assert_eq!((found.missing, found.skipped), (0, 0));
        assert_eq!(found.found(), vocabulary.len() - 2);
        for (id, row) in &found.rows {
            let word = vocabulary.word(*id).unwrap();
            let place = info["word2id"][word].as_u64().unwrap() as usize;
            // Rows of words that GloVe lacks are random, in each file others.
            if glove.rows.iter().any(|(known, _)| known == id) {
                assert_close(row, &embedding[place], word);
            }
        }
        let error = read_embedding(&path, &vocabulary, 50)
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected a matrix [words, 50]"), "{error}");
    }
}

/// The beginning of its name says what a feature file holds.
fn mmsa_case(path: &Path) {
    let folder = path.parent().unwrap();
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let data = options.open(path).unwrap();
    let file = name(path);
    match file.split('_').next() {
        Some("aligned" | "unaligned") => {
            let golden = Tensors::read(&folder.join("expected.safetensors"));
            feature_file(&data, &golden, file.split('.').next().unwrap());
        }
        Some(layout @ ("mult" | "mag")) => {
            let golden = Tensors::read(&folder.join("expected_mult_mag.safetensors"));
            let info = json(&folder.join("expected_strings.json"));
            let check = if layout == "mult" {
                check_mult
            } else {
                check_mag
            };
            for split in Split::ALL {
                check(&data, split, &golden, &info);
            }
        }
        _ => panic!("{file}: no test reads this case"),
    }
}

/// Every split, and the sizes; the acoustic features hold values that are not finite.
fn feature_file(data: &UtteranceDataset, golden: &Tensors, case: &str) {
    for split in Split::ALL {
        check_mmsa(data.split(split), golden, &format!("{case}.{split}"));
    }
    let width = |part: &str| {
        let shape = &golden.get(&format!("{case}.train.{part}")).shape;
        *shape.last().unwrap()
    };
    let sizes = FeatureSizes {
        text: TextSize::Features {
            d_input: width("text"),
        },
        visual: width("vision"),
        acoustic: width("audio"),
    };
    assert_eq!(data.feature_sizes(), sizes);
    let notes: Vec<String> = data.notes().iter().map(ToString::to_string).collect();
    let replaced = notes
        .iter()
        .any(|note| note.contains("non-finite acoustic"));
    assert!(replaced, "{notes:?}");
}

fn check_mmsa(utterances: &[Utterance], golden: &Tensors, case: &str) {
    let column = |part: &str| golden.floats(&format!("{case}.{part}"));
    let labels = column("label_M");
    assert_eq!(utterances.len(), labels.len(), "{case}");
    let bert = column("text_bert");
    let padded = bert.len() / labels.len() / 3;
    for (i, utterance) in utterances.iter().enumerate() {
        assert_eq!(utterance.label, labels[i] as f32, "{case}.{i}");
        let mask = &bert[(3 * i + 1) * padded..(3 * i + 2) * padded];
        let tokens = mask.iter().filter(|&&value| value == 1.0).count();
        // Where no length is stored, all are as long as text: the file is aligned.
        let stated = |key: &str| {
            let lengths = golden.find(&format!("{case}.{key}"));
            lengths.map_or(tokens, |lengths| lengths.values[i] as usize)
        };
        let TextSequence::Features(text) = &utterance.text else {
            panic!("{case}: text features went in");
        };
        for (sequence, part, steps) in [
            (text, "text", tokens),
            (&utterance.visual, "vision", stated("vision_lengths")),
            (&utterance.acoustic, "audio", stated("audio_lengths")),
        ] {
            let all = column(part);
            let start = i * all.len() / labels.len();
            assert_eq!(sequence.steps(), steps, "{case}.{i}.{part}");
            let end = start + steps * sequence.d_input();
            assert_close(
                sequence.values(),
                &all[start..end],
                &format!("{case}.{i}.{part}"),
            );
        }
    }
}

fn check_mult(data: &UtteranceDataset, split: Split, golden: &Tensors, info: &Json) {
    assert_eq!(data.format(), Format::Mult);
    let case = format!("mult.{split}");
    let utterances = data.split(split);
    let values = |part: fn(&Utterance) -> &[f32]| utterances.iter().flat_map(part).copied();
    let text = |utterance: &Utterance| match &utterance.text {
        TextSequence::Features(text) => text.values().to_vec(),
        TextSequence::Words(_) => panic!("text features"),
    };
    let text: Vec<f32> = utterances.iter().flat_map(text).collect();
    // MulT makes -inf 0 and leaves the rest as it is.
    for (part, found) in [
        (
            "vision",
            values(|utterance| utterance.visual.values()).collect(),
        ),
        (
            "audio",
            values(|utterance| utterance.acoustic.values()).collect(),
        ),
        ("text", text),
        (
            "labels",
            utterances
                .iter()
                .map(|utterance| utterance.label)
                .collect::<Vec<f32>>(),
        ),
    ] {
        let place = format!("{case}.{part}");
        let replaced = |value: f64| if value.is_infinite() { 0.0 } else { value };
        let expected: Vec<f64> = golden.floats(&place).into_iter().map(replaced).collect();
        assert_close(&found, &expected, &place);
    }
    let ids = info["mult_ids"][split.name()].as_array().unwrap();
    assert_eq!(utterances.len(), ids.len());
    for (utterance, id) in utterances.iter().zip(ids) {
        let parts = texts(id);
        assert_eq!(
            utterance.id,
            format!("{}[{},{}]", parts[0], parts[1], parts[2])
        );
    }
}

fn check_mag(data: &UtteranceDataset, split: Split, golden: &Tensors, info: &Json) {
    assert_eq!(data.format(), Format::Mag);
    let words = info["mag_words"][foreign(split)].as_array().unwrap();
    let ids = texts(&info["mag_segments"][foreign(split)]);
    assert_eq!(data.split(split).len(), words.len());
    for (index, utterance) in data.split(split).iter().enumerate() {
        let place = format!("mag.{}.{index}", foreign(split));
        assert_eq!(utterance.words, texts(&words[index]));
        assert_eq!(utterance.id, ids[index]);
        let part = |name: &str| golden.floats(&format!("{place}.{name}"));
        assert_close(utterance.visual.values(), &part("visual"), &place);
        assert_close(utterance.acoustic.values(), &part("acoustic"), &place);
        assert_close(&[utterance.label], &part("label"), &place);
    }
}

fn pickle_case(path: &Path) {
    let bytes = fs::read(path).unwrap();
    let pickle = Pickle::parse(&bytes, &Limits::default()).unwrap();
    let file = name(path);
    match file.split('.').next() {
        Some("shared_refs") => check_shared(pickle.root()),
        Some("dtypes") => {
            let expected = path.with_file_name("dtypes_expected.safetensors");
            check_types(pickle.root(), &Tensors::read(&expected));
        }
        _ => panic!("{file}: no test reads this case"),
    }
}

fn check_types(root: Value<'_>, golden: &Tensors) {
    for tensor in golden.names() {
        let array = root.get(tensor).unwrap().array().unwrap();
        let found = array.to_doubles().unwrap();
        let expected = golden.floats(tensor);
        assert_eq!(array.len(), expected.len(), "{tensor}");
        // Bits, so that NaN and -0 count.
        let bits = |values: &[f64]| -> Vec<u64> {
            let one_nan = |value: &f64| if value.is_nan() { f64::NAN } else { *value };
            values
                .iter()
                .map(|value| one_nan(value).to_bits())
                .collect()
        };
        assert_eq!(bits(&found), bits(&expected), "{tensor}");
    }
    let get = |key: &str| root.get(key).unwrap();
    assert_eq!(get("U").to_texts().unwrap(), ["ab", "\u{e9}\u{65e5}"]);
    assert_eq!(get("S").to_texts().unwrap(), ["xy", "z"]);
    assert_eq!(get("scalar_f32").as_float(), Some(1.5));
    assert_eq!(get("scalar_f64").as_float(), Some(-2.25));
    assert_eq!(get("scalar_i64").as_int(), Some(7));
    assert_eq!(get("empty").array().unwrap().shape(), [0, 4]);
    let max = get("u64").array().unwrap().to_doubles().unwrap();
    assert!(max.iter().all(|value| value.is_finite()));
    let objects: Vec<&str> = get("obj")
        .items()
        .unwrap()
        .iter()
        .map(|item| item.kind())
        .collect();
    assert_eq!(objects, ["text", "int", "none", "float"]);
    let plain = get("py").items().unwrap();
    assert!(plain.get(0).unwrap().is_none());
    assert_eq!(plain.get(3).unwrap().as_int(), Some(-1));
    assert_eq!(plain.get(6).unwrap().as_float(), Some(2.0_f64.powi(70)));
    assert_eq!(plain.get(6).unwrap().as_int(), None);
    assert_eq!(plain.get(8).unwrap().to_text().unwrap(), "s");
}

fn check_shared(root: Value<'_>) {
    let numbers = |value: Value<'_>| value.array().unwrap().to_doubles().unwrap();
    let one = numbers(root.get("one").unwrap());
    assert_eq!(one.len(), 4);
    assert_eq!(numbers(root.get("two").unwrap()), one);
    for key in ["t1", "t2"] {
        let pair = root.get(key).unwrap().items().unwrap();
        assert_eq!(numbers(pair.get(1).unwrap()), one);
    }
}

fn learning_set_opens() {
    let folder = golden("learning");
    let data = UtteranceDataset::open(&folder).unwrap();
    let info = json(&folder.join("curves.json"));
    let size = |key: &str| info["hyper"][key].as_u64().unwrap() as usize;
    let sizes = data.feature_sizes();
    assert_eq!(
        (sizes.visual, sizes.acoustic),
        (size("visual"), size("acoustic"))
    );
    let TextSize::Words { vocabulary } = sizes.text else {
        panic!("word ids went in");
    };
    // The official table counts the words of dropped utterances too.
    assert!(vocabulary <= size("vocab"), "{vocabulary}");
    for split in Split::ALL {
        let expected = info["sizes"][foreign(split)].as_u64().unwrap();
        assert_eq!(data.split(split).len() as u64, expected, "{split}");
    }
    // A large file that not every copy of the golden data has.
    let values = folder.join("data.safetensors");
    if values.is_file() {
        check_learning(&data, &Tensors::read(&values));
    }
}

fn check_learning(data: &UtteranceDataset, golden: &Tensors) {
    for split in Split::ALL {
        let utterances = data.split(split);
        let column = |part: &str| golden.floats(&format!("{}.{part}", foreign(split)));
        let all = |part: fn(&Utterance) -> &[f32]| -> Vec<f32> {
            utterances.iter().flat_map(part).copied().collect()
        };
        assert_close(
            &all(|utterance| utterance.visual.values()),
            &column("visual"),
            split.name(),
        );
        assert_close(
            &all(|utterance| utterance.acoustic.values()),
            &column("acoustic"),
            split.name(),
        );
        let labels: Vec<f32> = utterances.iter().map(|utterance| utterance.label).collect();
        assert_close(&labels, &column("labels"), split.name());
    }
}

/// What the message of each known file says after its path; of others, that they are refused is
/// enough.
const EXPECTED: [(&str, &str); 16] = [
    (
        "deep_nesting.pkl",
        "values on the stack, expected at most 100000",
    ),
    ("empty.pkl", ": no bytes, expected a pickle"),
    ("empty_list.pkl", ": no utterances, expected at least 1"),
    ("eval_p4.pkl", "global `builtins.eval` is not allowed"),
    (
        "huge_len.pkl",
        "byte 11: the file ends, expected 1152921504606846976 more bytes, found 4",
    ),
    ("nested_in_misa.pkl", "global `posix.system` is not allowed"),
    (
        "not_a_pickle.pkl",
        ": byte 0: expected the start of a pickle, found 0x68",
    ),
    (
        "numpy_huge_shape.pkl",
        "array of shape [1099511627776, 3] and element size 4, found 24 bytes",
    ),
    ("os_system_p2.pkl", "global `posix.system` is not allowed"),
    ("os_system_p4.pkl", "global `posix.system` is not allowed"),
    ("truncated_10.pkl", "the file ends, expected"),
    ("truncated_50.pkl", "the file ends, expected"),
    ("truncated_99.pkl", "the file ends, expected"),
    (
        "wrong_rows.pkl",
        ": utterance \"v[0]\": visual has 4 steps, text has 3",
    ),
    (
        "wrong_type.pkl",
        ": expected a dict of splits or a list of utterances, found dict of 1",
    ),
    (
        "wrong_width.pkl",
        "visual has 6 features, expected 4 features",
    ),
];

fn hostile_case(path: &Path) {
    let cases = json(&path.with_file_name("hostile.json"));
    let file = name(path);
    let start = cpu_time();
    let error = UtteranceDataset::open(path).unwrap_err();
    let took = cpu_time() - start;
    assert!(took < Duration::from_millis(100), "{file} took {took:?}");
    let message = error.to_string();
    assert!(
        message.starts_with(&path.display().to_string()),
        "{message}"
    );
    let known = EXPECTED.iter().find(|(case, _)| *case == file);
    let part = known.map_or("", |(_, part)| part);
    assert!(message.contains(part), "{file}: {message}");
    let marker = cases[&file]["marker"].as_str().unwrap();
    assert!(!Path::new(marker).exists(), "{file} ran code");
}

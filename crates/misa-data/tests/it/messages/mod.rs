//! What users read when a file is wrong: every message as a whole, in `messages.txt`.
//!
//! After a change on purpose: `MISA_UPDATE=1 cargo test -p misa-data messages`, and read the
//! difference.

mod others;

use crate::support::pickled::{Py, ints, texts};
use misa_data::{
    Format, OpenOptions, SyntheticConfig, UtteranceDataset, Vocabulary, read_embedding, read_glove,
    read_labels,
};
use misa_terms::Modality;
use others::of_other_files;
use std::fs;
use std::path::Path;

/// The message of opening a folder of these files.
fn open(files: &[(&str, Vec<u8>)]) -> String {
    with(files, |folder| {
        UtteranceDataset::open(folder)
            .err()
            .map(|error| error.to_string())
    })
}

/// The message of `fault` in a folder of these files, without the folder's path.
fn with(files: &[(&str, Vec<u8>)], fault: impl Fn(&Path) -> Option<String>) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let message = fault(folder.path()).expect("an error");
    message.replace(&folder.path().display().to_string(), "DATA")
}

fn array(shape: &[usize]) -> Py {
    Py::Array(shape.to_vec(), vec![1.0; shape.iter().product()])
}

/// An utterance of the official layout from its parts.
fn official(ids: Py, visual: Py, acoustic: Py, words: Py, label: Py) -> Py {
    let features = Py::Tuple(vec![ids, visual, acoustic, words]);
    Py::Tuple(vec![features, label, Py::Text("v[1]")])
}

fn misa(utterance: Py) -> String {
    open(&[("train.pkl", Py::List(vec![utterance]).pickle())])
}

fn two(visual: &[usize]) -> Py {
    official(
        ints(&[2, 3]),
        array(visual),
        array(&[2, 3]),
        texts(&["a", "b"]),
        Py::Float(1.0),
    )
}

/// A feature file with some columns changed or added.
fn mmsa(changes: Vec<(&'static str, Py)>) -> String {
    let mut columns = vec![
        ("text", array(&[2, 3, 4])),
        ("vision", array(&[2, 3, 2])),
        ("audio", array(&[2, 3, 1])),
        ("regression_labels", array(&[2])),
        ("id", texts(&["x$_$0", "x$_$1"])),
    ];
    columns.extend(changes);
    let train = Py::Dict(columns);
    open(&[("mosi.pkl", Py::Dict(vec![("train", train)]).pickle())])
}

fn pickle(bytes: &[u8]) -> String {
    open(&[("train.pkl", bytes.to_vec())])
}

fn table(content: &str) -> String {
    with(&[("labels.csv", content.as_bytes().to_vec())], |folder| {
        let error = read_labels(folder.join("labels.csv")).err();
        error.map(|error| error.to_string())
    })
}

fn saved(damage: impl Fn(&mut Vec<u8>)) -> String {
    let config = SyntheticConfig::new()
        .with_train(2)
        .with_valid(0)
        .with_test(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.safetensors");
    config.generate().dataset.save(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    damage(&mut bytes);
    with(&[("x.safetensors", bytes)], |folder| {
        let path = folder.join("x.safetensors");
        let error = UtteranceDataset::open_as(path, Format::Safetensors).err();
        error.map(|error| error.to_string())
    })
}

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    vocabulary.add("a");
    vocabulary
}

fn glove(content: &str) -> String {
    with(&[("glove.txt", content.as_bytes().to_vec())], |folder| {
        let error = read_glove(folder.join("glove.txt"), &vocabulary(), 3).err();
        error.map(|error| error.to_string())
    })
}

fn of_paths() -> Vec<(&'static str, String)> {
    let nothing = |path: &'static str| {
        with(&[], move |folder| {
            let error = UtteranceDataset::open(folder.join(path)).err();
            error.map(|error| error.to_string())
        })
    };
    let format = |format| {
        with(&[], move |folder| {
            let error = UtteranceDataset::open_as(folder, format).err();
            error.map(|error| error.to_string())
        })
    };
    let list = || Py::List(vec![]).pickle();
    vec![
        ("a path that is not there", nothing("mosi")),
        ("an empty folder", open(&[])),
        (
            "two candidates",
            open(&[("a.pkl", list()), ("b.pkl", list())]),
        ),
        (
            "two valid splits",
            open(&[
                ("train.pkl", list()),
                ("dev.pkl", list()),
                ("valid.pkl", list()),
            ]),
        ),
        ("no utterance", open(&[("train.pkl", list())])),
        ("a format of memory", format(Format::Synthetic)),
        (
            "one .csd file alone",
            open(&[("a.pkl", b"\x89HDF\r\n\x1a\n....".to_vec())]),
        ),
        (
            "an archive alone",
            open(&[("a.pkl", b"PK\x03\x04........".to_vec())]),
        ),
        (
            "a gzip file",
            open(&[("a.pkl", b"\x1f\x8b..........".to_vec())]),
        ),
    ]
}

fn of_pickles() -> Vec<(&'static str, String)> {
    vec![
        ("an empty file", pickle(b"")),
        ("a text", pickle(b"hello world")),
        ("a program", pickle(b"cos\nsystem\n(S'true'\ntR.")),
        ("an opcode for classes", pickle(b"(ibuiltins\nlist\n.")),
        ("an object alone", pickle(b"ccollections\nCounter\n)R.")),
        ("a cut file", pickle(b"\x80\x04\x95\x10\0\0\0\0\0\0\0]")),
        (
            "a length that is a lie",
            pickle(b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f."),
        ),
        ("a newer protocol", pickle(b"\x80\x09].")),
        ("bytes after the end", pickle(b"\x80\x02].rest")),
        (
            "a dictionary without splits",
            open(&[("a.pkl", Py::Dict(vec![]).pickle())]),
        ),
    ]
}

fn of_utterances() -> Vec<(&'static str, String)> {
    let words = |ids: &[i32], words: &[&'static str]| {
        let (rows, ids) = (words.len().max(1), ints(ids));
        misa(official(
            ids,
            array(&[rows, 2]),
            array(&[rows, 3]),
            texts(words),
            Py::Float(1.0),
        ))
    };
    let label = |label| {
        misa(official(
            ints(&[2]),
            array(&[1, 2]),
            array(&[1, 3]),
            texts(&["a"]),
            label,
        ))
    };
    let other = |visual: &[usize], ids: &[i32]| {
        let other = official(
            ints(ids),
            array(visual),
            array(&[1, 3]),
            texts(&["c"]),
            Py::Float(0.0),
        );
        let files = [two(&[2, 2]), other].map(|one| Py::List(vec![one]).pickle());
        let [train, dev] = files;
        open(&[("train.pkl", train), ("dev.pkl", dev)])
    };
    vec![
        ("misaligned rows", misa(two(&[3, 2]))),
        ("rows that are none", misa(two(&[2]))),
        (
            "an utterance of one part",
            misa(Py::Tuple(vec![Py::Int(1)])),
        ),
        ("an utterance that is a number", misa(Py::Int(1))),
        ("no words", words(&[], &[])),
        ("fewer words than ids", words(&[2, 3], &["a"])),
        ("a negative word id", words(&[-1], &["a"])),
        ("a huge word id", words(&[i32::MAX], &["a"])),
        ("a label that is a text", label(Py::Text("good"))),
        ("a label that is NaN", label(Py::Float(f64::NAN))),
        ("another feature size", other(&[1, 5], &[4])),
        ("another word for an id", other(&[1, 2], &[2])),
    ]
}

fn of_columns() -> Vec<(&'static str, String)> {
    let infinite = Py::Array(
        vec![2, 3, 1],
        vec![1.0, f32::NEG_INFINITY, 1.0, 1.0, 1.0, 1.0],
    );
    vec![
        (
            "a column of another length",
            mmsa(vec![("vision", array(&[3, 3, 2]))]),
        ),
        (
            "a column of another rank",
            mmsa(vec![("audio", array(&[2, 3]))]),
        ),
        ("no visual column", mmsa(vec![("vision", Py::None)])),
        ("no labels", mmsa(vec![("regression_labels", Py::None)])),
        ("no text at all", mmsa(vec![("text", Py::None)])),
        ("names of another number", mmsa(vec![("id", texts(&["x"]))])),
        (
            "lengths that are none",
            mmsa(vec![("vision_lengths", ints(&[1, -1]))]),
        ),
        (
            "tokens of another shape",
            mmsa(vec![("text_bert", array(&[2, 2, 3]))]),
        ),
        ("infinite features", mmsa(vec![("audio", infinite)])),
    ]
}

fn of_replacements() -> Vec<(&'static str, String)> {
    let file = |ids: &[&'static str]| {
        let count = ids.len();
        let columns = vec![
            ("text", array(&[count, 3, 4])),
            ("vision", array(&[count, 3, 2])),
            ("audio", array(&[count, 3, 1])),
            ("regression_labels", array(&[count])),
            ("id", texts(ids)),
        ];
        Py::Dict(vec![("train", Py::Dict(columns))]).pickle()
    };
    let files = [("a.pkl", file(&["x", "y"])), ("b.pkl", file(&["y"]))];
    let replaced = with(&files, |folder| {
        let options = OpenOptions::new();
        let options = options.with_replacement(Modality::Visual, folder.join("b.pkl"));
        options
            .open(folder.join("a.pkl"))
            .err()
            .map(|error| error.to_string())
    });
    vec![("an utterance that the other file lacks", replaced)]
}

#[test]
fn messages_are_those_on_record() {
    let cases = [
        of_paths(),
        of_pickles(),
        of_utterances(),
        of_columns(),
        of_replacements(),
        of_other_files(),
    ];
    let cases: Vec<(&str, String)> = cases.into_iter().flatten().collect();
    assert!(cases.len() >= 40, "{} messages", cases.len());
    let text: String = cases
        .iter()
        .map(|(case, message)| format!("{case}\n    {message}\n"))
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/messages.txt");
    if std::env::var_os("MISA_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (found, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(text.len(), expected.len());
}

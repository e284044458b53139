//! The layouts that are read, in all their variants, and what is counted on the way.

mod clips;
mod features;
mod humour;
mod official;
mod padded;
mod padding;
mod splits;
mod unread;

use crate::support::pickled::{Py, ints, texts};
use misa_data::{
    DataError, Format, Note, OpenOptions, Padding, Policy, Split, TextSequence, UtteranceDataset,
    Vocabulary,
};
use misa_terms::{FeatureSizes, Modality, TextSize};
use std::fs;
use std::path::Path;

fn save(folder: &Path, name: &str, value: &Py) {
    fs::write(folder.join(name), value.pickle()).unwrap();
}

/// Opens a folder of these files; the folder's own path is cut from the error.
fn open(files: &[(&str, Py)]) -> Result<UtteranceDataset, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in files {
        save(folder.path(), name, value);
    }
    UtteranceDataset::open(folder.path()).map_err(|error| without(&error, folder.path()))
}

/// The same with other options.
fn open_with(files: &[(&str, Py)], options: &OpenOptions) -> Result<UtteranceDataset, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in files {
        save(folder.path(), name, value);
    }
    let opened = options.open(folder.path());
    opened.map_err(|error| without(&error, folder.path()))
}

/// A message without the folder of the files.
fn without(error: &DataError, folder: &Path) -> String {
    let folder = folder.display().to_string();
    let error = error.to_string().replace(&format!("{folder}/"), "");
    error.replace(&format!("{folder}: "), "")
}

fn notes(data: &UtteranceDataset) -> Vec<String> {
    data.notes().iter().map(Note::to_string).collect()
}

/// An utterance of the official layout with 2 visual and 3 acoustic features.
fn official(id: &'static str, ids: &[i32], words: &[&'static str], label: f64) -> Py {
    let steps = words.len();
    let features = vec![
        ints(ids),
        Py::zeros(steps, 2),
        Py::zeros(steps, 3),
        texts(words),
    ];
    Py::Tuple(vec![Py::Tuple(features), Py::Float(label), Py::Text(id)])
}

/// One utterance per transcript, 4 visual and 5 acoustic steps of 2 and 3 features.
fn platform(transcripts: &[&'static str], more: Vec<(&'static str, Py)>) -> Py {
    let count = transcripts.len();
    let mut entries = vec![
        ("raw_text", texts(transcripts)),
        ("vision", Py::Array(vec![count, 4, 2], vec![1.0; count * 8])),
        ("audio", Py::Array(vec![count, 5, 3], vec![1.0; count * 15])),
        (
            "regression_labels",
            Py::Array(vec![count], vec![0.5; count]),
        ),
        ("text", Py::None),
    ];
    entries.extend(more);
    Py::Dict(entries)
}

fn splits(train: Py, test: Py) -> Py {
    Py::Dict(vec![("train", train), ("test", test)])
}

/// Sequences of one feature, of each utterance the given values.
fn column(utterances: &[&[f32]]) -> Py {
    let shape = vec![utterances.len(), utterances[0].len(), 1];
    Py::Array(shape, utterances.concat())
}

#[test]
fn one_modality_comes_from_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let ids = ("id", texts(&["x", "y"]));
    let train = platform(&["a", "b"], vec![ids]);
    let path = folder.path().join("main.pkl");
    fs::write(&path, Py::Dict(vec![("train", train)]).pickle()).unwrap();
    let other = |ids: &[&'static str]| {
        let entries = vec![
            ("id", texts(ids)),
            ("audio", column(&[&[1.0, 2.0], &[3.0, 4.0]])),
        ];
        Py::Dict(vec![("train", Py::Dict(entries))]).pickle()
    };
    let acoustic = folder.path().join("acoustic.pkl");
    fs::write(&acoustic, other(&["y", "x"])).unwrap();
    let options = OpenOptions::new().with_replacement(Modality::Acoustic, &acoustic);
    let data = options.open(&path).unwrap();
    let train = data.split(Split::Train);
    assert_eq!(train[0].acoustic.values(), [3.0, 4.0]);
    assert_eq!(train[1].acoustic.values(), [1.0, 2.0]);
    assert_eq!(data.feature_sizes().acoustic, 1);

    // A later file takes the place of an earlier one, which is not even opened.
    let options = OpenOptions::new().with_replacement(Modality::Acoustic, "no/such/file");
    let options = options.with_replacement(Modality::Acoustic, &acoustic);
    assert_eq!(options.open(&path).unwrap().checksum(), data.checksum());

    fs::write(&acoustic, other(&["y", "z"])).unwrap();
    let error = options.open(&path).unwrap_err().to_string();
    let expected = "acoustic.pkl: expected the acoustic of every utterance, found none of 1 (x)";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn saved_data_keeps_its_notes_and_counts_nothing_twice() {
    let train = platform(&["", "x"], vec![("id", texts(&["a", "a"]))]);
    let data = open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    data.save(folder.path().join("mine.safetensors")).unwrap();
    let again = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(again.format(), Format::Safetensors);
    assert_eq!(notes(&data).len(), 2);
    assert_eq!(notes(&again), notes(&data));
}

#[test]
fn files_of_other_kinds_are_detected_from_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train.pkl");
    let cases: [(&[u8], &str); 3] = [
        (b"\x89HDF\r\n\x1a\n........", "an HDF5 file (.csd, .h5)"),
        (b"PK\x03\x04............", "a zip archive"),
        (b"\x93NUMPY\x01\0........", "a NumPy array (.npy)"),
    ];
    for (content, kind) in cases {
        fs::write(&path, content).unwrap();
        match UtteranceDataset::open(&path).unwrap_err() {
            DataError::Kind { found, .. } => assert_eq!(found.name(), kind),
            other => panic!("{other}"),
        }
    }
}

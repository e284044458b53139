//! The layouts that are read, in all their variants, and what is counted on the way.

use crate::support::pickled::Py;
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

fn ints(values: &[i32]) -> Py {
    Py::List(values.iter().map(|&value| Py::Int(value)).collect())
}

fn texts(values: &[&'static str]) -> Py {
    Py::List(values.iter().map(|&value| Py::Text(value)).collect())
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

#[test]
fn splits_lie_in_files_of_their_own() {
    let train = Py::List(vec![official("a[0]", &[5, 2], &["e", "b"], 1.0)]);
    let valid = Py::List(vec![official("b[0]", &[2], &["b"], -1.0)]);
    for name in ["dev.pkl", "valid.pkl"] {
        let data = open(&[("train.pkl", train.clone()), (name, valid.clone())]).unwrap();
        assert_eq!(data.format(), Format::Misa);
        assert_eq!(data.split(Split::Valid)[0].id, "b[0]");
        assert!(data.split(Split::Test).is_empty());
        let expected = FeatureSizes {
            text: TextSize::Words { vocabulary: 6 },
            visual: 2,
            acoustic: 3,
        };
        assert_eq!(data.feature_sizes(), expected);
        let vocabulary = data.vocabulary().unwrap();
        assert_eq!((vocabulary.word(5), vocabulary.word(3)), (Some("e"), None));
        assert_eq!(vocabulary.id("never"), Vocabulary::UNKNOWN);
    }
}

#[test]
fn two_valid_files_are_one_too_many() {
    let list = || Py::List(vec![official("a[0]", &[2], &["b"], 1.0)]);
    let files = [
        ("train.pkl", list()),
        ("dev.pkl", list()),
        ("valid.pkl", list()),
    ];
    let error = open(&files).unwrap_err();
    assert_eq!(
        error,
        "expected one of these files, found dev.pkl, valid.pkl"
    );
}

#[test]
fn a_single_list_is_a_train_split() {
    let train = Py::List(vec![official("a[0]", &[2], &["b"], 1.0)]);
    let data = open(&[("mine.pkl", train)]).unwrap();
    assert_eq!(data.split(Split::Train).len(), 1);
}

#[test]
fn utterances_without_a_segment_are_numbered() {
    let Py::Tuple(mut parts) = official("", &[2], &["b"], 1.0) else {
        panic!("a tuple");
    };
    parts.truncate(2);
    let data = open(&[("train.pkl", Py::List(vec![Py::Tuple(parts)]))]).unwrap();
    assert_eq!(data.split(Split::Train)[0].id, "train[0]");
}

#[test]
fn the_long_form_states_lengths() {
    let features = vec![
        ints(&[2]),
        Py::zeros(4, 2),
        Py::zeros(5, 3),
        texts(&["b"]),
        Py::Int(3),
        Py::Int(5),
    ];
    let utterance = Py::Tuple(vec![Py::Tuple(features), Py::zeros(1, 1), Py::Text("a[0]")]);
    let data = open(&[("train.pkl", Py::List(vec![utterance]))]).unwrap();
    let steps = data.split(Split::Train)[0].steps();
    assert_eq!(steps.into_array(), [1, 3, 5]);
}

#[test]
fn one_id_has_one_word() {
    let train = Py::List(vec![official("a[0]", &[2], &["b"], 1.0)]);
    let same_id = Py::List(vec![official("b[0]", &[2], &["c"], 1.0)]);
    let error = open(&[("train.pkl", train.clone()), ("dev.pkl", same_id)]).unwrap_err();
    let expected = "dev.pkl: utterance \"b[0]\": word id 2 is \"c\", expected \"b\" as before";
    assert_eq!(error, expected);
    let same_word = Py::List(vec![official("b[0]", &[3], &["b"], 1.0)]);
    let error = open(&[("train.pkl", train), ("dev.pkl", same_word)]).unwrap_err();
    let expected =
        "dev.pkl: utterance \"b[0]\": word id 3 is \"b\", expected id 2 for it as before";
    assert_eq!(error, expected);
}

#[test]
fn unknown_words_share_their_id() {
    let train = Py::List(vec![official("a[0]", &[0, 0], &["x", "y"], 1.0)]);
    assert_eq!(
        open(&[("train.pkl", train)])
            .unwrap()
            .vocabulary()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn wrong_utterances_are_named() {
    let cases = [
        (
            official("a[0]", &[], &[], 1.0),
            "text has no steps, expected at least 1",
        ),
        (
            official("a[0]", &[2, 3], &["b"], 1.0),
            "text has 2 word ids, 1 words",
        ),
        (
            official("a[0]", &[-1], &["b"], 1.0),
            "text: expected word ids of at least 0, found -1",
        ),
    ];
    for (utterance, expected) in cases {
        let error = open(&[("train.pkl", Py::List(vec![utterance]))]).unwrap_err();
        assert_eq!(error, format!("train.pkl: utterance \"a[0]\": {expected}"));
    }
}

#[test]
fn sizes_agree_between_files() {
    let train = Py::List(vec![official("a[0]", &[2], &["b"], 1.0)]);
    let features = vec![ints(&[2]), Py::zeros(1, 4), Py::zeros(1, 3), texts(&["b"])];
    let other = Py::Tuple(vec![Py::Tuple(features), Py::Int(0), Py::Text("b[0]")]);
    let error = open(&[("train.pkl", train), ("test.pkl", Py::List(vec![other]))]).unwrap_err();
    let expected = "test.pkl: utterance \"b[0]\": visual has 4 features, expected 2 features";
    assert_eq!(error, expected);
}

#[test]
fn a_train_file_without_utterances_is_refused() {
    let error = open(&[("train.pkl", Py::List(vec![]))]).unwrap_err();
    assert_eq!(error, "no utterances, expected at least 1");
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

#[test]
fn transcripts_are_words_where_there_are_no_features() {
    let train = platform(&["the cat  sat", ""], vec![]);
    let test = platform(&["the dog"], vec![]);
    let data = open(&[("mine.pkl", splits(train, test))]).unwrap();
    assert_eq!(data.format(), Format::Mmsa);
    let text = |split, i: usize| data.split(split)[i].text.clone();
    assert_eq!(text(Split::Train, 0), TextSequence::Words(vec![2, 3, 4]));
    assert_eq!(text(Split::Train, 1), TextSequence::Words(vec![0]));
    assert_eq!(text(Split::Test, 0), TextSequence::Words(vec![2, 0]));
    assert_eq!(data.split(Split::Test)[0].words, ["the", "dog"]);
    let expected = [
        "train: 1 utterances without words",
        "test: 1 words outside the vocabulary",
        "test: 1 utterances with an id of an earlier split",
    ];
    // Without ids, utterances are numbered, and those numbers differ between splits.
    assert_eq!(notes(&data), expected[..2]);
    assert_eq!(data.split(Split::Test)[0].id, "test[0]");
}

#[test]
fn stated_lengths_are_kept_in_bounds() {
    let lengths = vec![
        ("vision_lengths", ints(&[3, 0])),
        ("audio_lengths", Py::Array(vec![2], vec![9.0, 2.0])),
        ("id", texts(&["v$_$0", "v$_$0"])),
    ];
    let train = platform(&["a", "b"], lengths);
    let data = open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]).unwrap();
    let steps: Vec<[usize; 3]> = data
        .split(Split::Train)
        .iter()
        .map(|utterance| utterance.steps().into_array())
        .collect();
    assert_eq!(steps, [[1, 3, 5], [1, 1, 2]]);
    let expected = [
        "train: 1 acoustic sequences longer than what is stored",
        "train: 1 visual sequences of length 0 read as one step",
        "train: 1 utterances with an id used before",
    ];
    assert_eq!(notes(&data), expected);
}

#[test]
fn text_features_end_with_their_mask() {
    // Tokens of the first utterance: 3 of 4; of the second: 1.
    let masks = [[1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]];
    let bert = masks
        .iter()
        .flat_map(|mask| [[7.0; 4], *mask, [0.0; 4]])
        .flatten()
        .collect();
    let more = vec![
        (
            "text",
            Py::Array(vec![2, 4, 1], (0..8).map(|i| i as f32).collect()),
        ),
        ("text_bert", Py::Array(vec![2, 3, 4], bert)),
    ];
    let train = platform(&["a b", "c"], more);
    let data = open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]).unwrap();
    let [first, second] = data.split(Split::Train) else {
        panic!("two utterances");
    };
    let TextSequence::Features(text) = &second.text else {
        panic!("text features");
    };
    assert_eq!(text.values(), [4.0]);
    // Visual is as long as text, hence aligned to it; acoustic is not.
    assert_eq!(first.steps().into_array(), [3, 3, 5]);
    assert!(data.vocabulary().is_none());
}

#[test]
fn wrong_columns_are_named() {
    let cases = [
        (
            ("vision", Py::zeros(1, 2)),
            "vision: expected an array [1, steps, d_input], found array f4 [1, 2]",
        ),
        (
            ("id", texts(&["a", "b"])),
            "id: expected 1 entries, one per utterance, found 2",
        ),
        (
            ("audio_lengths", ints(&[-3])),
            "audio_lengths: expected counts, found -3",
        ),
        (
            ("regression_labels", Py::Text("x")),
            "regression_labels: expected a list or array, found text",
        ),
        (
            ("regression_labels", texts(&["x"])),
            "regression_labels: expected numbers, found list of 1",
        ),
        (
            ("raw_text", Py::None),
            "expected a dict with \"text\" or \"raw_text\", found neither",
        ),
    ];
    for (entry, expected) in cases {
        let train = platform(&["a"], vec![entry]);
        let error = open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]).unwrap_err();
        assert_eq!(error, format!("mine.pkl: train: {expected}"));
    }
}

#[test]
fn infinite_features_are_refused_or_counted() {
    let mut audio = vec![1.0; 15];
    audio[4] = f32::NEG_INFINITY;
    audio[7] = f32::NAN;
    let train = platform(&["a"], vec![("audio", Py::Array(vec![1, 5, 3], audio))]);
    let files = [("mine.pkl", Py::Dict(vec![("train", train)]))];
    let strict = open(&files).unwrap_err();
    assert!(
        strict.contains("train: 1 utterances with infinite acoustic (train[0])"),
        "{strict}"
    );
    let compat = OpenOptions::new().with_policy(Policy::Compat);
    let data = open_with(&files, &compat).unwrap();
    assert_eq!(data.split(Split::Train)[0].acoustic.values()[4], 0.0);
    assert_eq!(
        notes(&data),
        ["train: 2 non-finite acoustic values replaced by 0"]
    );
}

#[test]
fn labels_that_are_none_are_refused_or_counted() {
    let train = vec![
        official("a[0]", &[2], &["b"], f64::NAN),
        official("a[1]", &[2], &["b"], 1.0),
    ];
    let files = [("train.pkl", Py::List(train))];
    assert_eq!(
        open(&files).unwrap_err(),
        "expected finite labels and features, found train: 1 labels NaN or infinite (a[0]); \
         policy compat replaces them"
    );
    let data = open_with(&files, &OpenOptions::new().with_policy(Policy::Compat)).unwrap();
    assert_eq!(data.split(Split::Train)[0].label, 0.0);
    assert_eq!(notes(&data), ["train: 1 non-finite labels replaced"]);
}

/// Sequences of one feature, of each utterance the given values.
fn column(utterances: &[&[f32]]) -> Py {
    let shape = vec![utterances.len(), utterances[0].len(), 1];
    Py::Array(shape, utterances.concat())
}

fn values(data: &UtteranceDataset) -> Vec<[Vec<f32>; 3]> {
    let of = |utterance: &misa_data::Utterance| {
        let TextSequence::Features(text) = &utterance.text else {
            panic!("text features");
        };
        [text, &utterance.visual, &utterance.acoustic].map(|sequence| sequence.values().to_vec())
    };
    data.split(Split::Train).iter().map(of).collect()
}

/// A file of MulT with one split.
fn mult(text: &[&[f32]], visual: &[&[f32]], acoustic: &[&[f32]]) -> (&'static str, Py) {
    let entries = vec![
        ("text", column(text)),
        ("vision", column(visual)),
        ("audio", column(acoustic)),
        (
            "labels",
            Py::Array(vec![text.len(), 1, 1], vec![1.0; text.len()]),
        ),
    ];
    ("mine.pkl", Py::Dict(vec![("train", Py::Dict(entries))]))
}

#[test]
fn padding_is_found_on_the_side_where_it_is() {
    let file = mult(
        &[&[1.0, 2.0, 0.0], &[3.0, 0.0, 0.0]],
        &[&[0.0, 0.0, 0.0, 5.0], &[0.0, 6.0, 0.0, 7.0]],
        &[&[0.0, 0.0], &[8.0, 0.0]],
    );
    let data = open(std::slice::from_ref(&file)).unwrap();
    let expected = [
        [vec![1.0, 2.0], vec![5.0], vec![0.0]],
        [vec![3.0], vec![6.0, 0.0, 7.0], vec![8.0]],
    ];
    assert_eq!(values(&data), expected);
    let expected = [
        "train: 2 visual sequences padded at the front, cut there",
        "train: 1 acoustic sequences of zeros read as one step",
    ];
    let mut found = notes(&data);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);

    let right = OpenOptions::new().with_padding(Padding::Right);
    let data = open_with(&[file], &right).unwrap();
    assert_eq!(values(&data)[0][1], [0.0, 0.0, 0.0, 5.0]);
}

#[test]
fn aligned_words_are_real_when_one_modality_has_them() {
    let file = mult(
        &[&[0.0, 2.0, 0.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
        &[&[1.0, 0.0, 0.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
        &[&[1.0, 1.0, 4.0, 0.0], &[1.0, 1.0, 0.0, 0.0]],
    );
    let data = open(&[file]).unwrap();
    let steps = |i: usize| data.split(Split::Train)[i].steps().into_array();
    assert_eq!((steps(0), steps(1)), ([3; 3], [2; 3]));
}

#[test]
fn zeros_at_the_end_of_few_sequences_are_no_padding() {
    let rows: [&[f32]; 2] = [&[1.0, 0.0], &[1.0, 1.0]];
    let data = open(&[mult(&rows, &rows, &rows)]).unwrap();
    assert_eq!(values(&data)[0][0], [1.0, 0.0]);
    assert!(notes(&data).is_empty());
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

    fs::write(&acoustic, other(&["y", "z"])).unwrap();
    let error = options.open(&path).unwrap_err().to_string();
    let expected = "acoustic.pkl: expected the acoustic of every utterance, found none of 1 (x)";
    assert!(error.ends_with(expected), "{error}");
}

/// The files of UR-FUNNY for two utterances, without their text.
fn humour() -> Vec<(&'static str, Py)> {
    let features = |rows: &[f32]| {
        let features = Py::Array(vec![rows.len(), 1], rows.to_vec());
        Py::Dict(vec![("punchline_features", features)])
    };
    let table = |values: [Py; 2]| {
        let numbers = [7, 9].map(Py::Int).into_iter();
        Py::Map(numbers.zip(values).collect())
    };
    let folds = vec![
        ("train", ints(&[7, 9])),
        ("dev", ints(&[])),
        ("test", ints(&[])),
    ];
    vec![
        (
            "humor_label_sdk.pkl",
            table([Py::Float(1.0), Py::Float(0.0)]),
        ),
        ("data_folds.pkl", Py::Dict(folds)),
        (
            "openface_features_sdk.pkl",
            table([features(&[1.0, 3.0]), features(&[1.0])]),
        ),
        (
            "covarep_features_sdk.pkl",
            table([features(&[0.0, 2.0]), features(&[1.0])]),
        ),
    ]
}

/// A file by number of utterance, with one key.
fn spoken(name: &'static str, key: &'static str, values: [Py; 2]) -> (&'static str, Py) {
    let entries = values.map(|value| Py::Dict(vec![(key, value)]));
    (
        name,
        Py::Map([7, 9].map(Py::Int).into_iter().zip(entries).collect()),
    )
}

#[test]
fn humour_without_its_word_list_takes_sentences() {
    let mut files = humour();
    let error = open(&files).unwrap_err();
    assert!(
        error.ends_with("language_sdk.pkl, found none of these"),
        "{error}"
    );
    let sentences = [Py::Text("so it goes"), Py::Text("ha")];
    files.push(spoken("language_sdk.pkl", "punchline_sentence", sentences));
    let data = open(&files).unwrap();
    let train = data.split(Split::Train);
    assert_eq!(train[0].words, ["so", "it", "goes"]);
    assert_eq!(train[0].steps().into_array(), [3, 2, 2]);
    assert_eq!((train[0].label, train[1].label), (1.0, 0.0));
    assert_eq!(train[0].id, "7");
}

#[test]
fn humour_without_words_takes_vectors() {
    let mut files = humour();
    let indexes = [ints(&[2, 0]), ints(&[1])];
    let (name, key) = (
        "word_embedding_indexes_sdk.pkl",
        "punchline_embedding_indexes",
    );
    files.push(spoken(name, key, indexes));
    let vectors = Py::Array(vec![3, 2], vec![0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    files.push(("word_embedding_list.pkl", vectors));
    let data = open(&files).unwrap();
    let TextSequence::Features(text) = &data.split(Split::Train)[0].text else {
        panic!("text features");
    };
    assert_eq!(text.values(), [2.0, 2.5, 0.0, 0.5]);
    assert!(data.vocabulary().is_none());

    files[4] = spoken(name, key, [ints(&[3]), ints(&[1])]);
    let error = open(&files).unwrap_err();
    let expected = "utterance \"7\": punchline_embedding_indexes: expected places below 3, found 3";
    assert!(error.ends_with(expected), "{error}");
}

/// A NumPy array of little-endian `f4`.
fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({axes})}}");
    while (11 + header.len()) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// An archive of these members, stored as they are.
fn npz(path: &Path, members: &[(&str, Vec<u8>)]) {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let name = format!("{name}.npy");
        let (size, offset) = ((content.len() as u32).to_le_bytes(), bytes.len() as u32);
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        fields.extend(crc(content).to_le_bytes());
        fields.extend([size, size].concat());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(content);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, start) = ((members.len() as u16).to_le_bytes(), bytes.len() as u32);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    fs::write(path, bytes).unwrap();
}

/// The checksum of zip archives, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

const TABLE: &str = "id,split,label,text\nx,test,1.5,so it goes\ny,train,-2,it is\n";

#[test]
fn own_features_come_as_arrays_over_all_utterances() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), TABLE).unwrap();
    let visual = [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.0];
    let members = [
        ("visual", npy(&[2, 3, 2], &visual)),
        ("acoustic", npy(&[2, 2, 1], &[1.0, 2.0, 3.0, 4.0])),
        ("acoustic_lengths", npy(&[2], &[2.0, 1.0])),
    ];
    npz(&folder.path().join("features.npz"), &members);
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(data.format(), Format::Own);
    let (train, test) = (&data.split(Split::Train)[0], &data.split(Split::Test)[0]);
    assert_eq!((&*train.id, train.label), ("y", -2.0));
    assert_eq!(train.visual.values(), &visual[6..]);
    assert_eq!(train.acoustic.values(), [3.0]);
    // Known words are those of the train split.
    assert_eq!(train.text, TextSequence::Words(vec![2, 3]));
    assert_eq!(test.text, TextSequence::Words(vec![0, 2, 0]));
    assert_eq!(test.words, ["so", "it", "goes"]);

    npz(&folder.path().join("features.npz"), &members[..1]);
    let error = UtteranceDataset::open(folder.path())
        .unwrap_err()
        .to_string();
    let expected = "expected an array `acoustic` in a .npz file, found none";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn own_features_come_as_an_array_per_utterance() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), TABLE).unwrap();
    let one = || npy(&[1, 2], &[1.0, 2.0]);
    for name in ["visual.npz", "acoustic.npz", "text.npz"] {
        let two = npy(&[2, 2], &[3.0, 4.0, 5.0, 6.0]);
        npz(&folder.path().join(name), &[("x", one()), ("y", two)]);
    }
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(data.split(Split::Train)[0].steps().into_array(), [2; 3]);
    assert_eq!(data.split(Split::Test)[0].visual.values(), [1.0, 2.0]);
    let text = TextSize::Features { d_input: 2 };
    assert_eq!(data.feature_sizes().text, text);

    npz(&folder.path().join("visual.npz"), &[("x", one())]);
    let error = UtteranceDataset::open(folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("visual.npz: array \"y\": expected one of"),
        "{error}"
    );
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
fn files_of_other_kinds_are_told_by_their_content() {
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

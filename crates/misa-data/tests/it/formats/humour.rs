//! The files of UR-FUNNY.

use super::*;

/// The files of UR-FUNNY for two utterances, without their text.
pub fn humour() -> Vec<(&'static str, Py)> {
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
pub fn spoken(name: &'static str, key: &'static str, values: [Py; 2]) -> (&'static str, Py) {
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
fn an_utterance_of_humour_in_two_splits_is_refused() {
    let mut files = humour();
    let folds = vec![
        ("train", ints(&[7, 9])),
        ("dev", ints(&[])),
        ("test", ints(&[9])),
    ];
    files[1] = ("data_folds.pkl", Py::Dict(folds));
    let expected =
        "data_folds.pkl: expected every utterance in one split, found 9 in train and test";
    assert_eq!(open(&files).unwrap_err(), expected);
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

    // As many numbers as two vectors have, in one of three and one of one.
    let vectors = [&[0.0, 0.5][..], &[1.0, 1.5, 2.0], &[2.5]];
    let vectors = vectors.map(|row| Py::Array(vec![row.len()], row.to_vec()));
    let whole = std::mem::replace(&mut files[5].1, Py::List(vectors.into()));
    let error = open(&files).unwrap_err();
    let expected =
        "word_embedding_list.pkl: vector 1: expected 2 numbers, as in the others, found 3";
    assert_eq!(error, expected);

    files[5].1 = whole;
    files[4] = spoken(name, key, [ints(&[3]), ints(&[1])]);
    let error = open(&files).unwrap_err();
    let expected = "utterance \"7\": punchline_embedding_indexes: expected places below 3, found 3";
    assert!(error.ends_with(expected), "{error}");
}

//! Padded files of MMSA and MulT.

use super::*;

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
        "train: 1 utterance without words",
        "test: 1 word outside the vocabulary",
        "test: 1 utterance with an id of an earlier split",
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
        "train: 1 acoustic sequence longer than what is stored",
        "train: 1 visual sequence of length 0 read as one step",
        "train: 1 utterance with an id used before",
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

/// MMSA-FET fills the labels that a corpus lacks with NaN.
#[test]
fn labels_by_single_modalities_are_read_unless_all_of_them_are_nan() {
    let with = |text: [f32; 2], acoustic: [f32; 2]| {
        let more = vec![
            ("regression_labels_T", Py::Array(vec![2], text.to_vec())),
            ("regression_labels_A", Py::Array(vec![2], acoustic.to_vec())),
            ("regression_labels_V", Py::List(vec![])),
        ];
        let train = platform(&["a", "b"], more);
        open(&[("mine.pkl", Py::Dict(vec![("train", train)]))])
    };
    let data = with([0.5, -1.0], [f32::NAN; 2]).unwrap();
    let labels = data.split(Split::Train).iter();
    let labels: Vec<_> = labels
        .map(|utterance| utterance.modality_labels.clone().into_array())
        .collect();
    assert_eq!(labels, [[Some(0.5), None, None], [Some(-1.0), None, None]]);
    let error = with([0.5, -1.0], [0.0, f32::NAN]).unwrap_err();
    let expected = "train: 1 label of acoustic NaN or infinite (train[1])";
    assert!(error.contains(expected), "{error}");
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
            "regression_labels: expected numbers, found list of 1, of which item 0 is text",
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
        strict.contains("train: 1 utterance with infinite acoustic (train[0])"),
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
        "expected finite labels and features, found train: 1 label NaN or infinite (a[0]); \
         policy compat replaces them"
    );
    let data = open_with(&files, &OpenOptions::new().with_policy(Policy::Compat)).unwrap();
    assert_eq!(data.split(Split::Train)[0].label, 0.0);
    assert_eq!(notes(&data), ["train: 1 non-finite label replaced"]);
}

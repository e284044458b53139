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

//! Pickles of the official code.

use super::*;

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
        "expected one file of the split `valid`, found dev.pkl, valid.pkl"
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

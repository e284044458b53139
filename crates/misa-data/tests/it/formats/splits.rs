//! Splits under the names that people give them.

use super::*;

/// The number of utterances of train, valid and test.
fn counts(data: &UtteranceDataset) -> [usize; 3] {
    Split::ALL.map(|split| data.split(split).len())
}

#[test]
fn splits_of_a_dictionary_have_any_of_their_names() {
    for [train, valid, test] in [
        ["train", "val", "test"],
        ["Train", "VALID", "Test"],
        ["training", "validation", "testing"],
        ["TRAIN", "Dev", "TEST"],
    ] {
        let padded = Py::Dict(vec![
            (train, platform(&["a", "b", "c"], vec![])),
            (valid, platform(&["a", "b"], vec![])),
            (test, platform(&["a"], vec![])),
        ]);
        assert_eq!(counts(&open(&[("x.pkl", padded)]).unwrap()), [3, 2, 1]);
        let utterance = |id| {
            let features = vec![texts(&["a"]), Py::zeros(1, 2), Py::zeros(1, 3)];
            Py::Tuple(vec![Py::Tuple(features), Py::Float(1.0), Py::Text(id)])
        };
        let mag = Py::Dict(vec![
            (train, Py::List(vec![utterance("x"), utterance("y")])),
            (valid, Py::List(vec![utterance("z")])),
            (test, Py::List(vec![utterance("w")])),
        ]);
        let data = open(&[("x.pkl", mag)]).unwrap();
        assert_eq!((data.format(), counts(&data)), (Format::Mag, [2, 1, 1]));
    }
}

#[test]
fn two_keys_of_one_split_are_refused() {
    let platform = || platform(&["a"], vec![]);
    let root = Py::Dict(vec![
        ("train", platform()),
        ("valid", platform()),
        ("Dev", platform()),
    ]);
    assert_eq!(
        open(&[("x.pkl", root)]).unwrap_err(),
        "x.pkl: expected one key for the split `valid`, found valid, Dev"
    );
}

#[test]
fn files_of_splits_have_any_of_their_names() {
    let list = |id| Py::List(vec![official(id, &[2], &["a"], 1.0)]);
    for [train, valid, test] in [
        ["train.pkl", "val.pkl", "test.pkl"],
        ["Train.pkl", "Dev.pkl", "Test.pkl"],
        ["TRAIN.pkl", "VALIDATION.pkl", "TEST.pkl"],
        ["training.pkl", "valid.pkl", "testing.pkl"],
    ] {
        let files = [(train, list("x")), (valid, list("y")), (test, list("z"))];
        let data = open(&files).unwrap();
        assert_eq!((data.format(), counts(&data)), (Format::Misa, [1, 1, 1]));
    }
}

#[test]
fn what_systems_leave_behind_is_ignored_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let list = |id| Py::List(vec![official(id, &[2], &["a"], 1.0)]);
    save(folder.path(), "train.pkl", &list("x"));
    for name in [
        "._train.pkl",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "~$dev.pkl",
        ".#test.pkl",
    ] {
        fs::write(folder.path().join(name), b"not a pickle").unwrap();
    }
    for name in ["__MACOSX", ".ipynb_checkpoints"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let data = UtteranceDataset::open(folder.path()).unwrap();
    assert_eq!(counts(&data), [1, 0, 0]);
    assert_eq!(notes(&data), ["8 files that systems left behind ignored"]);
    fs::remove_file(folder.path().join("train.pkl")).unwrap();
    fs::write(folder.path().join("readme.txt"), b"").unwrap();
    let error = UtteranceDataset::open(folder.path())
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("; found readme.txt"), "{error}");
    for layout in [
        "MISA", "MMSA", "MulT", "MAG-BERT", "CMU SDK", "MFN", "UR-FUNNY", "your own",
    ] {
        assert!(error.contains(layout), "{layout}: {error}");
    }
}

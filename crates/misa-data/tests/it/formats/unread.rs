//! Objects that are not data: skipped and counted where nobody reads them, named where someone does.

use super::features::{npy, npz};
use super::*;
use misa_data::NoteKind;
use misa_data::doctor::{Severity, examine};

/// The file without and with objects in keys that are not read.
fn pair() -> [UtteranceDataset; 2] {
    let ids = || ("id", texts(&["x", "y"]));
    let train = platform(&["a b", "c"], vec![ids()]);
    let more = vec![
        ids(),
        ("annotations", Py::COUNTER),
        ("paths", Py::List(vec![Py::PATH, Py::PATH])),
        ("recorded", Py::DATES),
    ];
    let full = platform(&["a b", "c"], more);
    let plain = open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]);
    let full = Py::Dict(vec![("train", full), ("config", Py::COUNTER)]);
    [plain, open(&[("mine.pkl", full)])].map(Result::unwrap)
}

#[test]
fn what_nobody_reads_is_skipped_and_counted() {
    let [plain, full] = pair();
    assert_eq!(plain.checksum(), full.checksum());
    assert_eq!(notes(&plain), [""; 0]);
    let expected = [
        "2 values not read: collections.Counter",
        "2 values not read: pathlib.PurePosixPath",
        "1 value not read: numpy array of M8",
    ];
    assert_eq!(notes(&full), expected);
    let kind = &full.notes()[0].kind;
    assert_eq!(*kind, NoteKind::NotRead("collections.Counter".to_string()));
    // The note goes with the data, wherever it is saved.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saved.safetensors");
    full.save(&path).unwrap();
    assert_eq!(notes(&UtteranceDataset::open(&path).unwrap()), expected);
}

#[test]
fn every_layout_of_pickles_counts_them() {
    let utterance = || official("x[0]", &[2], &["a"], 1.0);
    let extra = |id| Py::Tuple(vec![Py::Tuple(vec![]), Py::COUNTER, id]);
    // The list of an utterance has no room for more; a subclass of list does not either.
    let error = open(&[("train.pkl", Py::List(vec![utterance(), extra(Py::PATH)]))]);
    assert_eq!(
        error.unwrap_err(),
        "train.pkl: train[1]: segment: expected a text, found object of class \
         `pathlib.PurePosixPath` (not read: save it as a NumPy array of numbers, a list, a dict, a \
         text or a number)"
    );
    let features = Py::Tuple(vec![texts(&["a"]), Py::zeros(1, 2), Py::zeros(1, 3)]);
    let list = Py::List(vec![Py::Tuple(vec![
        features,
        Py::Float(1.0),
        Py::Text("x"),
    ])]);
    let mag = Py::Dict(vec![("train", list), ("made", Py::COUNTER)]);
    let data = open(&[("mag.pkl", mag)]).unwrap();
    assert_eq!(data.format(), Format::Mag);
    assert_eq!(notes(&data), ["1 value not read: collections.Counter"]);
}

#[test]
fn entries_that_nothing_names_are_counted_by_name() {
    let table = || platform(&["a"], vec![]);
    let entries = vec![("train", table()), ("extra", table()), ("made", Py::Int(3))];
    let data = open(&[("mine.pkl", Py::Dict(entries))]).unwrap();
    let noted = "1 entry that names no split and no utterance, not read: ";
    assert_eq!(notes(&data), [format!("{noted}`extra`")]);

    let features = Py::Tuple(vec![texts(&["a"]), Py::zeros(1, 2), Py::zeros(1, 3)]);
    let parts = vec![features, Py::Float(1.0), Py::Text("x")];
    let list = Py::List(vec![Py::Tuple(parts)]);
    let mag = Py::Dict(vec![("train", list.clone()), ("more", list)]);
    let data = open(&[("mag.pkl", mag)]).unwrap();
    assert_eq!(notes(&data), [format!("{noted}`more`")]);

    let folder = tempfile::tempdir().unwrap();
    let rows = "id,split,label,text\nx,train,1,so\n";
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let one = || npy(&[1, 1], &[1.0]);
    npz(
        &folder.path().join("visual.npz"),
        &[("x", one()), ("zz", one())],
    );
    npz(&folder.path().join("acoustic.npz"), &[("x", one())]);
    let data = UtteranceDataset::open(folder.path()).unwrap();
    let expected = format!("{noted}`visual.npz: zz`");
    assert_eq!(notes(&data), [expected.as_str()]);
    let examination = examine(folder.path(), &OpenOptions::new());
    let found = examination.findings.iter();
    let found: Vec<_> = found.filter(|found| found.kind == "not_named").collect();
    assert_eq!(found.len(), 1, "{examination}");
    assert_eq!(
        (&*found[0].what, found[0].severity),
        (&*expected, Severity::Warning)
    );
}

#[test]
fn objects_in_wanted_places_are_named_with_their_key() {
    let advice =
        "(not read: save it as a NumPy array of numbers, a list, a dict, a text or a number)";
    let counter = format!("found object of class `collections.Counter` {advice}");
    let with = |key, value| {
        let train = platform(&["a", "b"], vec![(key, value)]);
        open(&[("mine.pkl", Py::Dict(vec![("train", train)]))]).unwrap_err()
    };
    assert_eq!(
        with("vision", Py::COUNTER),
        format!("mine.pkl: train: vision: expected an array [2, steps, d_input], {counter}")
    );
    assert_eq!(
        with("audio", Py::DATES),
        format!(
            "mine.pkl: train: audio: expected an array [2, steps, d_input], found array of element \
             type M8 {advice}"
        )
    );
    assert_eq!(
        with(
            "regression_labels",
            Py::List(vec![Py::Float(1.0), Py::COUNTER])
        ),
        format!(
            "mine.pkl: train: regression_labels: expected numbers, found list of 2, of which item 1 \
             is object of class `collections.Counter` {advice}"
        )
    );
    let split = |train, valid| {
        let root = Py::Dict(vec![("train", train), ("valid", valid)]);
        open(&[("mine.pkl", root)]).unwrap_err()
    };
    assert_eq!(
        split(Py::COUNTER, Py::COUNTER),
        format!("mine.pkl: train: expected a dict of arrays, {counter}")
    );
    assert_eq!(
        split(platform(&["a"], vec![]), Py::COUNTER),
        format!("mine.pkl: valid: expected a dict with \"regression_labels\", {counter}")
    );
    assert_eq!(
        open(&[("mine.pkl", Py::COUNTER)]).unwrap_err(),
        "mine.pkl: byte 2: class `collections.Counter` is not allowed as the whole content, expected \
         a list, a dict, a text, a number or a NumPy array"
    );
}

#[test]
fn the_doctor_says_what_was_skipped_and_calls_it_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pkl");
    let examined = |value: &Py| {
        fs::write(&path, value.pickle()).unwrap();
        examine(&path, &OpenOptions::new())
    };
    let train = platform(&["a", "b"], vec![("made", Py::PATH)]);
    let examination = examined(&Py::Dict(vec![("train", train)]));
    let found = examination.findings.iter();
    let found: Vec<_> = found.filter(|found| found.kind == "not_read").collect();
    assert_eq!(found.len(), 1, "{examination}");
    assert_eq!(found[0].what, "1 value not read: pathlib.PurePosixPath");
    assert_eq!((found[0].place.as_str(), found[0].count), ("", 1));
    assert_eq!(found[0].severity, Severity::Note);
    for (value, what, advice) in [
        (Py::DATES, "element type \"M8\" is not supported", "float32"),
        (
            Py::COUNTER,
            "class `collections.Counter`",
            "save plain lists",
        ),
        (
            Py::Raw(b"cos\nsystem\n)R"),
            "global `os.system`",
            "save plain lists",
        ),
    ] {
        let examination = examined(&value);
        let found = &examination.findings[0];
        assert!(found.what.contains(what), "{examination}");
        assert!(found.advice.contains(advice), "{examination}");
        assert!(!found.advice.contains("damaged"), "{examination}");
    }
}

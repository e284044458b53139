//! What the data doctor finds, and what it says.

mod findings;
mod real;
mod words;

use crate::support::pickled::Py;
use misa_data::doctor::{
    Content, Examination, FeatureReport, Finding, Progress, Severity, examine, examine_with,
};
use misa_data::{
    OpenOptions, Padding, Policy, Sequence, SyntheticConfig, TextSequence, Utterance,
    UtteranceDataset,
};
use misa_terms::Modality;
use misa_testing::real_data;
use std::fs;

/// An utterance of three words whose visual rows are `[value + step, step]`.
fn utterance(id: &str, value: f32, label: f32) -> Utterance {
    let rows = [value, 0.0, value + 1.0, 1.0, value + 2.0, 2.0];
    Utterance::new(
        id,
        ["it", "is", "so"].map(str::to_owned).into(),
        TextSequence::Words(vec![2, 3, 4]),
        Sequence::new(2, rows.to_vec()).unwrap(),
        Sequence::new(1, vec![0.5, value, -1.0]).unwrap(),
        label,
    )
    .unwrap()
}

/// Utterances of videos of their own, all different.
fn utterances(name: &str, count: usize) -> Vec<Utterance> {
    let value = |number: usize| name.len() as f32 + number as f32 / 4096.0;
    let label = |number: usize| (number % 7) as f32 - 3.0;
    (0..count)
        .map(|n| utterance(&format!("{name}{n}[0]"), value(n), label(n)))
        .collect()
}

fn examined(train: Vec<Utterance>, valid: Vec<Utterance>, test: Vec<Utterance>) -> Examination {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.safetensors");
    let data = UtteranceDataset::from_splits(train, valid, test, None).unwrap();
    data.save(&path).unwrap();
    examine(&path, &OpenOptions::new())
}

fn examined_pickle(value: &Py, options: &OpenOptions) -> Examination {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pkl");
    fs::write(&path, value.pickle()).unwrap();
    examine(path, options)
}

fn finding<'e>(examination: &'e Examination, kind: &str) -> &'e Finding {
    let mut found = examination
        .findings
        .iter()
        .filter(|found| found.kind == kind);
    let only = found
        .next()
        .unwrap_or_else(|| panic!("{kind}: {examination}"));
    assert!(found.next().is_none(), "{kind} twice: {examination}");
    only
}

fn kinds(examination: &Examination) -> Vec<&str> {
    let mut kinds: Vec<&str> = examination
        .findings
        .iter()
        .map(|found| found.kind)
        .collect();
    kinds.sort_unstable();
    kinds
}

fn content(examination: &Examination) -> &Content {
    let content = examination.content.as_ref();
    content.unwrap_or_else(|| panic!("{examination}"))
}

fn features(examination: &Examination, modality: Modality) -> &FeatureReport {
    let mut reports = content(examination).features.iter();
    reports.find(|report| report.modality == modality).unwrap()
}

#[test]
fn clean_data_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("synthetic.safetensors");
    SyntheticConfig::new()
        .generate()
        .dataset
        .save(&path)
        .unwrap();
    let mut last = None;
    let mut most = 0;
    let examination = examine_with(&path, &OpenOptions::new(), &mut |progress| {
        if let Progress::Utterances(count) = progress {
            most = count;
        }
        last = Some(progress);
    });
    assert_eq!(examination.status, 0, "{examination}");
    let severe = examination
        .findings
        .iter()
        .find(|found| found.severity > Severity::Note);
    assert_eq!(severe, None);
    let bytes = fs::metadata(&path).unwrap().len();
    assert_eq!(
        (most, last),
        (900, Some(Progress::Checksum { bytes, of: bytes }))
    );
    assert_eq!(examination.files[0].bytes, bytes);
    let sizes = [Modality::Text, Modality::Visual, Modality::Acoustic];
    let sizes = sizes.map(|modality| features(&examination, modality).d_input);
    assert_eq!(sizes, [None, Some(35), Some(74)]);
    assert!(
        content(&examination)
            .variant
            .ends_with("aligned word by word")
    );
}

/// A train split of the official layout: an utterance with a NaN, one with an infinite value, one
/// without a label.
fn odd() -> Py {
    let item = |id, visual: [f32; 2], acoustic: f32, label: f64| {
        let ids = Py::List(vec![Py::Int(2), Py::Int(3)]);
        let words = Py::List(vec![Py::Text("a"), Py::Text("b")]);
        let visual = Py::Array(vec![2, 1], visual.to_vec());
        let acoustic = Py::Array(vec![2, 1], vec![acoustic, 2.0]);
        let features = Py::Tuple(vec![ids, visual, acoustic, words]);
        Py::Tuple(vec![features, Py::Float(label), Py::Text(id)])
    };
    Py::List(vec![
        item("a[0]", [f32::INFINITY, 0.0], 1.0, 1.0),
        item("a[1]", [1.0, f32::NEG_INFINITY], 0.0, f64::NAN),
        item("a[2]", [1.0, 3.0], f32::NAN, -1.0),
    ])
}

#[test]
fn what_strict_refuses_is_found_and_the_rest_reported() {
    let examination = examined_pickle(&odd(), &OpenOptions::new());
    assert_eq!(examination.status, 1);
    let labels = finding(&examination, "bad_labels");
    assert_eq!((labels.severity, labels.count), (Severity::Error, 1));
    assert_eq!(
        (labels.ids[0].as_str(), labels.place.as_str()),
        ("a[1]", "train: labels")
    );
    let infinite = finding(&examination, "infinite_features");
    assert_eq!((infinite.severity, infinite.count), (Severity::Error, 2));
    assert_eq!(infinite.ids, ["a[0]", "a[1]"]);
    let nan = finding(&examination, "nan_features");
    assert_eq!(
        (nan.severity, nan.place.as_str()),
        (Severity::Warning, "train: acoustic")
    );

    let values = features(&examination, Modality::Visual).splits[0]
        .values
        .unwrap();
    let infinite = (values.positive_infinite, values.negative_infinite);
    assert_eq!((infinite, values.nan, values.max), ((1, 1), 0, Some(3.0)));
    assert_eq!(content(&examination).labels.splits[0].non_finite, 1);
    // What the findings say is not said again of the notes.
    assert!(
        !kinds(&examination).contains(&"replaced_numbers"),
        "{examination}"
    );
}

#[test]
fn what_compat_replaces_is_a_warning() {
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let examination = examined_pickle(&odd(), &options);
    assert_eq!(
        finding(&examination, "bad_labels").severity,
        Severity::Warning
    );
    assert_eq!(
        finding(&examination, "infinite_features").severity,
        Severity::Warning
    );
    assert_eq!(content(&examination).policy, Policy::Compat);
}

#[test]
fn what_cannot_be_read_has_advice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.csd");
    fs::write(&path, b"\x89HDF\r\n\x1a\n").unwrap();
    let code = b"cos\nsystem\n(S'true'\ntR.";
    for (bytes, part) in [(&code[..], "never run"), (b"\x80\x02}", "damaged")] {
        let path = folder.path().join("x.pkl");
        fs::write(&path, bytes).unwrap();
        let examination = examine(&path, &OpenOptions::new());
        let found = finding(&examination, "unreadable");
        assert_eq!((examination.status, found.severity), (2, Severity::Error));
        assert!(found.advice.contains(part), "{examination}");
        assert_eq!(examination.files.len(), 1);
        assert!(examination.sha256.is_some() && examination.content.is_none());
    }
    let missing = examine(folder.path().join("none"), &OpenOptions::new());
    assert_eq!((missing.status, missing.files.len()), (2, 0));
    assert!(
        missing.to_string().contains("no such file or folder"),
        "{missing}"
    );
}

/// A feature file in the layout of MMSA with these sizes, its visual rows padded at the front.
fn platform(d_visual: usize, d_acoustic: usize) -> Py {
    let split = |transcripts: [&'static str; 2]| {
        let padded = (0..2 * 4 * d_visual).map(|n| match n / d_visual % 4 {
            0 => 0.0,
            _ => 1.0 + n as f32,
        });
        let acoustic = (0..2 * 5 * d_acoustic).map(|n| 1.0 + n as f32);
        Py::Dict(vec![
            ("raw_text", Py::List(transcripts.map(Py::Text).into())),
            ("vision", Py::Array(vec![2, 4, d_visual], padded.collect())),
            (
                "audio",
                Py::Array(vec![2, 5, d_acoustic], acoustic.collect()),
            ),
            ("regression_labels", Py::Array(vec![2], vec![0.5, -0.5])),
        ])
    };
    Py::Dict(vec![
        ("train", split(["a b", "b"])),
        ("valid", split(["a c d", ""])),
    ])
}

#[test]
fn repairs_during_reading_are_reported() {
    let examination = examined_pickle(&platform(20, 5), &OpenOptions::new());
    let unknown = finding(&examination, "unknown_words");
    assert!(
        unknown.what.starts_with("2 of 4 words (50.0 %)"),
        "{}",
        unknown.what
    );
    assert_eq!(finding(&examination, "no_words").count, 1);
    let mut fronts = examination
        .findings
        .iter()
        .filter(|found| found.kind == "padded_front");
    assert!(fronts.all(|found| found.severity == Severity::Note && found.count == 2));
    assert_eq!(
        features(&examination, Modality::Visual).splits[0].steps.max,
        3
    );
    assert!(content(&examination).notes.len() >= 4);

    let options = OpenOptions::new().with_padding(Padding::Right);
    let examination = examined_pickle(&platform(20, 5), &options);
    assert!(
        !kinds(&examination).contains(&"padded_front"),
        "{examination}"
    );
}

//! Computational sequences: against an alignment written apart (`scripts/csd_fixtures.py`), and
//! real ones where they are at hand.

use misa_data::format::csd::CsdFolder;
use misa_data::{Format, OpenOptions, Policy, Split, UtteranceDataset};
use misa_terms::Modality;
use misa_testing::real_data;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/csd")
}

/// A copy of the fixtures without some files.
pub fn without(names: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !names.contains(&name) {
            fs::copy(&path, copy.path().join(name)).unwrap();
        }
    }
    copy
}

fn assert_rows(found: &[Vec<f64>], expected: &Json, place: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{place}");
    for (found, expected) in found.iter().zip(expected) {
        for (found, expected) in found.iter().zip(expected.as_array().unwrap()) {
            match expected.as_f64() {
                Some(expected) => assert!((found - expected).abs() < 1e-6, "{place}"),
                None => assert!(found.is_nan(), "{place}"),
            }
        }
    }
}

#[test]
fn segments_are_those_of_the_sdk() {
    let expected = fs::read(fixtures().join("expected.json")).unwrap();
    let expected: Json = serde_json::from_slice(&expected).unwrap();
    let folder = CsdFolder::open(fixtures()).unwrap();
    let videos = folder.videos();
    assert_eq!(
        (videos.names.as_slice(), videos.left_out),
        (["one", "two"].map(String::from).as_slice(), 1)
    );
    let mut count = 0;
    for video in &videos.names {
        for segment in folder.segments(video).unwrap().list {
            let expected = &expected[&segment.id];
            let words: Vec<&str> = expected["words"]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap())
                .collect();
            assert_eq!(segment.words, words, "{}", segment.id);
            assert_eq!(segment.label, expected["label"].as_f64().unwrap());
            assert_rows(&segment.visual.unwrap(), &expected["visual"], &segment.id);
            assert_rows(
                &segment.acoustic.unwrap(),
                &expected["acoustic"],
                &segment.id,
            );
            count += 1;
        }
    }
    assert_eq!(count, expected.as_object().unwrap().len());
}

#[test]
fn a_folder_of_sequences_is_a_data_set() {
    let data = UtteranceDataset::open(fixtures()).unwrap();
    assert_eq!(data.format(), Format::Csd);
    let train = data.split(Split::Train);
    assert_eq!(train.len(), 2);
    assert_eq!(train[0].id, "one[0]");
    // Pauses are gone, with their rows.
    assert!(
        train
            .iter()
            .all(|utterance| !utterance.words.contains(&"sp".to_owned()))
    );
    for utterance in train {
        let [text, visual, acoustic] = utterance.steps().into_array();
        assert!(text == visual && text == acoustic);
    }
    // The camera saw nobody during some words of both segments of the other video.
    assert!(data.split(Split::Valid).len() < 2);
    let notes: Vec<String> = data.notes().iter().map(ToString::to_string).collect();
    assert!(
        notes
            .iter()
            .any(|note| note.ends_with("1 misaligned utterance dropped")),
        "{notes:?}"
    );
    assert!(
        notes.contains(&"1 video that is not in all files left out".to_owned()),
        "{notes:?}"
    );
}

#[test]
fn missing_sequences_are_named() {
    let cases = [
        (
            "words.csd",
            "expected a sequence named like word, found none",
        ),
        (
            "labels.csd",
            "expected a sequence named like label, opinion, found none",
        ),
        (
            "visual.csd",
            "expected a sequence named like facet, openface, visual, video, found none",
        ),
    ];
    for (name, expected) in cases {
        let copy = without(&[name]);
        let error = UtteranceDataset::open(copy.path()).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
    let copy = without(&[]);
    fs::copy(
        fixtures().join("words.csd"),
        copy.path().join("more_words.csd"),
    )
    .unwrap();
    let error = UtteranceDataset::open(copy.path()).unwrap_err().to_string();
    let folder = copy.path().display();
    assert_eq!(
        error,
        format!(
            "{folder}: expected one file with words, found {folder}/more_words.csd, \
             {folder}/words.csd; choose one with --text FILE"
        )
    );
}

/// The whole download of the SDK has two sequences of some roles.
#[test]
fn one_of_several_sequences_is_chosen() {
    let copy = without(&[]);
    for name in ["visual", "acoustic", "words"] {
        let path = |name: &str| copy.path().join(name).with_extension("csd");
        fs::copy(path(name), path(&format!("other_{name}"))).unwrap();
    }
    let folder = copy.path().display();
    let mut options = OpenOptions::new();
    for (modality, name, what) in [
        (Modality::Text, "words", "words"),
        (Modality::Visual, "visual", "visual features"),
        (Modality::Acoustic, "acoustic", "acoustic features"),
    ] {
        let mut files =
            [name.to_string(), format!("other_{name}")].map(|name| format!("{folder}/{name}.csd"));
        files.sort();
        assert_eq!(
            options.open(copy.path()).unwrap_err().to_string(),
            format!(
                "{folder}: expected one file with {what}, found {}; choose one with --{modality} FILE",
                files.join(", ")
            )
        );
        let chosen = copy.path().join(format!("other_{name}.csd"));
        options = options.with_replacement(modality, chosen);
    }
    let expected = UtteranceDataset::open(fixtures()).unwrap();
    let data = options.open(copy.path()).unwrap();
    assert_eq!(data.checksum(), expected.checksum());
    // Any sequence of numbers has the role that it is chosen for, also from another folder.
    let chosen = fixtures().join("acoustic.csd");
    let options = OpenOptions::new().with_replacement(Modality::Visual, chosen);
    let data = options.open(fixtures()).unwrap();
    for utterance in data.split(Split::Train) {
        assert_eq!(utterance.visual, utterance.acoustic);
    }
}

#[test]
fn a_choice_that_cannot_be_is_refused() {
    let choose = |modality, name: &str| {
        let path = fixtures().join(name);
        let options = OpenOptions::new().with_replacement(modality, &path);
        let error = options.open(fixtures()).unwrap_err().to_string();
        error.replace(&path.display().to_string(), name)
    };
    assert_eq!(
        choose(Modality::Text, "visual.csd"),
        "visual.csd: expected a sequence of words, found a sequence of numbers"
    );
    assert_eq!(
        choose(Modality::Visual, "words.csd"),
        "words.csd: expected a sequence of numbers, found a sequence of words"
    );
    assert_eq!(
        choose(Modality::Visual, "none.csd"),
        "none.csd: no such file or folder"
    );
    // A sequence alone replaces nothing in data of another layout.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.safetensors");
    UtteranceDataset::open(fixtures())
        .unwrap()
        .save(&path)
        .unwrap();
    let sequence = fixtures().join("visual.csd");
    let options = OpenOptions::new().with_replacement(Modality::Visual, sequence);
    let error = options.open(&path).unwrap_err().to_string();
    assert!(error.contains("found an HDF5 file"), "{error}");
}

#[test]
fn videos_of_no_fold_are_counted() {
    let copy = without(&["folds.json"]);
    let error = UtteranceDataset::open(copy.path()).unwrap_err().to_string();
    assert!(
        error.contains("no utterances, expected at least 1; ")
            && error.contains("3 utterances without a split dropped"),
        "{error}"
    );
}

#[test]
fn real_words_lie_in_the_labels_of_their_videos() {
    let Some(path) = real_data("mosi/csd") else {
        return;
    };
    let folder = CsdFolder::open(&path).unwrap();
    let videos = folder.videos();
    assert_eq!((videos.names.len(), videos.left_out), (62, 0));
    let (mut segments, mut silent, mut words) = (0, 0, 0);
    let mut without_duration = 0;
    for video in &videos.names {
        let found = folder.segments(video).unwrap();
        without_duration += found.without_duration;
        for segment in found.list {
            let spoken = segment.words.iter().filter(|word| *word != "sp").count();
            segments += 1;
            silent += usize::from(spoken == 0);
            words += spoken;
        }
    }
    println!("{segments} segments, {silent} without words, {words} words");
    // Of 1513 labels, one starts when it ends: the SDK skips it, too.
    assert_eq!((segments, without_duration, silent), (1512, 1, 0));
    // Without features, a folder is not a data set, and the error states it.
    let error = OpenOptions::new()
        .with_policy(Policy::Compat)
        .open(&path)
        .unwrap_err();
    assert!(error.to_string().contains("facet"), "{error}");
}

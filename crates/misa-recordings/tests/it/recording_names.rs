//! Recordings of one file, found by the names that it states.

use crate::tables;
use misa_recordings::assemble::{AssembleOptions, Assembler, Inputs, KindMatching, Mode};
use misa_recordings::segments::SegmentTable;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn table(ids: &[&str]) -> SegmentTable {
    let rows: String = ids.iter().map(|id| format!("{id},1\n")).collect();
    let text = format!("id,label\n{rows}");
    tables::table(&text)
}

/// The words of each segment, the notes on their files, and what has no counterpart.
type Found = (Vec<String>, Vec<String>, KindMatching);

fn words_of(path: &Path, ids: &[&str]) -> Result<Found, String> {
    let table = table(ids);
    let inputs = Inputs {
        words: Some(path),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default());
    let assembler = assembler.map_err(|error| error.to_string())?;
    let (mut said, mut notes) = (Vec::new(), Vec::new());
    assembler.run(|outcome| {
        let (report, utterances) = outcome.result.map_err(|error| error.to_string())?;
        let words = utterances.iter().map(|one| one.words.join(" "));
        said.push(words.collect());
        notes.extend(report.notes.iter().map(ToString::to_string));
        Ok::<(), String>(())
    })?;
    Ok((said, notes, assembler.matching().words.unwrap()))
}

/// The same of a file of this content, called `name`.
fn words_in(name: &str, text: &str, ids: &[&str]) -> Result<Found, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    words_of(&path, ids)
}

const CTM: &str = "talk.1 1 0.0 0.5 one\ntalk.2 1 0.0 0.5 two\n";
const STM: &str = "talk.1 1 anna 0.0 0.5 one\ntalk.2 1 anna 0.0 0.5 two\n";
const MLF: &str = "#!MLF!#\n\"*/talk.1\"\n0 5000000 one\n.\n\"*/talk.2\"\n0 5000000 two\n.\n";

#[test]
fn a_dot_in_a_name_is_no_extension() {
    for (name, text) in [("all.ctm", CTM), ("all.stm", STM), ("all.mlf", MLF)] {
        let (said, _, matching) = words_in(name, text, &["talk.2", "talk.1"]).unwrap();
        assert_eq!(said, ["two", "one"], "{name}");
        assert_eq!((matching.recordings, matching.left.len()), (2, 0), "{name}");
        // Neither is `talk`, and both are told.
        let (said, _, matching) = words_in(name, text, &["talk"]).unwrap();
        assert_eq!(
            (said, matching.recordings),
            (vec![String::new()], 0),
            "{name}"
        );
        assert_eq!(matching.left.len(), 2, "{name}");
    }
    let numbers = "1.5 1 0.0 0.5 five\n1.7 1 0.0 0.5 seven\n";
    let (said, ..) = words_in("all.ctm", numbers, &["1.5", "1.7"]).unwrap();
    assert_eq!(said, ["five", "seven"]);
}

#[test]
fn labels_and_sounds_are_found_without_their_extension() {
    let mlf = MLF
        .replace("talk.1\"", "talk.1.lab\"")
        .replace("talk.2\"", "talk.2.rec\"");
    let (said, ..) = words_in("all.mlf", &mlf, &["talk.2", "talk.1"]).unwrap();
    assert_eq!(said, ["two", "one"]);
    let ctm = CTM.replace("talk.1", "x/talk.1.wav");
    let (said, ..) = words_in("all.ctm", &ctm, &["talk.2", "talk.1"]).unwrap();
    assert_eq!(said, ["two", "one"]);
}

#[test]
fn two_recordings_of_one_name_are_refused() {
    let ctm = "p/a.wav 1 0.0 0.5 one\nq/a.wav 1 0.0 0.5 two\n";
    let error = words_in("all.ctm", ctm, &["a"]).unwrap_err();
    let expected = "expected one recording \"a\", found \"p/a.wav\", \"q/a.wav\"; give each recording a name of its \
        own in the file, and the table the same names";
    assert!(error.ends_with(expected), "{error}");
    // Whoever asks for the stated names gets each.
    let (said, ..) = words_in("all.ctm", ctm, &["q/a.wav", "p/a"]).unwrap();
    assert_eq!(said, ["two", "one"]);
    let mlf = "#!MLF!#\n\"p/a.lab\"\n0 5000000 one\n.\n\"q/a.lab\"\n0 5000000 two\n.\n";
    assert!(words_in("all.mlf", mlf, &["a"]).is_err());
}

#[test]
fn other_recordings_of_a_file_in_a_folder_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/talk.ctm");
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, "a 1 0.0 0.5 no\ntalk.wav 1 0.0 0.5 yes\n").unwrap();
    for id in ["talk", "deep/talk"] {
        let (said, notes, _) = words_of(folder.path(), &[id]).unwrap();
        assert_eq!(said, ["yes"]);
        assert_eq!(notes, ["1 other recording in the file left out"]);
    }
    fs::write(&path, CTM).unwrap();
    let error = words_of(folder.path(), &["talk"]).unwrap_err();
    let expected = "talk.ctm: expected the recording \"deep/talk\", found \"talk.1\", \"talk.2\"; name the file \
        itself instead of its folder";
    assert!(error.ends_with(expected), "{error}");
}

/// A table of openSMILE with two rows for each name and value.
fn smile(rows: &[(&str, f32)]) -> String {
    let row = |(name, value): &(&str, f32)| {
        format!("{name};0.000000;{value:.6e}\n{name};0.010000;{value:.6e}\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("name;frameTime;Loudness_sma3\n{rows}")
}

/// The voice of each segment of a file.
fn voice_in(text: &str, ids: &[&str]) -> Result<Vec<f32>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.csv");
    fs::write(&path, text).unwrap();
    let table = table(ids);
    let mut options = AssembleOptions::default();
    options.mode = Mode::Utterance;
    let inputs = Inputs {
        voice: Some(&path),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, options);
    let assembler = assembler.map_err(|error| error.to_string())?;
    let mut means = Vec::new();
    assembler.run(|outcome| {
        let (_, utterances) = outcome.result.map_err(|error| error.to_string())?;
        let voices = utterances.iter().filter_map(|one| one.voice.as_ref());
        means.extend(voices.map(|voice| voice.values[0]));
        Ok::<(), String>(())
    })?;
    Ok(means)
}

#[test]
fn voices_of_one_file_keep_their_names() {
    let text = smile(&[("'talk.1'", 1.0), ("'talk.2'", 2.0), ("'talk.3.wav'", 3.0)]);
    let means = voice_in(&text, &["talk.3", "talk.2", "talk.1"]).unwrap();
    assert_eq!(means, [3.0, 2.0, 1.0]);
    // With and without quotes, which openSMILE does not mix.
    let text = smile(&[("'talk'", 1.0), ("talk", 2.0)]);
    let error = voice_in(&text, &["talk"]).unwrap_err();
    assert!(error.contains("found two recordings \"talk\""), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn each_segment_gets_the_words_of_its_name(
        names in prop::collection::btree_set(
            "([a-c]/)?[a-c1-3]{1,2}(\\.[1-3a]{1,2}|\\.wav|\\.lab|\\.rec){0,2}", 2..9),
    ) {
        let lines = names.iter().enumerate();
        let ctm: String = lines.map(|(at, name)| format!("{name} 1 0.0 0.5 w{at}\n")).collect();
        let ids: Vec<&str> = names.iter().map(String::as_str).collect();
        let (said, _, matching) = words_in("all.ctm", &ctm, &ids).unwrap();
        let expected: Vec<String> = (0..names.len()).map(|at| format!("w{at}")).collect();
        prop_assert_eq!(said, expected);
        prop_assert_eq!((matching.recordings, matching.left.len()), (names.len(), 0));
    }

    #[test]
    fn no_recording_is_lost(
        names in prop::collection::btree_set("([ab]/)?[ab](\\.1|\\.wav|\\.lab){0,2}", 1..7),
        id in "[ab](\\.1)?",
    ) {
        let ctm: String = names.iter().map(|name| format!("{name} 1 0.0 0.5 x\n")).collect();
        match words_in("all.ctm", &ctm, &[&id]) {
            Ok((.., matching)) => {
                prop_assert_eq!(matching.recordings + matching.left.len(), names.len());
                let left: BTreeSet<String> = matching.left.into_iter().collect();
                prop_assert!(left.is_subset(&names));
            }
            Err(error) => {
                let told = names.iter().filter(|name| error.contains(&format!("{name:?}")));
                prop_assert!(told.count() >= 2, "{}", error);
            }
        }
    }
}

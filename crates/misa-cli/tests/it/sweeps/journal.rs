//! Runs of a sweep as trials in a journal.

use super::{sweep, until, written};
use crate::common::{json, refused, said, text};
use misa_studies::{Direction, Journal, Json, Outcome, TrialState};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::tempdir;

/// What a study says of each complete trial: the run, its value, and its values by epoch.
type Complete = BTreeMap<String, (f64, Vec<(i64, f64)>)>;

/// The complete trials of a study, and how many are in another state.
fn trials(journal: &Path, study: &str) -> (Complete, usize) {
    let mut journal = Journal::open(journal).unwrap();
    let studies = journal.refresh().unwrap();
    let study = studies.find(study).unwrap();
    assert_eq!(study.directions, [Direction::Minimise]);
    let mut complete = Complete::new();
    let mut others = 0;
    for trial in studies.trials(study.id) {
        if trial.state != TrialState::Complete {
            others += 1;
            continue;
        }
        let Json::Text(run) = &trial.user_attrs["run"] else {
            panic!("{trial:?}");
        };
        let value = trial.values.as_ref().unwrap()[0];
        let epochs = trial.intermediate_values.iter();
        let epochs = epochs.map(|(epoch, value)| (*epoch, *value)).collect();
        let before = complete.insert(run.clone(), (value, epochs));
        assert!(before.is_none(), "two complete trials of {run}");
    }
    (complete, others)
}

/// What the reports of the runs say of the same.
fn reported(out: &Path) -> Complete {
    let runs = fs::read_dir(out).unwrap().map(|run| run.unwrap().path());
    runs.map(|run| {
        let report = json(&fs::read_to_string(run.join("report.json")).unwrap());
        let mae = |scores: &Value| {
            let mut scores = scores.as_array().unwrap().iter();
            scores.find(|named| named[0] == "MAE").unwrap()[1]
                .as_f64()
                .unwrap()
        };
        let epochs = report["history"].as_array().unwrap().iter();
        let epochs = epochs.map(|epoch| (epoch["epoch"].as_i64().unwrap(), mae(&epoch["valid"])));
        let value = mae(&report["scores"][0][1]["scores"]);
        let name = run.file_name().unwrap().to_string_lossy().into_owned();
        (name, (value, epochs.collect()))
    })
    .collect()
}

/// Two processes, one of which is killed in the middle of a run; and once more for runs that are done already.
#[test]
fn every_run_has_one_complete_trial_whoever_is_killed() {
    let dir = tempdir().unwrap();
    let (file, out) = (sweep(dir.path()), dir.path().join("out"));
    let log = dir.path().join("study.log");
    let arguments = [
        "sweep",
        text(&file),
        "--out",
        text(&out),
        "--journal",
        text(&log),
    ];
    let mut child = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until(|| {
        written(&out)
            .iter()
            .any(|(path, ..)| path.ends_with("report.json"))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let printed = said(&[&arguments[..], &["--processes", "2"]].concat());
    assert!(printed.contains("The best settings with five seeds: misa train --config "));
    assert!(printed.contains("epsilon squared"), "{printed}");

    let (complete, others) = trials(&log, "sweep");
    assert_eq!((complete.len(), others), (16, 0));
    assert_eq!(complete, reported(&out));

    let other = dir.path().join("other.log");
    let again = [
        "sweep",
        text(&file),
        "--out",
        text(&out),
        "--journal",
        text(&other),
    ];
    said(&[&again[..], &["--study", "mine"]].concat());
    assert_eq!(trials(&other, "mine"), (complete, 0));
}

#[test]
fn a_journal_that_cannot_be_used_is_refused_before_anything_is_trained() {
    let dir = tempdir().unwrap();
    let (file, out) = (sweep(dir.path()), dir.path().join("out"));
    let log = dir.path().join("study.log");
    let message = || {
        let arguments = [
            "sweep",
            text(&file),
            "--out",
            text(&out),
            "--journal",
            text(&log),
        ];
        let (status, message) = refused(&arguments);
        assert_eq!(status, 1);
        assert!(!out.exists());
        message
    };
    fs::write(&log, "no journal\n").unwrap();
    assert!(message().contains("study.log:1: found "));
    fs::remove_file(&log).unwrap();
    let mut journal = Journal::create(&log).unwrap();
    let study = journal.study("sweep", &[Direction::Maximise]).unwrap();
    let trial = journal.create_trial(study, BTreeMap::new()).unwrap();
    journal.finish(trial, Outcome::Complete(vec![1.0])).unwrap();
    assert!(message().contains("found the study `sweep` with the directions"));
}

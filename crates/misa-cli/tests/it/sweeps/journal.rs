//! Runs of a sweep as trials in a journal.

use super::{BASE, sweep, until, written};
use crate::common::{json, refused, said, text};
use misa_studies::{Direction, Journal, Json, NewTrial, Operation, Outcome, StudyId, TrialState};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;
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
    assert_eq!(trials(&other, "mine"), (complete.clone(), 0));

    // As if a process had been killed between a trial and its name.
    let mut journal = Journal::open(&other).unwrap();
    let studies = journal.refresh().unwrap();
    let id = studies.find("mine").unwrap().id;
    let params = studies.trials(id).next().unwrap().params.clone();
    let study = journal.study("nameless", &[Direction::Minimise]).unwrap();
    journal.create_trial(study, params).unwrap();
    said(&[&again[..], &["--study", "nameless"]].concat());
    assert_eq!(trials(&other, "nameless"), (complete, 0));
}

/// They vary the same settings, with the same values.
#[test]
fn runs_with_other_shared_settings_have_trials_of_their_own() {
    let dir = tempdir().unwrap();
    let [base, file, out, log] =
        ["base.toml", "sweep.toml", "out", "study.log"].map(|name| dir.path().join(name));
    fs::write(&file, "base = \"base.toml\"\nseeds = [1]\n").unwrap();
    let sweep = ["sweep", text(&file), "--out", text(&out)];
    for more in ["", "learning_rate = 3e-3\n"] {
        fs::write(&base, format!("{BASE}{more}")).unwrap();
        said(&[&sweep[..], &["--journal", text(&log)]].concat());
    }
    let (complete, others) = trials(&log, "sweep");
    assert_eq!((complete.len(), others), (2, 0));
    assert_eq!(complete, reported(&out));
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

/// A trial as Optuna's `enqueue_trial` leaves it.
pub(super) fn enqueue(journal: &mut Journal, study: StudyId, settings: &[(&str, Json)]) {
    let settings = settings
        .iter()
        .map(|(key, value)| (key.to_string(), value.clone()));
    let fixed = Json::Object(settings.collect());
    let trial = NewTrial {
        state: TrialState::Waiting,
        started: None,
        system_attrs: BTreeMap::from([("fixed_params".to_string(), fixed)]),
        ..NewTrial::running(study)
    };
    journal
        .append(vec![Operation::CreateTrial(Box::new(trial))])
        .unwrap();
}

/// Kills the program as soon as it has begun a run in `out`.
fn kill_at_work(arguments: &[&str], out: &Path) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let is_run = |(path, ..): &(PathBuf, u64, SystemTime)| path.ends_with("manifest.json");
    until(|| written(out).iter().any(is_run));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Of three trials that wait, the first is begun by a process that is killed, and the second has no such setting.
#[test]
fn trials_that_wait_are_done_and_told() {
    let dir = tempdir().unwrap();
    let (file, out) = (sweep(dir.path()), dir.path().join("out"));
    let log = dir.path().join("study.log");
    let mut journal = Journal::create(&log).unwrap();
    let study = journal.study("mine", &[Direction::Minimise]).unwrap();
    let text_of = |text: &str| Json::Text(text.to_string());
    for (cell, dropout) in [("lstm", 0.1), ("lstn", 0.1), ("gru", 0.5)] {
        let settings = [
            ("training.cell", text_of(cell)),
            ("training.dropout", Json::Float(dropout)),
            ("training.activation", text_of("tanh")),
        ];
        enqueue(&mut journal, study, &settings);
    }
    let arguments = [
        "sweep",
        text(&file),
        "--out",
        text(&out),
        "--ask",
        text(&log),
    ];
    let arguments = [&arguments[..], &["--study", "mine"]].concat();
    kill_at_work(&arguments, &out);

    let (status, _) = refused(&arguments);
    assert_eq!(status, 1);
    let studies = journal.refresh().unwrap();
    let trials: Vec<_> = studies.trials(study).collect();
    let states: Vec<TrialState> = trials.iter().map(|trial| trial.state).collect();
    use TrialState::{Complete, Failed};
    assert_eq!(states, [Complete, Failed, Complete]);
    let Json::Text(error) = &trials[1].user_attrs["error"] else {
        panic!("{:?}", trials[1]);
    };
    assert!(error.contains("lstn"), "{error}");
    // The mean over both seeds of the file.
    let expected = reported(&out);
    assert_eq!(expected.len(), 4);
    for trial in [trials[0], trials[2]] {
        let cell = trial.params["training.cell"].value();
        let runs = expected
            .iter()
            .filter(|(name, _)| name.contains(&format!("cell={}", cell_name(&cell))));
        let values: Vec<f64> = runs.map(|(_, (value, _))| *value).collect();
        assert_eq!(values.len(), 2);
        assert_eq!(trial.values, Some(vec![(values[0] + values[1]) / 2.0]));
        assert_eq!(trial.intermediate_values.len(), 2);
    }
    assert_eq!(said(&arguments), "0 trials done, 0 failed\n");
    let (status, message) = refused(&arguments[..6]);
    assert_eq!(status, 1);
    assert!(
        message.contains("no study `sweep`, expected one of: mine"),
        "{message}"
    );
}

fn cell_name(cell: &Json) -> String {
    match cell {
        Json::Text(name) => name.clone(),
        other => panic!("{other:?}"),
    }
}

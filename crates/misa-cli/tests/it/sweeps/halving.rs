//! Runs that stop early because others are better.

use super::{BASE, until, weights, written};
use crate::common::{json, refused, said, text};
use misa_studies::{Journal, TrialState};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::tempdir;

const GRID: &str = "base = \"base.toml\"\nseeds = [1, 2]\n[grid]\n\
                    \"training.learning_rate\" = [1e-5, 1e-4, 1e-3, 3e-3]\n";
const HALVING: &str = "[halving]\nrungs = [1, 2]\nkeep = 0.5\n";

fn sweep(folder: &Path, name: &str, content: &str) -> PathBuf {
    fs::write(
        folder.join("base.toml"),
        BASE.replace("epochs = 2", "epochs = 4"),
    )
    .unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

/// The state of each run, and its rung if it was left behind, by name.
fn states(printed: &Value) -> BTreeMap<String, (String, Option<u64>)> {
    let runs = printed["runs"].as_array().unwrap().iter();
    runs.map(|run| {
        let text = |key: &str| run[key].as_str().unwrap().to_string();
        (text("name"), (text("state"), run["rung"].as_u64()))
    })
    .collect()
}

/// How many trials of the study are complete, and how many pruned.
fn trials(log: &Path) -> (usize, usize) {
    let mut journal = Journal::open(log).unwrap();
    let studies = journal.refresh().unwrap();
    let study = studies.find("halved").unwrap().id;
    let states: Vec<TrialState> = studies.trials(study).map(|trial| trial.state).collect();
    let count = |state| states.iter().filter(|found| **found == state).count();
    assert_eq!(states.len(), 8);
    (count(TrialState::Complete), count(TrialState::Pruned))
}

/// Eight runs: four settings, two of which go on from the first rung, and one from the second.
#[test]
fn only_the_best_go_on_and_end_as_if_never_paused() {
    let dir = tempdir().unwrap();
    let whole = sweep(dir.path(), "whole.toml", GRID);
    let halved = sweep(dir.path(), "halved.toml", &format!("{GRID}{HALVING}"));
    let [all, some, killed, log] =
        ["all", "some", "killed", "study.log"].map(|name| dir.path().join(name));
    said(&["sweep", text(&whole), "--out", text(&all)]);
    let arguments = |out: &'static str| {
        let out = text(&dir.path().join(out)).to_string();
        ["sweep", text(&halved), "--out"]
            .map(str::to_string)
            .into_iter()
            .chain([out])
    };
    let run = |out, more: &[&str]| {
        let arguments: Vec<String> = arguments(out).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        said(&[&arguments[..], more].concat())
    };
    let printed = json(&run("some", &["--json", "--journal", text(&log)]));
    assert_eq!(
        (&printed["count"]["done"], &printed["count"]["left_behind"]),
        (&2.into(), &6.into())
    );
    let found = states(&printed);
    let at = |rung| found.values().filter(|(_, at)| *at == rung).count();
    assert_eq!([at(Some(1)), at(Some(2)), at(None)], [4, 2, 2]);

    let expected = weights(&all);
    let done: Vec<&String> = (found.iter())
        .filter(|(_, (state, _))| state == "done")
        .map(|(name, _)| name)
        .collect();
    for name in &done {
        let path = some.join(name).join("checkpoint/model.safetensors");
        assert!(fs::read(path).unwrap() == expected[*name], "{name}");
    }

    assert_eq!(trials(&log), (2, 6));

    // Two processes, killed at work, and started again.
    let mut child = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(arguments("killed"))
        .args(["--processes", "2"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until(|| {
        written(&killed)
            .iter()
            .any(|(path, ..)| path.ends_with("run.toml"))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let printed = json(&run("killed", &["--processes", "2", "--json"]));
    assert_eq!(states(&printed), found);
    for name in done {
        let path = killed.join(name).join("checkpoint/model.safetensors");
        assert!(fs::read(path).unwrap() == expected[name], "{name}");
    }
}

/// The first two epochs have no score to compare by.
#[test]
fn rungs_count_the_epochs_after_pre_training() {
    let dir = tempdir().unwrap();
    let grid = "base = \"base.toml\"\nseeds = [1]\n[grid]\n\
                \"training.learning_rate\" = [1e-5, 1e-3]\n\
                [halving]\nrungs = [1]\nkeep = 0.5\n";
    let path = sweep(dir.path(), "sweep.toml", grid);
    let base = dir.path().join("base.toml");
    let mut settings = fs::read_to_string(&base).unwrap();
    settings.push_str("[training.pretraining]\nunimodal_epochs = 2\n");
    fs::write(&base, settings).unwrap();
    let out = dir.path().join("runs");
    let printed = json(&said(&[
        "sweep",
        text(&path),
        "--out",
        text(&out),
        "--json",
    ]));
    let states: Vec<_> = states(&printed).into_values().collect();
    let left = ("left_behind".to_string(), Some(1));
    assert!(states.contains(&left), "{states:?}");
    assert!(states.contains(&("done".to_string(), None)), "{states:?}");
    let files = written(&out).into_iter().map(|(path, ..)| path);
    let mut epochs: Vec<usize> = (files.filter(|path| path.ends_with("metrics.jsonl")))
        .map(|path| fs::read_to_string(path).unwrap())
        .map(|lines| lines.matches("\"type\":\"epoch\"").count())
        .collect();
    epochs.sort_unstable();
    assert_eq!(epochs, [3, 6]);
}

#[test]
fn rungs_that_cannot_be_are_refused() {
    let dir = tempdir().unwrap();
    let message = |halving: &str, more: &[&str]| {
        let file = sweep(dir.path(), "sweep.toml", &format!("{GRID}{halving}"));
        let (status, message) = refused(&[&["sweep", text(&file), "--dry-run"], more].concat());
        assert_eq!(status, 1);
        message.rsplit_once("sweep.toml: ").unwrap().1.to_string()
    };
    assert_eq!(
        message("[halving]\nrungs = [9, 3]\n", &[]),
        "`halving.rungs`: expected numbers of epochs above 0 that rise"
    );
    assert_eq!(
        message("[halving]\nrungs = [3]\nkeep = 1.5\n", &[]),
        "`halving.keep`: expected a number in (0, 1)"
    );
    assert!(message(HALVING, &["--shard", "0/2"]).contains("expected no --shard, found 0/2"));
    assert!(message("[halving]\nrung = [3]\n", &[]).contains("unknown field `rung`"));
}

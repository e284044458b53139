//! Resumed runs: with which settings, and after which ends.

use crate::common::{SMALL, refused, said, text, train, weights};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::tempdir;

/// Enough epochs to be stopped in the middle.
const LONG: &[&str] = &[
    "--set",
    "training.epochs=12",
    "--set",
    "training.batch_size=4",
];

fn manifest(run: &Path) -> Value {
    serde_json::from_slice(&fs::read(run.join("manifest.json")).unwrap()).unwrap()
}

fn kill(child: &Child, signal: &str) {
    let status = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// A run that is at work on an epoch after the first, and what it says from then on.
fn begun(out: &Path, more: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args([&["train", "--plain", "--out", text(out)], SMALL, LONG, more].concat())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_epoch = |line: &String| line.starts_with("epoch");
    lines.by_ref().map(Result::unwrap).find(is_epoch).unwrap();
    (child, lines)
}

/// The key of what a dry run shows, as value and origin.
fn shown<'a>(printed: &'a str, key: &str) -> Vec<&'a str> {
    let line = printed
        .lines()
        .find(|line| line.split_whitespace().next() == Some(key));
    let words = line.unwrap_or_else(|| panic!("no {key} in {printed}"));
    words.split_whitespace().skip(1).collect()
}

#[test]
fn signals_of_one_burst_are_one_request() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let (mut child, _lines) = begun(&run, &[]);
    for signal in ["TERM", "INT", "TERM"] {
        kill(&child, signal);
    }
    assert_eq!(child.wait().unwrap().code(), Some(75));
    // Written by a run that had the time for it.
    assert_eq!(manifest(&run)["status"], "stopped");
}

#[test]
fn what_a_run_has_lies_below_what_is_given() {
    let dir = tempdir().unwrap();
    let (whole, run) = (dir.path().join("whole"), dir.path().join("run"));
    let more = ["--set", "save_every=4", "--set", "training.dropout=0.25"];
    train(&whole, &[LONG, &more].concat());
    let (mut child, _lines) = begun(&run, &more);
    kill(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(75));

    let given = ["--device", "flex", "--set", "save_every=none"];
    fn with<'a>(run: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
        [&["train", "--plain", "--resume", "--out", text(run)], more].concat()
    }
    let printed = said(&with(&run, &[&given[..], &["--dry-run"]].concat()));
    assert_eq!(shown(&printed, "training.dropout"), ["0.25", text(&run)]);
    assert_eq!(shown(&printed, "training.epochs"), ["12", text(&run)]);
    assert_eq!(shown(&printed, "device"), ["flex", "--device"]);
    let origin = ["none", "--set", "save_every=none"];
    assert_eq!(shown(&printed, "save_every"), origin);

    let message = |more: &[&str]| {
        let (status, message) = refused(&with(&run, more));
        assert_eq!(status, 1);
        message
    };
    let changed = "settings changed since the run began";
    assert!(message(&["--set", "training.dropout=0.3"]).contains(changed));
    // Another preset changes all of its settings.
    assert!(message(&["--preset", "mmsa"]).contains(changed));
    assert!(message(&["--devices", "flex,flex"]).contains("expected different GPUs"));
    assert!(message(&["--seed", "2"]).ends_with(
        "run: --seed asks for seed 2, but the run has seed 336: expected that seed, or another folder"
    ));
    let (status, _) = refused(&with(
        &run,
        &["--device", "flex", "--devices", "cuda:0,cuda:1"],
    ));
    assert_eq!(status, 2);

    said(&with(&run, &[&given[..], &["--seed", "336"]].concat()));
    assert!(weights(&whole) == weights(&run));
}

#[test]
fn seeds_that_had_not_begun_get_the_settings_of_the_others() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    train(&runs, &["--seeds", "2", "--set", "training.dropout=0.25"]);
    let resume = ["train", "--plain", "--resume", "--out", text(&runs)];
    // A folder that was made, and a process that was killed before it could say more.
    fs::create_dir(runs.join("seed-1")).unwrap();
    said(&[&resume[..], &["--seeds", "1..3", "--device", "flex"]].concat());
    let config = |seed: u64| {
        let mut config = manifest(&runs.join(format!("seed-{seed}")))["config"].take();
        assert_eq!(config["seed"].take(), seed);
        config
    };
    assert_eq!(config(1), config(2));
    assert_eq!(config(3), config(2));
    assert_eq!(config(1)["dropout"], 0.25);
    // A folder under another name is another run.
    fs::rename(runs.join("seed-3"), runs.join("seed-4")).unwrap();
    let (_, message) = refused(&[&resume[..], &["--seeds", "4"]].concat());
    assert!(
        message.contains("--seeds asks for seed 4, but the run has seed 3"),
        "{message}"
    );
}

#[test]
fn nothing_to_resume_is_said_unless_settings_say_what_to_begin() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let resume = ["train", "--plain", "--resume", "--out", text(&run)];
    for more in [
        &[][..],
        &["--device", "flex"],
        &["--seed", "3"],
        &["--seeds", "1..2"],
    ] {
        let (status, message) = refused(&[&resume[..], more].concat());
        assert_eq!(status, 1);
        assert!(
            message
                .ends_with("holds no run to resume, expected one, or settings to start one with"),
            "{message}"
        );
    }
    assert!(!run.exists());
    said(&[&resume[..], SMALL].concat());
    assert_eq!(manifest(&run)["status"], "finished");
    // A manifest that cannot be read does not count as missing.
    fs::write(run.join("manifest.json"), "{").unwrap();
    let (_, message) = refused(&resume);
    assert!(
        message.contains(
            "manifest.json: line 1, column 1: expected more JSON, found the end; restore the file from a copy"
        ),
        "{message}"
    );
}

/// As of a release that took a rate of an adversary which the run has not.
#[test]
fn a_setting_without_effect_that_is_refused_by_now_is_told() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let mut found = manifest(&run);
    for place in ["/config", "/settings/training"] {
        found.pointer_mut(place).unwrap()["adversary_learning_rate"] = 0.01.into();
    }
    fs::write(run.join("manifest.json"), found.to_string()).unwrap();
    let more = ["--set", "training.epochs=3"];
    let resume = ["train", "--plain", "--resume", "--out", text(&run)];
    let (status, told) = in_job("17", &[&resume[..], &more].concat());
    assert_eq!(status, 0, "{told}");
    assert!(
        told.contains("setting without effect, which no new run may have: adversary_learning_rate"),
        "{told}"
    );
    assert_eq!(manifest(&run)["status"], "finished");
}

/// The program in a job of Slurm: its exit status and what it says.
fn in_job(job: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(arguments)
        .env("SLURM_JOB_ID", job)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), said)
}

#[test]
fn a_job_that_slurm_starts_again_resumes_its_run() {
    let dir = tempdir().unwrap();
    let (whole, run) = (dir.path().join("whole"), dir.path().join("run"));
    train(&whole, LONG);
    let command = [&["train", "--plain", "--out", text(&run)], SMALL, LONG].concat();
    let with = |more: &[&'static str]| [&command[..], more].concat();
    let (mut child, _lines) = begun(&run, &[]);
    kill(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(75));
    assert_eq!(manifest(&run)["sessions"][0].get("job"), None);

    let (status, told) = in_job("17", &with(&["--resume=never"]));
    assert_eq!(status, 1, "{told}");
    assert!(
        told.contains("holds a run, expected an empty folder"),
        "{told}"
    );
    let (status, told) = in_job("17", &command);
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("resumed, because this is a job of a scheduler (SLURM_JOB_ID)"));
    assert!(weights(&run) == weights(&whole));
    assert_eq!(manifest(&run)["sessions"][1]["job"]["SLURM_JOB_ID"], "17");
}

#[test]
fn a_job_that_slurm_starts_again_does_not_replace_its_own_run() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let command = [
        &["train", "--plain", "--replace", "--out", text(&run)],
        SMALL,
    ]
    .concat();
    let started = |job| {
        let (status, told) = in_job(job, &command);
        assert_eq!(status, 0, "{told}");
        (
            told.contains("resumed"),
            manifest(&run)["sessions"][0]["started"].clone(),
        )
    };
    let (is_resumed, first) = started("17");
    assert!(!is_resumed);
    assert_eq!(started("17"), (true, first));
    let (is_resumed, _) = started("18");
    assert!(!is_resumed);
    assert_eq!(manifest(&run)["sessions"][0]["job"]["SLURM_JOB_ID"], "18");
}

//! Sweeps: every run once, whoever is killed.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use common::{refused, said, text};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use tempfile::tempdir;

const BASE: &str = "save_every = 2\n[data.synthetic]\ntrain = 40\nvalid = 10\ntest = 10\n\
                    [training]\nepochs = 2\nd_hidden = 16\nd_embedding = 8\nbatch_size = 8\n";
const SWEEP: &str = "base = \"base.toml\"\nseeds = [1, 2]\n[grid]\n\"training.dropout\" = [0.1, 0.5]\n\
                     \"training.cell\" = [\"lstm\", \"gru\"]\n\"training.learning_rate\" = [1e-3, 3e-3]\n";

fn sweep(folder: &Path) -> PathBuf {
    fs::write(folder.join("base.toml"), BASE).unwrap();
    let path = folder.join("sweep.toml");
    fs::write(&path, SWEEP).unwrap();
    path
}

/// The weights of every run by its name.
fn weights(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let runs = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let weights = |run: PathBuf| {
        let name = run.file_name().unwrap().to_string_lossy().into_owned();
        (
            name,
            fs::read(run.join("checkpoint/model.safetensors")).unwrap(),
        )
    };
    runs.map(weights).collect()
}

fn start(sweep: &Path, out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(["sweep", text(sweep), "--out", text(out)])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sixteen runs, four processes, each killed three times at other moments.
#[test]
fn a_sweep_whose_processes_are_killed_does_every_run_once() {
    let dir = tempdir().unwrap();
    let sweep = sweep(dir.path());
    let (serial, together) = (dir.path().join("serial"), dir.path().join("together"));
    said(&["sweep", text(&sweep), "--out", text(&serial)]);
    let mut workers: Vec<Child> = (0..4).map(|_| start(&sweep, &together)).collect();
    for round in 0..3u64 {
        for (number, worker) in workers.iter_mut().enumerate() {
            thread::sleep(Duration::from_millis(
                60 + 37 * (round + number as u64) % 140,
            ));
            worker.kill().unwrap();
            worker.wait().unwrap();
            *worker = start(&sweep, &together);
        }
    }
    for mut worker in workers {
        assert!(worker.wait().unwrap().success());
    }
    let expected = weights(&serial);
    assert_eq!(expected.len(), 16);
    assert!(expected == weights(&together));
    let table = |out: &Path| {
        let table = said(&["table", text(out), "--format", "csv", "--resamples", "0"]);
        table.replace(text(out), "")
    };
    assert_eq!(table(&serial), table(&together));
    let repeated = said(&["sweep", text(&sweep), "--out", text(&together)]);
    assert_eq!(repeated, "16 of 16 runs done, 0 failed\n");
    for run in fs::read_dir(&together).unwrap() {
        let run = run.unwrap().path();
        assert!(!run.join("predictions-test.csv").exists());
        said(&["verify", text(&run)]);
    }
}

#[test]
fn shards_and_processes_do_what_one_would() {
    let dir = tempdir().unwrap();
    let sweep = sweep(dir.path());
    let listed = said(&["sweep", text(&sweep), "--dry-run"]);
    assert_eq!(listed.lines().count(), 16);
    let parts = |shard: &str| said(&["sweep", text(&sweep), "--dry-run", "--shard", shard]);
    let all = format!("{}{}{}", parts("0/3"), parts("1/3"), parts("2/3"));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&all), sorted(&listed));
    let out = dir.path().join("out");
    let arguments = ["sweep", text(&sweep), "--out", text(&out), "--shard", "1/8"];
    let printed = said(&[&arguments[..], &["--processes", "2", "--json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&found["runs"], &found["done"]), (&2.into(), &2.into()));
}

#[test]
fn a_sweep_of_settings_that_do_not_exist_is_refused_before_it_starts() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("sweep.toml");
    let out = dir.path().join("out");
    let message = |content: &str| {
        fs::write(&path, content).unwrap();
        let (status, message) = refused(&["sweep", text(&path), "--out", text(&out)]);
        assert_eq!(status, 1);
        assert!(!out.exists());
        message
    };
    let found = message("seeds = [1]\n[grid]\n\"training.droput\" = [0.1]\n");
    assert!(
        found.ends_with("unknown setting `training.droput`, did you mean `dropout`?"),
        "{found}"
    );
    let found = message("seeds = [1]\n[grid]\n\"training.dropout\" = [0.1, 1.5]\n");
    assert!(
        found.ends_with("dropout must be in [0, 1), got 1.5"),
        "{found}"
    );
    let found = message("base = \"nowhere.toml\"\nseeds = [1]\n");
    assert!(found.contains("nowhere.toml"), "{found}");
}

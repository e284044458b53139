//! Sweeps: every run once, whoever is killed.

mod begun;
mod halving;
mod journal;
mod signals;

use crate::common::{misa, refused, said, text};
use misa_train::Claim;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};
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

/// Name, size and time of change of every file that the runs of a sweep have written.
fn written(out: &Path) -> BTreeSet<(PathBuf, u64, SystemTime)> {
    let mut files = BTreeSet::new();
    let mut folders = vec![out.to_path_buf()];
    // Other processes rename and remove files meanwhile.
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = path.path();
            match fs::metadata(&path) {
                Ok(data) if data.is_dir() => folders.push(path),
                Ok(data) => drop(files.insert((path, data.len(), data.modified().unwrap()))),
                Err(_) => {}
            }
        }
    }
    files
}

/// Waits for so many changes of what the runs of a sweep have written, or for the end of `worker`.
fn work_goes_on(out: &Path, changes: usize, worker: &mut Child) {
    let (mut before, mut count) = (written(out), 0);
    until(|| {
        let now = written(out);
        count += usize::from(now != before);
        before = now;
        count >= changes || worker.try_wait().unwrap().is_some()
    });
}

/// Sixteen runs, four processes, each killed three times at other moments.
#[test]
fn a_sweep_whose_processes_are_killed_does_every_run_once() {
    let dir = tempdir().unwrap();
    let sweep = sweep(dir.path());
    let (serial, together) = (dir.path().join("serial"), dir.path().join("together"));
    said(&["sweep", text(&sweep), "--out", text(&serial)]);
    let mut workers: Vec<Child> = (0..4).map(|_| start(&sweep, &together)).collect();
    for round in 0..3 {
        for (number, worker) in workers.iter_mut().enumerate() {
            work_goes_on(&together, 1 + (round + number) % 4, worker);
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
    assert!(
        repeated.ends_with("16 of 16 runs done, 0 failed\n"),
        "{repeated}"
    );
    assert_ranked(&repeated, 8);
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
    let found: Value = serde_json::from_str(&printed).unwrap();
    let count = &found["count"];
    assert_eq!((&count["runs"], &count["done"]), (&2.into(), &2.into()));
    for run in found["runs"].as_array().unwrap() {
        assert!(run["scores"]["mae"].is_number(), "{run}");
    }
    let places = found["ranking"].as_array().unwrap();
    assert!(
        places.iter().all(|place| place["score"] == "mae"),
        "{printed}"
    );
    assert_eq!(places[0]["place"], 1);
}

/// The ranking of `count` settings, with the lowest error first.
fn assert_ranked(printed: &str, count: usize) {
    let (_, ranking) = printed
        .split_once("Ranking by mae on the valid split, better first:\n")
        .unwrap();
    let places = ranking.lines().take(count).map(|line| {
        let mut words = line.split_whitespace();
        let place = words.next().unwrap().trim_end_matches('.').parse::<usize>();
        let error: f64 = words.next().unwrap().parse().unwrap();
        (place.unwrap(), error)
    });
    let places: Vec<(usize, f64)> = places.collect();
    assert!(
        places.iter().map(|(place, _)| *place).eq(1..=count),
        "{printed}"
    );
    assert!(
        places.windows(2).all(|pair| pair[0].1 <= pair[1].1),
        "{printed}"
    );
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
        found.ends_with("`training.dropout` is 1.5, expected a number in [0, 1)"),
        "{found}"
    );
    let found = message("base = \"nowhere.toml\"\nseeds = [1]\n");
    assert!(found.contains("nowhere.toml"), "{found}");
}

fn json(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|parse| panic!("{parse}: {error}"))
}

#[test]
fn a_run_that_fails_before_it_has_a_manifest_is_reported_as_failed() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("sweep.toml");
    fs::write(&path, "seeds = [1, 2]\ndata = [\"nowhere.pkl\"]\n").unwrap();
    for processes in ["1", "2"] {
        let out = dir.path().join(processes);
        let arguments = ["sweep", text(&path), "--out", text(&out), "--json"];
        let output = misa(&[&arguments[..], &["--processes", processes]].concat());
        assert_eq!(output.status.code(), Some(1));
        let found = json(&output);
        let counts = ["runs", "done", "failed", "unfinished"];
        let counts = counts.map(|key| found["count"][key].clone());
        assert_eq!(counts, [2, 0, 2, 0].map(Value::from));
        let states = found["runs"].as_array().unwrap();
        let data = text(dir.path()).to_string() + "/nowhere.pkl";
        for state in states {
            assert_eq!(state["state"], "failed");
            assert!(state["error"].as_str().unwrap().contains(&data), "{state}");
        }
        // Once for each run, however many workers there are.
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(printed.lines().count(), 2, "{printed}");
        let name = states[0]["name"].as_str().unwrap();
        assert!(printed.contains(&format!("misa: {name}: ")), "{printed}");
    }
}

#[test]
fn one_folder_that_cannot_be_had_does_not_end_a_sweep() {
    let dir = tempdir().unwrap();
    let sweep = sweep(dir.path());
    let out = dir.path().join("out");
    let shard = ["sweep", text(&sweep), "--shard", "0/5", "--out", text(&out)];
    let listed = said(&[&shard[..], &["--dry-run"]].concat());
    let names: Vec<&str> = listed.lines().collect();
    assert_eq!(names.len(), 4);
    fs::create_dir(&out).unwrap();
    fs::write(out.join(names[0]), "no folder").unwrap();
    let other = Claim::take(&out.join(names[1])).unwrap();
    let output = misa(&shard);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.ends_with("2 of 4 runs done, 1 failed, 1 in work by other processes\n"),
        "{printed}"
    );
    // What is left is another process's business.
    fs::remove_file(out.join(names[0])).unwrap();
    let printed = said(&shard);
    assert!(
        printed.ends_with("3 of 4 runs done, 0 failed, 1 in work by other processes\n"),
        "{printed}"
    );
    drop(other);
    let printed = said(&shard);
    assert!(
        printed.ends_with("4 of 4 runs done, 0 failed\n"),
        "{printed}"
    );
    // A line for the run that remained, without time left: it was the last one.
    let told = format!("done: {} (4 of 4)\n", names[1]);
    assert!(printed.starts_with(&told), "{printed}");
}

#[test]
fn a_dry_run_says_all_settings_of_every_run() {
    let dir = tempdir().unwrap();
    let sweep = sweep(dir.path());
    let printed = said(&["sweep", text(&sweep), "--dry-run", "--json"]);
    let found: Value = serde_json::from_str(&printed).unwrap();
    let settings = found["settings"].as_array().unwrap();
    let base = text(dir.path()).to_string() + "/base.toml:8";
    let d_hidden = serde_json::json!({ "key": "training.d_hidden", "value": 16, "origin": base });
    assert!(settings.contains(&d_hidden), "{printed}");
    let runs = found["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 16);
    assert_eq!(runs[0]["differs"], serde_json::json!([]));
    let seed = serde_json::json!([{ "key": "training.seed", "value": 2, "origin": text(&sweep) }]);
    assert_eq!(runs[1]["differs"], seed);
}

#[test]
fn a_part_of_a_table_leaves_the_rest_at_its_defaults() {
    let dir = tempdir().unwrap();
    let sweep = dir.path().join("sweep.toml");
    let grid = "seeds = [1]\n[grid]\n\"training.loss.unimodal\" = [{ labels = \"generated\", weight = 1.0 }]\n\
                \"training.pretraining\" = [\"none\", { unimodal_epochs = 1 }]\n";
    fs::write(&sweep, grid).unwrap();
    let printed = said(&["sweep", text(&sweep), "--dry-run", "--json"]);
    for part in [
        r#""training.loss.unimodal.text""#,
        r#""training.pretraining.masked_epochs""#,
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

fn until(mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(20));
    }
}

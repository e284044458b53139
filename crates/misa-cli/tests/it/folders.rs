//! Runs seen from other folders, and folders of several runs.

use crate::common::{SMALL, copy_folder, json, misa, refused, said, text, train, weights};
use misa_data::SyntheticConfig;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::tempdir;

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_misa"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// What the program says, started in `folder`.
fn said_in(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused_in(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A project folder with data, and with a run that was trained by its relative path.
fn project(folder: &Path) {
    fs::create_dir_all(folder.join("datasets")).unwrap();
    let data = SyntheticConfig::new()
        .with_train(30)
        .with_valid(9)
        .with_test(7);
    let path = folder.join("datasets/own.safetensors");
    data.generate().dataset.save(path).unwrap();
    let data = ["--data", "datasets/own.safetensors", "--out", "runs/a"];
    said_in(folder, &[&["train", "--plain"], SMALL, &data[..]].concat());
}

#[test]
fn the_data_of_a_run_is_found_from_any_folder() {
    let dir = tempdir().unwrap();
    let (project_folder, elsewhere) = (dir.path().join("project"), dir.path().join("elsewhere"));
    project(&project_folder);
    fs::create_dir(&elsewhere).unwrap();
    let from_there = said_in(&project_folder, &["evaluate", "runs/a", "--json"]);
    let scores = |printed: &str| json(printed)[0]["scores"].clone();
    for (folder, run) in [
        (project_folder.join("runs"), "a"),
        (project_folder.join("runs/a"), "."),
        (elsewhere.clone(), "../project/runs/a"),
    ] {
        let found = said_in(&folder, &["evaluate", run, "--json"]);
        assert_eq!(scores(&found), scores(&from_there));
        said_in(&folder, &["report", run]);
        said_in(&folder, &["embed", run, "-o", "a.npz"]);
    }
    // A run elsewhere still finds the data where it was.
    copy_folder(&project_folder.join("runs/a"), &elsewhere.join("b"));
    said_in(&elsewhere, &["evaluate", "b"]);
    // Moved together, run and data are found too; a run that is moved alone says what to do.
    let moved = dir.path().join("moved");
    fs::rename(&project_folder, &moved).unwrap();
    said_in(&elsewhere, &["evaluate", "../moved/runs/a"]);
    let message = refused_in(&elsewhere, &["evaluate", "b"]);
    let expected = "b: its data was datasets/own.safetensors, seen from ";
    assert!(message.contains(expected), "{message}");
    assert!(
        message
            .trim_end()
            .ends_with("say where it is with --data PATH"),
        "{message}"
    );
    let data = ["--data", "../moved/datasets/own.safetensors", "--json"];
    let found = said_in(&elsewhere, &[&["evaluate", "b"], &data[..]].concat());
    assert_eq!(scores(&found), scores(&from_there));
}

#[test]
fn a_result_does_not_replace_the_data_of_its_run() {
    let dir = tempdir().unwrap();
    let folder = dir.path();
    project(folder);
    copy_folder(&folder.join("runs/a"), &folder.join("runs/b"));
    let own = "datasets/own.safetensors";
    let before = fs::read(folder.join(own)).unwrap();
    let unseen = ["runs/a", "--split", "test", "--data", "datasets"];
    for (command, options) in [
        ("embed", &["runs/a", "--split", "test", "-o", own][..]),
        ("report", &["runs/a", "--split", "test", "-o", own]),
        ("report", &["runs", "-o", own]),
        ("table", &["runs", "-o", own]),
        ("embed", &[&unseen[..], &["-o", "datasets/a.npz"]].concat()),
        (
            "report",
            &[&unseen[..], &["-o", "datasets/a.html"]].concat(),
        ),
        (
            "degrade",
            &[&unseen[..], &["-o", "datasets/new/a"]].concat(),
        ),
        (
            "plot",
            &[&unseen[..], &["attention", "-o", "datasets/a.svg"]].concat(),
        ),
        (
            "complete",
            &["runs/a", "--data", "datasets", "-o", "datasets/new/a"],
        ),
    ] {
        let message = refused_in(folder, &[&[command], options].concat());
        let expected = "which is read, expected a path elsewhere";
        assert!(message.trim_end().ends_with(expected), "{message}");
    }
    assert!(fs::read(folder.join(own)).unwrap() == before);
    assert_eq!(fs::read_dir(folder.join("datasets")).unwrap().count(), 1);
    let manifest = json(&fs::read_to_string(folder.join("runs/a/manifest.json")).unwrap());
    assert_eq!(manifest["openings"], json!([]));
}

#[test]
fn a_run_is_resumed_and_lengthened_from_any_folder() {
    let dir = tempdir().unwrap();
    let (one, other) = (dir.path().join("one"), dir.path().join("other"));
    project(&one);
    project(&other);
    let longer = ["train", "--plain", "--resume", "--epochs", "4", "--out"];
    said_in(&one, &[&longer[..], &["runs/a"]].concat());
    let runs = other.join("runs");
    said_in(&runs, &[&longer[..], &["a"]].concat());
    assert!(weights(&one.join("runs/a")) == weights(&runs.join("a")));
    // Its data is still found, from the folder where it was first started as well.
    said_in(&other, &["evaluate", "runs/a"]);
    let again = said_in(&runs, &[&longer[..], &["a", "--json"]].concat());
    assert_eq!(
        json(&again)["runs"][0]["history"].as_array().unwrap().len(),
        4
    );
}

#[test]
fn a_longer_run_has_the_bytes_of_one_that_never_stopped() {
    let dir = tempdir().unwrap();
    let (whole, run) = (dir.path().join("whole"), dir.path().join("run"));
    train(&whole, &[]);
    let longer = ["train", "--plain", "--resume", "--epochs", "5", "--out"];
    said(&[&longer[..], &[text(&whole)]].concat());
    let epochs = ["train", "--plain", "--out", text(&run)];
    let five: Vec<&str> = SMALL
        .iter()
        .map(|&setting| match setting {
            "training.epochs=2" => "training.epochs=5",
            other => other,
        })
        .collect();
    said(&[&epochs[..], &five].concat());
    assert!(weights(&whole) == weights(&run));
    let (_, message) = refused(&["train", "--resume", "--epochs", "3", "--out", text(&run)]);
    assert!(
        message.contains("`epochs` was 5, now 3: 5 epochs have been trained"),
        "{message}"
    );
}

#[test]
fn a_command_for_several_runs_does_those_of_a_folder() {
    let dir = tempdir().unwrap();
    let (runs, seeds, _) = seeds(dir.path());
    let folder = text(&runs);
    for command in ["evaluate", "degrade"] {
        let rates = ["--rates", "0", "--draws", "1"];
        let more = if command == "degrade" {
            &rates[..]
        } else {
            &[]
        };
        let found = json(&said(&[&[command, folder, "--json"], more].concat()));
        let names: Vec<&str> = (found["runs"].as_array().unwrap().iter())
            .map(|run| run["run"].as_str().unwrap())
            .collect();
        assert_eq!(names, seeds.each_ref().map(|seed| text(seed)), "{command}");
    }
    let verified = said(&["verify", folder]);
    assert_eq!(
        verified.matches("files are unchanged").count(),
        2,
        "{verified}"
    );
}

/// Runs of the seeds 2 and 10 in a folder, and other data for their models.
fn seeds(dir: &Path) -> (PathBuf, [PathBuf; 2], PathBuf) {
    let runs = dir.join("runs");
    train(&runs, &["--seeds", "2,10"]);
    let seeds = [2, 10].map(|seed| runs.join(format!("seed-{seed}")));
    let data = dir.join("data.safetensors");
    let config = SyntheticConfig::new()
        .with_train(3)
        .with_valid(3)
        .with_test(3);
    config.generate().dataset.save(&data).unwrap();
    (runs, seeds, data)
}

#[test]
fn a_command_for_one_run_lists_those_of_a_folder() {
    let dir = tempdir().unwrap();
    let (runs, seeds, data) = seeds(dir.path());
    let folder = text(&runs);
    let archive = dir.path().join("a.npz");
    let (archive, one) = (text(&archive), text(&seeds[0]));
    let listed = format!(
        "{folder}: 2 runs, expected one of them: {one}, {}",
        text(&seeds[1])
    );
    let commands: [&[&str]; 3] = [
        &["plot", folder, "--list"],
        &["embed", folder, "-o", archive],
        &["predict", folder, "--data", text(&data)],
    ];
    for command in commands {
        let (status, message) = refused(command);
        assert_eq!(
            (status, message),
            (1, format!("misa: {listed}")),
            "{command:?}"
        );
    }
    let resume = ["train", "--resume", "--out", folder];
    let (_, message) = refused(&resume);
    let expected = "holds runs of several seeds, expected --seeds 2,10, or one of its folders";
    assert!(message.ends_with(expected), "{message}");
    // One run below is meant.
    fs::remove_dir_all(&seeds[1]).unwrap();
    said(&["embed", folder, "-o", archive]);
    said(&["predict", folder, "--data", text(&data)]);
    // A run that is not finished is left out, and said so.
    let unfinished = runs.join("seed-3");
    crate::common::copy(&seeds[0], &unfinished, "manifest.json", |manifest| {
        manifest["status"] = json!("stopped");
    });
    let output = misa(&["evaluate", folder, "--json"]);
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("seed-3: not finished"), "{note}");
    let found = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(found["runs"].as_array().unwrap().len(), 1);
    // A folder without runs is called so.
    let (_, message) = refused(&["evaluate", text(&seeds[0].join("checkpoint"))]);
    assert!(
        message.contains("no run, expected a manifest.json"),
        "{message}"
    );
}

#[test]
fn a_page_is_verified_and_goes_with_its_run() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let [page, extra, archive] = ["report.html", "test.html", "a.npz"].map(|name| run.join(name));
    said(&["report", text(&run)]);
    said(&["report", text(&run), "-o", text(&extra)]);
    said(&["embed", text(&run), "-o", text(&archive)]);
    said(&["verify", text(&run)]);
    fs::write(&page, "another page").unwrap();
    let output = misa(&["verify", text(&run)]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("report.html has changed since it was written"),
        "{printed}"
    );
    // Nothing of it is lost by a command that cannot start.
    let replace = ["--replace", "--bert", "missing"];
    let arguments = [&["train", "--plain", "--out", text(&run)], SMALL, &replace].concat();
    assert_eq!(refused(&arguments).0, 1);
    assert!(page.exists() && run.join("checkpoint/model.safetensors").exists());
    train(&run, &["--replace"]);
    for gone in [&page, &extra, &archive, &run.join("figures")] {
        assert!(!gone.exists(), "{}", gone.display());
    }
    said(&["verify", text(&run)]);
}

#[test]
fn a_damaged_manifest_hides_no_other_run() {
    let dir = tempdir().unwrap();
    let [damaged, run] = ["runs/a", "runs/b"].map(|name| dir.path().join(name));
    train(&run, &[]);
    fs::create_dir(&damaged).unwrap();
    fs::write(damaged.join("manifest.json"), "no JSON").unwrap();
    fs::write(run.join("report.md"), "another report").unwrap();
    let runs = dir.path().join("runs");
    let output = misa(&["verify", text(&runs)]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    let error = "runs/a: cannot be checked: ";
    let fault = "runs/a/manifest.json: line 1, column 2: expected JSON, found `o`; ";
    let todo = "`; restore the file from a copy, or leave this folder out\n";
    for expected in [error, fault, todo, "runs/b/report.md has changed"] {
        assert!(printed.contains(expected), "{printed}");
    }
    let output = misa(&["verify", text(&runs), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&String::from_utf8(output.stdout).unwrap());
    let error = found["runs"][0]["error"].as_str().unwrap();
    assert!(error.contains("runs/a/manifest.json: "), "{error}");
    assert_eq!(found["runs"][0]["files"], json!([]));
    assert_eq!(found["runs"][1]["error"], json!(null));
}

#[test]
fn changed_settings_and_data_are_named_as_they_are_typed() {
    let dir = tempdir().unwrap();
    project(dir.path());
    let resume = ["train", "--plain", "--resume", "--out", "runs/a"];
    let message = |more: &[&str]| refused_in(dir.path(), &[&resume[..], more].concat());
    let changed = message(&["--set", "training.dropout=0.1"]);
    let expected = "settings changed since the run began: `training.dropout` was 0.5, now 0.1;";
    assert!(changed.contains(expected), "{changed}");
    let path = dir.path().join("datasets/own.safetensors");
    let other = SyntheticConfig::new()
        .with_train(31)
        .with_valid(9)
        .with_test(7);
    other.generate().dataset.save(path).unwrap();
    let changed = message(&["--policy", "compat"]);
    for expected in [
        "data changed since the run began: `data.policy` was strict, now compat; ",
        "train had 30 utterances, now 31; own.safetensors had ",
    ] {
        assert!(changed.contains(expected), "{changed}");
    }
}

//! What `train_mosei` says and leaves, through its exit status, its messages and its files.

mod options;

use crate::common::program;
use misa_testing::golden;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::{TempDir, tempdir};

fn run(arguments: &[&str]) -> Output {
    let out = tempdir().unwrap();
    let out = out.path().join("run");
    let mut command = Command::new(program("train_mosei"));
    command
        .args(arguments)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

/// The message of a run that fails; nothing else may be said.
fn failure(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!message.contains("panicked"), "{message}");
    message.trim_end().to_string()
}

/// One line from the program about `path`.
fn data_failure(path: &Path) -> String {
    let message = failure(&["--data", path.to_str().unwrap()]);
    assert_eq!(message.lines().count(), 1, "{message}");
    let message = message.strip_prefix("train_mosei: ").unwrap();
    message
        .replace(path.to_str().unwrap(), "DATA")
        .replace('\\', "/")
}

/// A folder with the given pickles of the golden data under the official names.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, file) in files {
        fs::copy(golden("data").join(file), folder.path().join(name)).unwrap();
    }
    folder
}

const TRAIN: (&str, &str) = ("train.pkl", "misa_mosi_f32/pkl/train.np1_p3.pkl");

const DEV: (&str, &str) = ("dev.pkl", "misa_mosi_f32/pkl/dev.np1_p3.pkl");

const TEST: (&str, &str) = ("test.pkl", "misa_mosi_f32/pkl/test.np1_p3.pkl");

#[test]
fn trains_on_files_and_leaves_a_report_and_a_model() {
    let data = folder(&[TRAIN, DEV, TEST]);
    let out = tempdir().unwrap();
    let output = Command::new(program("train_mosei"))
        .args(["--epochs", "2", "--seed", "5", "--data"])
        .arg(data.path())
        .arg("--out")
        .arg(out.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for part in [
        "epoch 1/2",
        "epoch 2/2",
        "seed 5",
        "| MAE |",
        "train 5, valid 2, test 2",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    for file in [
        "report.md",
        "report.json",
        "checkpoint/model.safetensors",
        "checkpoint/config.json",
    ] {
        assert!(out.path().join(file).exists(), "{file}");
    }
}

#[test]
fn without_a_test_split_the_report_says_so() {
    let data = folder(&[TRAIN, DEV]);
    let output = run(&["--epochs", "1", "--data", data.path().to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("no test split: these are scores of the valid split"),
        "{text}"
    );
}

#[test]
fn a_missing_path_is_named() {
    let folder = tempdir().unwrap();
    let message = data_failure(&folder.path().join("nowhere"));
    assert!(message.starts_with("DATA: "), "{message}");
}

#[test]
fn an_empty_folder_is_named() {
    let folder = tempdir().unwrap();
    let message = data_failure(folder.path());
    assert!(
        message.starts_with("DATA: ") && message.contains("expected"),
        "{message}"
    );
}

#[test]
fn a_file_of_no_known_layout_is_named() {
    let data = folder(&[("notes.txt", "hostile/not_a_pickle.pkl")]);
    let message = data_failure(&data.path().join("notes.txt"));
    assert!(message.starts_with("DATA: "), "{message}");
}

#[test]
fn a_file_of_another_layout_than_asked_for_is_named() {
    let data = folder(&[TRAIN, DEV]);
    let path = data.path().join("train.pkl");
    let message = failure(&["--format", "safetensors", "--data", path.to_str().unwrap()]);
    assert!(message.contains("train.pkl"), "{message}");
}

#[test]
fn a_split_without_utterances_is_named() {
    let data = folder(&[("train.pkl", "hostile/empty_list.pkl"), DEV]);
    let message = data_failure(data.path());
    assert!(message.contains("train"), "{message}");

    let data = folder(&[TRAIN]);
    let message = data_failure(data.path());
    assert_eq!(
        message,
        "split `valid` has no utterances, expected at least 1"
    );
}

#[test]
fn sizes_that_differ_between_splits_are_named() {
    let data = folder(&[TRAIN, ("dev.pkl", "misa_mosei_f64/pkl/dev.np1_p3.pkl")]);
    let message = data_failure(data.path());
    assert!(
        message.contains("visual") || message.contains("acoustic"),
        "{message}"
    );
    assert!(message.contains("expected"), "{message}");
}

#[test]
fn a_label_that_is_no_number_is_named_with_its_utterance() {
    let data = folder(&[TRAIN, DEV]);
    let path = data.path().join("train.pkl");
    let mut bytes = fs::read(&path).unwrap();
    // A label is the only array of four bytes: opcode, length, value.
    let label = bytes.windows(2).position(|pair| pair == [b'C', 4]).unwrap() + 2;
    bytes[label..label + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let message = data_failure(data.path());
    assert!(
        message.contains("vidTrain1") && message.contains("label"),
        "{message}"
    );
    assert!(message.contains("NaN"), "{message}");
}

#[test]
fn code_in_a_file_is_refused_and_not_run() {
    let data = folder(&[("train.pkl", "hostile/nested_in_misa.pkl"), DEV]);
    let message = data_failure(data.path());
    assert!(
        message.contains("train.pkl") && message.contains("posix"),
        "{message}"
    );
    assert!(!Path::new("/tmp/misa_pickle_marker_shared").exists());
}

#[test]
fn a_run_is_resumed_and_its_test_split_is_scored_once() {
    let data = folder(&[TRAIN, DEV, TEST]);
    let out = tempdir().unwrap();
    let train = |more: &[&str]| {
        let output = Command::new(program("train_mosei"))
            .args(["--epochs", "1", "--data"])
            .arg(data.path())
            .arg("--out")
            .arg(out.path())
            .args(more)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{error}");
        fs::read_to_string(out.path().join("manifest.json")).unwrap()
    };
    let openings = |manifest: &str| manifest.matches("\"epochs\": 1,\n").count();
    let (first, again) = (train(&[]), train(&["--resume"]));
    assert_eq!(openings(&first), openings(&again), "{again}");
}

#[test]
fn an_earlier_run_is_replaced_only_if_that_is_asked_for() {
    let data = folder(&[TRAIN, DEV]);
    let out = tempdir().unwrap();
    let train = |more: &[&str]| {
        Command::new(program("train_mosei"))
            .args(["--epochs", "1", "--data"])
            .arg(data.path())
            .arg("--out")
            .arg(out.path())
            .args(more)
            .output()
            .unwrap()
    };
    let seed = || {
        let manifest = fs::read_to_string(out.path().join("manifest.json")).unwrap();
        ["5", "6"].map(|seed| manifest.contains(&format!("\"seed\": {seed},")))
    };
    assert!(train(&["--seed", "5"]).status.success());
    let refused = train(&["--seed", "6"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(
        message.contains("holds a run, expected an empty folder"),
        "{message}"
    );
    assert!(message.contains("`--replace`"), "{message}");
    assert_eq!(seed(), [true, false]);
    assert!(train(&["--seed", "6", "--replace"]).status.success());
    assert_eq!(seed(), [false, true]);
}

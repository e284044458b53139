//! What `predict` says of a run it can and cannot use.

use crate::common::program;
use misa_testing::golden;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::tempdir;

fn predict(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program("predict"))
        .args(arguments)
        .output()
        .unwrap();
    let is_fine = output.status.success();
    let text = if is_fine {
        output.stdout
    } else {
        output.stderr
    };
    (is_fine, String::from_utf8(text).unwrap())
}

/// A run of one epoch on utterances of two classes.
fn train(out: &Path, data: &Path) {
    let golden = golden("data/ur_funny");
    for split in ["train", "dev", "test"] {
        let from = golden.join(format!("{split}.np1_p3.pkl"));
        fs::copy(from, data.join(format!("{split}.pkl"))).unwrap();
    }
    let output = Command::new(program("train_mosei"))
        .args(["--corpus", "ur_funny", "--epochs", "1", "--data"])
        .arg(data)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn classes_are_predicted_one_per_utterance() {
    let (out, data) = (tempdir().unwrap(), tempdir().unwrap());
    train(out.path(), data.path());
    let run = out.path().to_str().unwrap();
    let (is_fine, text) = predict(&["--run", run, "--data", data.path().to_str().unwrap()]);
    assert!(is_fine, "{text}");
    for line in text.lines() {
        let class = line
            .split("predicted")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        assert!(["0.00", "1.00"].contains(&class), "{line}");
    }

    let (is_fine, text) = predict(&["--run", run]);
    assert!(!is_fine);
    assert!(
        text.contains("the model expects") && !text.contains("panicked"),
        "{text}"
    );

    fs::write(out.path().join("checkpoint/model.safetensors"), "damaged").unwrap();
    let (is_fine, text) = predict(&["--run", run]);
    assert!(!is_fine);
    assert!(
        text.starts_with("predict: ") && text.contains("model.safetensors"),
        "{text}"
    );
}

#[test]
fn a_missing_run_is_named_in_one_line() {
    let folder = tempdir().unwrap();
    let (is_fine, text) = predict(&["--run", folder.path().to_str().unwrap()]);
    assert!(!is_fine);
    assert!(
        text.starts_with("predict: ") && text.contains("config.json"),
        "{text}"
    );
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
}

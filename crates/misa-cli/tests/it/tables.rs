//! Runs side by side from the command line: which of them, beside what, in which form.

use crate::common::{copy, json, misa, refused, said, text, train};
use serde_json::{Value, json};
use tempfile::tempdir;

const MANIFEST: &str = "manifest.json";

/// Says of a run that it learned from a file of that corpus.
fn of_corpus(manifest: &mut Value, corpus: &str) {
    manifest["settings"]["corpus"] = json!(corpus);
    manifest["settings"]["data"]["path"] = json!(format!("datasets/{corpus}"));
    manifest["data"]["checksum"] = json!(corpus.repeat(8));
    manifest["data"]["corpus"] = json!({
        "name": corpus, "corpus": corpus, "evidence": "named", "is_whole": false,
    });
}

#[test]
fn published_figures_are_those_of_the_corpus_of_each_run() {
    let dir = tempdir().unwrap();
    let runs = ["plain", "mosi", "mosei"].map(|name| dir.path().join(name));
    train(&runs[0], &[]);
    copy(&runs[0], &runs[1], MANIFEST, |manifest| {
        of_corpus(manifest, "mosi")
    });
    copy(&runs[0], &runs[2], MANIFEST, |manifest| {
        of_corpus(manifest, "mosei")
    });
    let against = ["--against", "paper", "--resamples", "0", "--json"];
    let table = |more: &[&str]| json(&said(&[&["table"], more, &against].concat()));
    let found = table(&[text(&runs[1]), text(&runs[2])]);
    let beside: Vec<(&Value, &Value)> = found["published"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["corpus"], &row["figures"][0]))
        .collect();
    // The correlation of the paper.
    let expected = [
        (&json!("mosei"), &json!(0.756)),
        (&json!("mosi"), &json!(0.761)),
    ];
    assert_eq!(beside, expected);
    // What has no corpus stands beside nothing, and a note says so.
    let found = table(&[text(&runs[0]), text(&runs[1])]);
    assert_eq!(found["published"].as_array().unwrap().len(), 1);
    let notes = found["notes"].to_string();
    assert!(
        notes.contains("No published figures for synthetic"),
        "{notes}"
    );
    let (status, message) = refused(&["table", text(&runs[1]), "--against", "papers"]);
    assert_eq!(status, 2);
    assert!(
        message.contains("[possible values: paper, mmsa]"),
        "{message}"
    );
}

#[test]
fn runs_that_do_not_belong_together_are_refused() {
    let dir = tempdir().unwrap();
    let runs = ["a", "b", "c"].map(|name| dir.path().join("runs").join(name));
    train(&runs[0], &[]);
    copy(&runs[0], &runs[1], MANIFEST, |manifest| {
        manifest["config"]["loss"]["task"] = json!({ "classification": { "classes": 2 } });
    });
    let (status, message) = refused(&["table", text(&runs[0]), text(&runs[1])]);
    assert_eq!(status, 1);
    let expected = "its task is a classification of 2 classes, expected a regression as in";
    assert!(message.contains(expected), "{message}");

    let [one, other] = ["one", "other"].map(|name| format!("{name}={}", text(&runs[0])));
    let (_, message) = refused(&["table", &one, &other]);
    assert!(
        message.contains("named `one` and named `other`, expected one name for a run"),
        "{message}"
    );
    let (_, message) = refused(&["table", &one, &format!("{}/../a", text(&runs[0]))]);
    assert!(message.contains("named `one` and not named"), "{message}");
    said(&["table", text(&runs[0]), text(&runs[0])]);
}

#[test]
fn a_run_that_is_not_finished_is_in_no_table() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("runs");
    let runs = ["a", "b"].map(|name| folder.join(name));
    train(&runs[0], &[]);
    copy(&runs[0], &runs[1], MANIFEST, |manifest| {
        manifest["status"] = json!("running");
    });
    let (_, message) = refused(&["table", text(&runs[0]), text(&runs[1])]);
    assert!(
        message.contains(&format!("{}: the run is not finished", text(&runs[1]))),
        "{message}"
    );
    // Below a folder that was asked for, it is left out.
    let output = misa(&["table", text(&folder), "--json"]);
    let found = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(found["groups"][0]["runs"].as_array().unwrap().len(), 1);
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(
        note.contains("left out") && note.contains("b: not finished"),
        "{note}"
    );
    let (_, message) = refused(&["table", text(&folder), "--split", "test"]);
    assert!(
        message.contains("a: not scored on the test split"),
        "{message}"
    );
}

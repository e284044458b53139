//! Runs side by side from the command line: which of them, beside what, in which form.

use crate::common::{copy, json, misa, refused, said, text, train};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use tempfile::{TempDir, tempdir};

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
        .map(|row| (&row["corpus"], &row["figures"]["corr"]))
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
fn runs_whose_labels_are_on_different_scales_are_not_shown_together() {
    let dir = tempdir().unwrap();
    let [one, other, page] = ["a", "b", "page.html"].map(|name| dir.path().join(name));
    train(&one, &[]);
    copy(&one, &other, "report.json", |report| {
        let scores = report["scores"][0][1]["scores"].as_array_mut().unwrap();
        let score = scores.iter_mut().find(|score| score[0] == "Acc-7").unwrap();
        score[0] = json!("Acc-5 (SIMS)");
    });
    let runs = [text(&one), text(&other)];
    for command in [&["table"][..], &["report", "-o", text(&page)], &["degrade"]] {
        let (status, message) = refused(&[command, &runs].concat());
        assert_eq!(status, 1);
        let expected = format!(
            "{}: its labels are on the scale of CH-SIMS, -1 to 1, expected that of CMU-MOSI, -3 to 3 as in {}; \
             show runs of each scale by themselves",
            runs[1], runs[0]
        );
        assert!(message.ends_with(&expected), "{command:?}: {message}");
    }
    assert!(!page.exists());
    said(&["table", runs[1]]);
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

/// Two models of two seeds, with what is no run beside them.
struct Several {
    dir: TempDir,
    /// As a shell writes out `abl/*`.
    named: Vec<String>,
    others: Vec<String>,
}

impl Several {
    fn new() -> Self {
        let dir = tempdir().unwrap();
        let folder = dir.path().join("abl");
        let [plain, dropped] = ["plain", "with-little-dropout"].map(|name| folder.join(name));
        train(&plain, &["--seeds", "1,2"]);
        let dropout = ["--set", "training.dropout=0.1"];
        train(&dropped, &[&["--seeds", "1,2"], &dropout[..]].concat());
        let others = ["README.md", "empty", "notes.txt"].map(|name| folder.join(name));
        fs::write(&others[0], "not a run").unwrap();
        fs::create_dir(&others[1]).unwrap();
        fs::write(&others[2], "not a run").unwrap();
        let paths = others.iter().chain([&plain, &dropped]);
        Self {
            named: paths.map(|path| text(path).to_string()).collect(),
            others: others.map(|path| text(&path).to_string()).to_vec(),
            dir,
        }
    }

    fn table<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let named: Vec<&str> = self.named.iter().map(String::as_str).collect();
        [&["table"], &named[..], more].concat()
    }
}

/// The cells of the column `MAE`, by the first cell of their row.
fn errors(printed: &str) -> Vec<(&str, f64)> {
    let head = printed.lines().find(|line| line.contains("| MAE")).unwrap();
    let column = head
        .split('|')
        .position(|name| name.trim() == "MAE")
        .unwrap();
    let rows = printed.lines().filter_map(|line| {
        let value = line.split('|').nth(column)?.trim().trim_matches('*');
        let name = line.split('|').nth(1)?.trim();
        Some((name, value.split(' ').next()?.parse().ok()?))
    });
    rows.collect()
}

#[test]
fn a_summary_has_a_row_for_each_folder_of_seeds_with_the_better_one_first() {
    let several = Several::new();
    let output = misa(&several.table(&["--summary", "--sort", "mae", "--width", "0"]));
    let [printed, notes] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{notes}");
    for path in &several.others {
        let note = format!("note: left out: {path}: not a run\n");
        assert!(notes.contains(&note), "{notes}");
    }
    assert_eq!(notes.lines().count(), 3);
    let [(first, better), (second, worse)] = errors(&printed)[..] else {
        panic!("{printed}");
    };
    let names = BTreeSet::from([first, second]);
    assert_eq!(names, BTreeSet::from(["plain", "with-little-dropout"]));
    assert!(better <= worse, "{printed}");
    for note in [
        "±: the sample standard deviation over seeds",
        "Bold: the best mean",
    ] {
        assert!(printed.contains(note), "{printed}");
    }
    let (_, message) = refused(&several.table(&["--sort", "mea"]));
    let expected = "no score `mea` to sort by, expected one of corr, mae, ";
    assert!(message.contains(expected), "{message}");
    let (_, message) = refused(&["table", &several.others[0]]);
    let expected = "README.md: no run, expected a manifest.json in it or in a folder below";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn printed_tables_have_a_limited_width_and_files_have_none() {
    let several = Several::new();
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
    let printed = said(&several.table(&[]));
    assert!(widest(&printed) <= 100, "{printed}");
    let printed = said(&several.table(&["--width", "80"]));
    assert!(widest(&printed) <= 80, "{printed}");
    let file = several.dir.path().join("table.md");
    said(&several.table(&["-o", text(&file)]));
    assert!(widest(&fs::read_to_string(file).unwrap()) > 150);
}

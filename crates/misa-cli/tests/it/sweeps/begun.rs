//! A sweep that began with a setting which a new one is refused for by now.

use super::BASE;
use super::journal::enqueue;
use crate::common::{copy, json, misa, refused, said, text};
use misa_cli::sweep::SweepFile;
use misa_studies::{Direction, Journal, Json};
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// The names of the runs.
fn names(file: &Path, base: &str) -> Vec<String> {
    let cells = SweepFile::read(file).unwrap().cells(file, base).unwrap();
    cells.into_iter().map(|cell| cell.name).collect()
}

/// A copy of a run, as if it had begun with a rate of an adversary.
fn copy_with_rate(run: &Path, to: &Path) {
    copy(run, to, "manifest.json", |manifest| {
        for place in ["/config", "/settings/training"] {
            let settings = manifest.pointer_mut(place).unwrap();
            settings["adversary_learning_rate"] = json!(0.01);
        }
    });
}

fn is_refused(arguments: &[&str]) {
    let (status, message) = refused(arguments);
    assert_eq!(status, 1);
    let expected = "misa: adversary_learning_rate cannot be used without an adversary";
    assert!(message.starts_with(expected), "{message}");
}

/// Tells the setting once.
fn goes_on(arguments: &[&str]) {
    let output = misa(arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let note = "note: the sweep goes on with a setting without effect, which no new one may have: \
                adversary_learning_rate";
    assert_eq!(told.matches(note).count(), 1, "{told}");
}

fn has_finished_with_rate(run: &Path) {
    let manifest = json(&fs::read_to_string(run.join("manifest.json")).unwrap());
    assert_eq!(manifest["status"], "finished");
    assert_eq!(manifest["config"]["adversary_learning_rate"], 0.01);
}

/// As of a release that took a rate of an adversary which the runs have not. One of three has begun.
#[test]
fn a_setting_without_effect_is_told_once_and_refused_in_a_new_sweep() {
    let dir = tempdir().unwrap();
    let [base, file, out, other] =
        ["base.toml", "sweep.toml", "out", "other"].map(|name| dir.path().join(name));
    fs::write(&base, BASE).unwrap();
    fs::write(&file, "base = \"base.toml\"\nseeds = [1, 2, 3]\n").unwrap();
    let sweep = ["sweep", text(&file), "--out", text(&out)];
    said(&[&sweep[..], &["--shard", "0/3"]].concat());
    let earlier = format!("{BASE}adversary_learning_rate = 0.01\n");
    fs::write(&base, &earlier).unwrap();
    let runs = names(&file, &earlier);
    let [valid, begun] = [&names(&file, BASE)[0], &runs[0]].map(|name| out.join(name));
    copy_with_rate(&valid, &begun);

    is_refused(&["sweep", text(&file), "--out", text(&other)]);
    assert!(!other.exists());

    goes_on(&[&sweep[..], &["--processes", "2"]].concat());
    for run in runs {
        has_finished_with_rate(&out.join(run));
    }
}

/// Runs of trials have settings that the file does not list.
#[test]
fn trials_that_wait_go_on_with_what_others_have_begun_with() {
    let dir = tempdir().unwrap();
    let [base, file, out, log] =
        ["base.toml", "sweep.toml", "out", "study.log"].map(|name| dir.path().join(name));
    fs::write(&base, BASE).unwrap();
    let grid = "[grid]\n\"training.dropout\" = [0.1, 0.5]\n";
    fs::write(&file, format!("base = \"base.toml\"\nseeds = [1]\n{grid}")).unwrap();
    let mut journal = Journal::create(&log).unwrap();
    let study = journal.study("sweep", &[Direction::Minimise]).unwrap();
    let mut wait = |dropout| {
        let settings = [
            ("training.activation", Json::Text("tanh".to_string())),
            ("training.dropout", Json::Float(dropout)),
        ];
        enqueue(&mut journal, study, &settings);
    };
    let ask = [
        "sweep",
        text(&file),
        "--out",
        text(&out),
        "--ask",
        text(&log),
    ];
    wait(0.1);
    assert!(said(&ask).ends_with("1 trials done, 0 failed\n"));
    let earlier = format!("{BASE}adversary_learning_rate = 0.01\n");
    fs::write(&base, &earlier).unwrap();
    wait(0.5);
    is_refused(&ask);

    let run = |base: &str, dropout: f64| {
        let chosen = [("activation", json!("tanh")), ("dropout", json!(dropout))]
            .map(|(name, value)| (format!("training.{name}"), value));
        let cells = SweepFile::read(&file).unwrap().asked(&chosen, base);
        out.join(&cells[0].name)
    };
    copy_with_rate(&run(BASE, 0.1), &run(&earlier, 0.1));
    goes_on(&ask);
    has_finished_with_rate(&run(&earlier, 0.5));
}

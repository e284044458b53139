//! Runs and data files of earlier releases: what their misa made of them, this one has to, too.

use crate::common::{copy_folder, json};
use misa_core::StateDict;
use misa_report::compare::score_key;
use misa_testing::{entries, golden};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::{TempDir, tempdir};

/// How far a number may be from that of the release: what other processors make of its last bits,
/// after the training of a small model.
const TOLERANCE: f64 = 1e-4;

/// Keys of sentences for people, which a release may word otherwise.
const SENTENCES: &[&str] = &["notes"];

/// Keys whose values differ between machines and moments.
const OF_THE_MOMENT: &[&str] = &["system", "provenance", "seconds", "peak_memory", "folder"];

/// Keys of a difference between models that 0.1.0 computed from utterances alone. Now they cover seeds
/// too, and a model with fewer than three has none.
const STATISTICS: &[&str] = &["interval", "p", "p_holm"];

/// A release and a copy of its folders that may be written to.
struct Release {
    stored: PathBuf,
    copy: TempDir,
}

/// Every release that is stored.
fn releases() -> Vec<Release> {
    let folders = entries(&golden("releases"));
    let releases: Vec<Release> = folders
        .into_iter()
        .filter(|folder| folder.is_dir())
        .map(|stored| {
            let copy = tempdir().unwrap();
            copy_folder(&stored, copy.path());
            Release { stored, copy }
        })
        .collect();
    assert!(!releases.is_empty());
    releases
}

impl Release {
    /// What the program says beside the folders, when it does what it is asked to.
    fn said(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_misa"))
            .current_dir(self.copy.path())
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the release itself said.
    fn expected(&self, name: &str) -> PathBuf {
        self.stored.join("expected").join(name)
    }

    /// Compares what the program says with what the release said.
    fn compare(&self, name: &str, arguments: &[&str]) {
        let expected = json(&fs::read_to_string(self.expected(name)).unwrap());
        let found = json(&self.said(arguments));
        assert_alike(name, &of_schema(expected), &found);
    }

    /// Compares the table of two runs. The release named models by all settings in which they differ.
    fn compare_table(&self) {
        let text = fs::read_to_string(self.expected("table.json")).unwrap();
        let expected = json(&text);
        let mut text = expected.to_string();
        let mut arguments = vec!["table".to_string()];
        for (number, group) in expected["groups"].as_array().unwrap().iter().enumerate() {
            let name = format!("model {number}");
            text = text.replace(&group["model"].to_string(), &format!("{name:?}"));
            arguments.push(format!(
                "{name}={}",
                group["runs"][0]["run"].as_str().unwrap()
            ));
        }
        arguments.extend(["--resamples", "200", "--json"].map(str::to_string));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let found = json(&self.said(&arguments));
        assert_alike("table.json", &of_schema(json(&text)), &found);
    }
}

/// What a release without a schema said, in the form of schema 1: an object at the top, and scores
/// by their keys.
fn of_schema(said: Value) -> Value {
    match said {
        Value::Array(rows) if rows[0].get("prediction").is_some() => json!({ "predictions": rows }),
        Value::Array(rows) => json!({ "runs": rows.into_iter().map(scored).collect::<Vec<_>>() }),
        said if said.get("schema").is_none() => table(said),
        said => said,
    }
}

/// One run that was evaluated.
fn scored(mut row: Value) -> Value {
    let Value::Object(scores) = row["scores"].take() else {
        panic!("{row}");
    };
    for (key, value) in scores {
        row[key] = value;
    }
    let pairs = row["scores"].as_array().unwrap().iter();
    let scores = pairs.map(|pair| (score_key(pair[0].as_str().unwrap()), pair[1].clone()));
    row["scores"] = Value::Object(scores.collect());
    row
}

/// A comparison of runs.
fn table(mut said: Value) -> Value {
    let names = said["metrics"].as_array().unwrap().iter();
    let names: Vec<String> = names
        .map(|name| name.as_str().unwrap().to_string())
        .collect();
    let keys: Vec<String> = names.iter().map(|name| score_key(name)).collect();
    let by_key = |list: &Value| {
        let values = list.as_array().unwrap().iter().cloned();
        Value::Object(keys.iter().cloned().zip(values).collect())
    };
    said["metrics"] = keys.iter().map(|key| json!({ "key": key })).collect();
    for group in said["groups"].as_array_mut().unwrap() {
        group["summaries"] = by_key(&group["summaries"]);
        group.as_object_mut().unwrap().remove("is_best");
        for run in group["runs"].as_array_mut().unwrap() {
            run["scores"] = by_key(&run["scores"]);
        }
    }
    for difference in said["differences"].as_array_mut().unwrap() {
        difference["metric"] = json!(score_key(difference["metric"].as_str().unwrap()));
    }
    said
}

/// Panics unless everything that was said then is said now; more may be said.
fn assert_alike(place: &str, expected: &Value, found: &Value) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                if OF_THE_MOMENT.contains(&key.as_str()) || SENTENCES.contains(&key.as_str()) {
                    continue;
                }
                if place.contains(".differences.") && STATISTICS.contains(&key.as_str()) {
                    continue;
                }
                let place = format!("{place}.{key}");
                let found = found.get(key);
                assert_alike(&place, expected, found.unwrap_or_else(|| panic!("{place}")));
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            assert_eq!(expected.len(), found.len(), "{place}");
            for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
                assert_alike(&format!("{place}.{number}"), expected, found);
            }
        }
        (Value::Number(expected), Value::Number(found)) => {
            let (expected, found) = (expected.as_f64().unwrap(), found.as_f64().unwrap());
            let holds = (expected - found).abs() <= TOLERANCE * expected.abs().max(1.0);
            assert!(holds, "{place}: expected {expected}, found {found}");
        }
        _ => assert_eq!(expected, found, "{place}"),
    }
}

#[test]
fn finished_runs_have_the_same_scores_and_predictions() {
    for release in releases() {
        for run in ["finished", "plus"] {
            release.said(&["verify", run]);
            let valid = format!("{run}.valid.json");
            release.compare(&valid, &["evaluate", run, "--json"]);
            let test = format!("{run}.test.json");
            release.compare(&test, &["evaluate", run, "--split", "test", "--json"]);
            let predictions = format!("{run}.predictions.json");
            let data = ["--data", "data.safetensors", "--json"];
            release.compare(&predictions, &[&["predict", run], &data[..]].concat());
            release.said(&["report", run]);
        }
        release.compare_table();
    }
}

#[test]
fn stopped_runs_end_as_they_would_have() {
    for release in releases() {
        release.said(&["train", "--resume", "--out", "stopped", "--plain"]);
        release.compare("stopped.valid.json", &["evaluate", "stopped", "--json"]);
        let model = release
            .copy
            .path()
            .join("stopped/checkpoint/model.safetensors");
        assert_weights_alike(&release.expected("stopped.safetensors"), &model);
    }
}

/// Panics unless two files hold the same tensors.
fn assert_weights_alike(expected: &Path, found: &Path) {
    let [expected, found] = [expected, found].map(|path| StateDict::read(path).unwrap());
    assert!(expected.names().eq(found.names()));
    for name in expected.names() {
        let [expected, found] = [&expected, &found].map(|weights| weights.get(name).unwrap());
        assert_eq!(expected.shape(), found.shape(), "{name}");
        for (expected, found) in expected.iter::<f64>().zip(found.iter::<f64>()) {
            assert!((expected - found).abs() <= TOLERANCE, "{name}");
        }
    }
}

#[test]
fn settings_of_a_run_file_are_those_of_the_run() {
    for release in releases() {
        for run in ["finished", "plus"] {
            let file = format!("{run}/run.toml");
            let dry = ["train", "--config", file.as_str(), "--dry-run", "--json"];
            let shown = json(&release.said(&dry));
            let manifest = fs::read_to_string(release.stored.join(run).join("manifest.json"));
            let settings = &json(&manifest.unwrap())["settings"];
            for setting in shown["settings"].as_array().unwrap() {
                let key = setting["key"].as_str().unwrap();
                let pointer = format!("/{}", key.replace('.', "/"));
                if let Some(expected) = settings.pointer(&pointer) {
                    assert_eq!(&setting["value"], expected, "{run}: {key}");
                }
            }
        }
    }
}

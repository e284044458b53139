//! Runs under the protocols of other papers.

use crate::common::{copy, copy_folder, json, misa, openings, refused, said, text, train};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const MANIFEST: &str = "manifest.json";
const KEEP: [&str; 4] = ["--keep-epochs", "--set", "training.epochs=4", "--seeds"];

/// The scores or the inflation of a protocol.
fn of<'v>(model: &'v Value, protocol: &str, what: &str) -> &'v Value {
    let rows = model["protocols"].as_array().unwrap();
    let row = rows.iter().find(|row| row["protocol"] == protocol);
    &row.unwrap_or_else(|| panic!("{protocol}: {model}"))[what]
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The MAE of a run by its chosen, its best and its last epoch.
struct Errors {
    chosen: f64,
    least: f64,
    last: f64,
}

fn mae(scores: &Value) -> f64 {
    scores["mae"].as_f64().unwrap()
}

/// Checks what is said of a run, and returns its errors.
fn errors_of(run: &Value) -> Errors {
    let epochs = run["epochs"].as_array().unwrap();
    assert_eq!(epochs.len(), 4);
    let errors: Vec<f64> = epochs.iter().map(|epoch| mae(&epoch["scores"])).collect();
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let best = errors.iter().position(|error| *error == least).unwrap() + 1;
    assert_eq!(run["test_epochs"]["mae"], best);
    let chosen = run["valid_epoch"].as_u64().unwrap() as usize;
    assert_eq!(run["scores"], epochs[chosen - 1]["scores"]);
    // Ours are the scores that this program reports otherwise.
    let folder = run["run"].as_str().unwrap();
    assert_eq!(openings(Path::new(folder)), 1);
    let evaluated = json(&said(&["evaluate", folder, "--split", "test", "--json"]));
    assert_eq!(evaluated["runs"][0]["scores"], run["scores"]);
    Errors {
        chosen: errors[chosen - 1],
        least,
        last: errors[3],
    }
}

#[test]
fn every_protocol_is_set_beside_ours() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("kept");
    train(&folder, &[&KEEP[..], &["1..3"]].concat());
    let found = json(&said(&["protocol", text(&folder), "--unlock", "--json"]));
    let models = found["models"].as_array().unwrap();
    assert_eq!(models.len(), 1);
    let model = &models[0];
    assert_eq!(
        (&model["leading"], &model["utterances"]),
        (&json!("mae"), &json!(12))
    );
    let runs = model["runs"].as_array().unwrap();
    let seeds: Vec<&Value> = runs.iter().map(|run| &run["seed"]).collect();
    assert_eq!(seeds, [1, 2, 3]);
    assert!(runs.iter().all(|run| run["test_openings"] == 1));
    let errors: Vec<Errors> = runs.iter().map(errors_of).collect();
    let of_runs = |error: fn(&Errors) -> f64| errors.iter().map(error).collect::<Vec<_>>();
    let chosen = of_runs(|errors| errors.chosen);
    let ours = mean(&chosen);
    let test = mean(&of_runs(|errors| errors.least));
    for (protocol, expected) in [
        ("valid_epoch", ours),
        ("test_epoch", test),
        ("test_epoch_per_score", test),
        ("last_epoch", mean(&of_runs(|errors| errors.last))),
        (
            "best_seed",
            chosen.iter().copied().fold(f64::INFINITY, f64::min),
        ),
    ] {
        let found = mae(of(model, protocol, "scores"));
        assert!((found - expected).abs() < 1e-12, "{protocol}: {found}");
        let gain = mae(of(model, protocol, "inflation"));
        assert!(
            (gain - (ours - expected)).abs() < 1e-12,
            "{protocol}: {gain}"
        );
    }
    for score in ["mae", "corr", "acc_7", "f1_neg_pos"] {
        let gain = of(model, "test_epoch_per_score", "inflation")[score].as_f64();
        assert!(gain.unwrap() >= 0.0, "{score}");
    }
}

#[test]
fn a_table_says_how_much_each_protocol_flatters() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[&KEEP[..3], &["--seed", "5"]].concat());
    let printed = said(&["protocol", &format!("mine={}", text(&run)), "--unlock"]);
    let rows: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with("| "))
        .collect();
    // The head and its rule; no best seed of one.
    assert_eq!(rows.len(), 2 + 8, "{printed}");
    let cells =
        |row: &str| -> Vec<String> { row.split('|').map(|cell| cell.trim().to_string()).collect() };
    let head = [
        "",
        "score",
        "ours",
        "test epoch",
        "per score",
        "last epoch",
        "",
    ];
    assert_eq!(cells(rows[0]), head);
    let error = cells(rows[3]);
    assert_eq!(error[1], "MAE");
    assert!(!error[2].contains('('), "{printed}");
    assert!(
        error[3].contains(" (+") && error[4].contains(" (+"),
        "{printed}"
    );
    assert!(
        rows.iter().all(|row| row.chars().count() <= 100),
        "{printed}"
    );
    assert!(
        printed.contains("mine: data ") && printed.contains(", seeds 5\n"),
        "{printed}"
    );
    assert!(printed.contains("of each run so far: 1."), "{printed}");
    said(&["verify", text(&run)]);
}

#[test]
fn no_mistake_opens_the_test_split() {
    let dir = tempdir().unwrap();
    let names = ["kept", "plain", "other", "twin"];
    let [kept, plain, other, twin] = names.map(|name| dir.path().join(name));
    train(&kept, &KEEP[..3]);
    train(&plain, &[]);
    let (status, message) = refused(&["protocol", text(&kept)]);
    assert_eq!(status, 1);
    assert!(message.contains("the test split stays locked"), "{message}");
    assert!(message.ends_with("expected --unlock"), "{message}");
    let output = misa(&["protocol", text(&kept), "--json"]);
    let printed = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(printed["error"]["expected"], "--unlock");

    // A run that cannot be scored is named before another one is opened.
    let (status, message) = refused(&["protocol", text(&kept), text(&plain), "--unlock"]);
    assert_eq!(status, 1);
    let expected = format!(
        "{}: the weights of 0 of 2 epochs were kept, expected those of every epoch: train with \
         `--keep-epochs`",
        text(&plain)
    );
    assert!(message.ends_with(&expected), "{message}");
    copy(&kept, &other, MANIFEST, |manifest| {
        manifest["config"]["loss"]["task"] = json!({ "classification": { "classes": 2 } });
    });
    let (_, message) = refused(&["protocol", text(&kept), text(&other), "--unlock"]);
    assert!(
        message.contains("its task is a classification"),
        "{message}"
    );
    copy_folder(&kept, &twin);
    let (_, message) = refused(&["protocol", text(&kept), text(&twin), "--unlock"]);
    assert!(
        message.contains("twin`: the same model, data, split and seed"),
        "{message}"
    );
    let runs = [&kept, &plain, &twin];
    assert_eq!(runs.map(|run| openings(run)), [0, 0, 0]);
}

#[test]
fn scores_found_before_a_run_fails_are_printed() {
    let dir = tempdir().unwrap();
    let [run, other] = ["run", "other"].map(|name| dir.path().join(name));
    train(&run, &KEEP[..3]);
    copy(&run, &other, MANIFEST, |manifest| {
        manifest["data"]["checksum"] = json!("another");
    });
    let output = misa(&["protocol", text(&run), text(&other), "--unlock", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(printed["models"].as_array().unwrap().len(), 1);
    assert!(
        printed["error"]["message"]
            .as_str()
            .unwrap()
            .contains("data changed")
    );
    assert_eq!([&run, &other].map(|run| openings(run)), [1, 0]);
}

#[test]
fn the_setting_is_kept_when_a_run_is_resumed() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &["--keep-epochs"]);
    let more = [
        "train",
        "--resume",
        "--epochs",
        "3",
        "--plain",
        "--out",
        text(&run),
    ];
    said(&more);
    assert_eq!(fs::read_dir(run.join("epochs")).unwrap().count(), 3);
    said(&["protocol", text(&run), "--unlock"]);
    let settings = fs::read_to_string(run.join("run.toml")).unwrap();
    assert!(settings.contains("keep_epochs = true"), "{settings}");
}

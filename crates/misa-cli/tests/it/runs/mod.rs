//! Runs from the command line: trained, stopped, resumed, scored, shown, compared.

mod seeds;

use crate::common::{SMALL, copy, json, misa, refused, said, text, train, weights};
use misa_files::Source;
use misa_files::npy::Npz;
use misa_files::zip::Limits;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

#[test]
fn a_run_is_trained_scored_and_shown() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let printed = train(&run, &[]);
    assert!(
        printed.contains("The test split, 12 utterances, is still locked"),
        "{printed}"
    );
    let (status, message) = refused(&[&["train", "--out", text(&run)], SMALL].concat());
    assert_eq!(status, 1);
    assert!(
        message.contains("holds a run, expected an empty folder"),
        "{message}"
    );

    let valid = json(&said(&["evaluate", text(&run), "--json"]));
    assert_eq!(valid["runs"][0]["utterances"], 12);
    assert_eq!(valid["runs"][0]["test_openings"], 0);
    let test = json(&said(&[
        "evaluate",
        text(&run),
        "--split",
        "test",
        "--json",
    ]));
    assert_eq!(
        (&test["runs"][0]["split"], &test["runs"][0]["test_openings"]),
        (&"test".into(), &1.into())
    );
    let again = said(&["evaluate", text(&run), "--split", "test"]);
    assert!(again.contains("has been opened 2 times"), "{again}");

    assert_embedded(&run, &dir.path().join("valid.npz"));

    let report = json(&said(&["report", text(&run), "--json"]));
    assert!(report["figures"].as_array().unwrap().len() > 12, "{report}");
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains("The test split was opened 2 times."));
    assert!(run.join("figures/attention.png").is_file());
    let figure = dir.path().join("attention.svg");
    said(&["plot", text(&run), "attention", "-o", text(&figure)]);
    assert!(fs::read_to_string(figure).unwrap().contains("<svg"));

    assert!(said(&["verify", text(&run)]).contains("files are unchanged"));
    let model = run.join("checkpoint/model.safetensors");
    let mut bytes = weights(&run);
    bytes[1000] ^= 1;
    fs::write(&model, bytes).unwrap();
    let output = misa(&["verify", text(&run)]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("model.safetensors has changed since it was written"),
        "{said}"
    );
}

/// `embed` writes the vectors and attention of 12 utterances.
fn assert_embedded(run: &Path, archive: &Path) {
    said(&["embed", text(run), "-o", text(archive)]);
    let bytes = fs::read(archive).unwrap();
    let archive = Npz::open(Source::from(bytes.as_slice()), &Limits::default()).unwrap();
    assert_eq!(archive.array("shared_text").unwrap().shape(), [12, 16]);
    assert_eq!(archive.array("attention").unwrap().shape(), [12, 6, 6]);
    assert_eq!(archive.array("ids").unwrap().to_texts().unwrap().len(), 12);
    let attention = archive.array("attention").unwrap().to_floats().unwrap();
    let row: f32 = attention[..6].iter().sum();
    assert!((row - 1.0).abs() < 1e-5, "{row}");
}

#[test]
fn the_test_split_of_a_run_is_not_predicted_unseen() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let data = dir.path().join("data.safetensors");
    let config = misa_data::SyntheticConfig::new()
        .with_train(30)
        .with_valid(9)
        .with_test(7);
    config.generate().dataset.save(&data).unwrap();
    train(&run, &["--data", text(&data)]);
    let output = misa(&["predict", text(&run), "--data", text(&data)]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(table.lines().count(), 1 + 30 + 9);
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(
        note.contains("7 utterances of the run's test split stay locked"),
        "{note}"
    );
    let manifest = json(&fs::read_to_string(run.join("manifest.json")).unwrap());
    assert_eq!(manifest["openings"], Value::Array(vec![]));
    // The model by itself is still that of the run, which is not guessed at.
    let model = run.join("checkpoint");
    let inside = said(&["predict", text(&model), "--data", text(&data)]);
    assert_eq!(inside, table);
    for edit in ["{}", "no JSON"] {
        let damaged = dir.path().join("damaged");
        copy(&run, &damaged, "manifest.json", |_| {});
        fs::write(damaged.join("manifest.json"), edit).unwrap();
        for model in [damaged.clone(), damaged.join("checkpoint")] {
            let (status, message) = refused(&["predict", text(&model), "--data", text(&data)]);
            assert_eq!(status, 1);
            assert!(message.contains("manifest.json: "), "{message}");
        }
    }
    // Other data has no lock.
    let other = dir.path().join("other.safetensors");
    config.with_seed(1).generate().dataset.save(&other).unwrap();
    let rows = json(&said(&[
        "predict",
        text(&run),
        "--data",
        text(&other),
        "--json",
    ]));
    assert_eq!(rows["predictions"].as_array().unwrap().len(), 46);
    let predict = ["predict", text(&run), "--data", text(&other)];
    let voice = said(&[&predict[..], &["--modalities", "acoustic"]].concat());
    assert!(
        voice
            .lines()
            .skip(1)
            .all(|row| row.split(',').nth(3) == Some("acoustic")),
        "{voice}"
    );
    let whole = said(&predict);
    assert!(
        whole
            .lines()
            .skip(1)
            .all(|row| row.split(',').nth(3) == Some("text+visual+acoustic")),
        "{whole}"
    );
}

#[cfg(unix)]
#[test]
fn a_signal_stops_a_run_within_seconds_and_resume_ends_it_the_same() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let dir = tempdir().unwrap();
    let (whole, broken) = (dir.path().join("whole"), dir.path().join("broken"));
    let more = [
        "--set",
        "training.epochs=12",
        "--set",
        "training.batch_size=4",
    ];
    train(&whole, &more);
    for signal in ["TERM", "INT", "USR2"] {
        let out = ["train", "--plain", "--resume", "--out", text(&broken)];
        let mut child = Command::new(env!("CARGO_BIN_EXE_misa"))
            .args([&out[..], SMALL, &more].concat())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_epoch = |line: &String| line.starts_with("epoch");
        lines.by_ref().map(Result::unwrap).find(is_epoch).unwrap();
        let asked = Instant::now();
        Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .unwrap();
        let status = child.wait().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(5));
        assert_eq!(status.code(), Some(75), "{signal}");
    }
    // Without settings: those of the run.
    said(&["train", "--plain", "--resume", "--out", text(&broken)]);
    assert!(weights(&whole) == weights(&broken));
}

#[test]
fn other_settings_are_not_resumed() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let arguments = [
        "train",
        "--resume",
        "--out",
        text(&run),
        "--set",
        "training.dropout=0.1",
    ];
    let (status, message) = refused(&arguments);
    assert_eq!(status, 1);
    assert!(
        message.contains("settings changed since the run began"),
        "{message}"
    );
    let (_, message) = refused(&["train", "--devices", "flex,flex"]);
    assert!(message.contains("expected different GPUs"), "{message}");
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(&["completions", shell]);
        assert!(
            script.contains("evaluate") && script.contains("dry-run"),
            "{shell}"
        );
    }
}

#[test]
fn runs_are_scored_with_modalities_missing() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &["--set", "training.modality_dropout=0.3"]);
    let figures = dir.path().join("figures");
    let options = ["--rates", "0,0.9", "--draws", "2", "--json"];
    let degrade = [
        &["degrade", text(&run), "--out", text(&figures)],
        &options[..],
    ]
    .concat();
    let found = json(&said(&degrade));
    let corr = |scores: &Value| scores["corr"].as_f64().unwrap();
    let found = &found["runs"];
    let curve = &found[0]["curve"];
    assert_eq!(
        (&curve[0]["rate"], &curve[1]["rate"]),
        (&0.0.into(), &0.9.into())
    );
    assert_eq!(found[0]["subsets"].as_array().unwrap().len(), 7);
    assert_eq!(
        corr(&curve[0]["scores"]),
        corr(&found[0]["subsets"][0]["scores"])
    );
    assert_ne!(corr(&curve[0]["scores"]), corr(&curve[1]["scores"]));
    assert!(figures.join("missing-corr.svg").is_file());
    let (status, message) = refused(&["degrade", text(&run), "--rates", "1.5"]);
    assert_eq!(status, 2);
    assert!(
        message.contains("`1.5`: expected a probability in [0, 1)"),
        "{message}"
    );
}

#[test]
fn missing_frames_are_scored_at_every_rate_and_over_all() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let figures = dir.path().join("figures");
    let frames = ["degrade", text(&run), "--frames", "--rates", "0,0.4,0.9"];
    let more = ["--seeds", "1111,7", "--out", text(&figures), "--json"];
    let found = json(&said(&[&frames[..], &more[..]].concat()));
    let found = &found["runs"][0]["frames"];
    assert_eq!(
        (&found["draws"], &found["seeds"]),
        (&"published".into(), &serde_json::json!([1111, 7]))
    );
    let mae = |scores: &Value| scores["mae"].as_f64().unwrap();
    let at: Vec<f64> = (found["curve"].as_array().unwrap().iter())
        .map(|point| mae(&point["scores"]))
        .collect();
    assert_ne!(at[0], at[1]);
    assert!((mae(&found["mean"]) - at.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    let whole = json(&said(&["evaluate", text(&run), "--json"]));
    let whole = mae(&whole["runs"][0]["scores"]);
    assert!((at[0] - whole).abs() < 1e-5, "{} {whole}", at[0]);
    let missing = &found["curve"][2]["missing"];
    let share = |modality: &str| missing[modality].as_f64().unwrap();
    assert!((share("visual") - 0.9).abs() < 0.1 && share("text") < share("visual"));
    assert!(figures.join("missing-frames-mae.svg").is_file());

    let own = [&frames[..], &["--independent", "--json"]].concat();
    let own = json(&said(&own));
    assert_eq!(own["runs"][0]["frames"]["draws"], "independent");
    let table = said(&frames);
    assert!(table.contains("| mean over rates |") && table.contains("\nMeans of 3 seeds."));
}

#[test]
fn options_of_frames_are_refused_where_they_say_nothing() {
    for (arguments, expected) in [
        (&["--seeds", "1"][..], "--frames"),
        (&["--frames", "--draws", "3"], "--draws"),
        (
            &["--frames", "--padded", "50,x"],
            "`50,x`: expected three numbers of steps, TEXT,VISUAL,ACOUSTIC",
        ),
    ] {
        let (status, message) = refused(&[&["degrade", "run"], arguments].concat());
        assert_eq!(status, 2);
        assert!(message.contains(expected), "{message}");
    }
}

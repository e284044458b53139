//! Predictions without labels: sentences, files, and lines on the standard input.

use crate::common::{copy_folder, json, misa, refused, said, text, train};
use misa_data::{Split, SyntheticConfig, Utterance, UtteranceDataset};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::{TempDir, tempdir};

/// A run, and other data with the same features.
fn trained() -> (TempDir, PathBuf, UtteranceDataset) {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let config = SyntheticConfig::new().with_seed(5);
    let config = config.with_train(3).with_valid(0).with_test(2);
    (dir, run, config.generate().dataset)
}

/// The utterances of all splits, in their order.
fn utterances(data: &UtteranceDataset) -> Vec<&Utterance> {
    let splits = Split::ALL.into_iter();
    splits.flat_map(|split| data.split(split)).collect()
}

fn lines(printed: &str) -> Vec<Value> {
    printed.lines().map(json).collect()
}

/// The same with numbers in single precision: the document writes them with the digits of double precision.
fn single(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap() as f32),
        Value::Array(values) => values.iter().map(single).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(name, value)| (name.clone(), single(value)))
                .collect()
        }
        other => other.clone(),
    }
}

#[test]
fn a_sentence_is_predicted_without_data() {
    let (_dir, run, data) = trained();
    let words = utterances(&data)[0].words.join(" ");
    let printed = said(&["predict", text(&run), "--text", &words, "--text", "qqq zzz"]);
    let printed: Vec<&str> = printed.lines().collect();
    assert_eq!(printed.len(), 2);
    assert!(
        printed[0].starts_with(&format!("{words:?}: ")),
        "{printed:?}"
    );
    // Of 12 utterances of the valid split, 95 % is no error of any.
    assert!(
        printed[0].contains(", in 80 % of cases between "),
        "{printed:?}"
    );
    let output = misa(&["predict", text(&run), "--text", "qqq zzz"]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "note: 2 of 2 words (100.0 %) are outside the vocabulary of the model\n"
    );
    let document = json(&said(&["predict", text(&run), "--text", &words, "--json"]));
    let answer = &document["predictions"][0];
    assert_eq!(answer["modalities"], json("[\"text\"]"));
    assert_eq!(
        (&answer["id"], &answer["split"]),
        (&json("\"1\""), &Value::Null)
    );
    assert_eq!(document["model"]["id"].as_str().unwrap().len(), 64);
    let nothing = ["--text", "qqq", "--modalities", "visual,acoustic"];
    let (_, message) = refused(&[&["predict", text(&run)], &nothing[..]].concat());
    assert_eq!(
        message,
        "misa: clip 0 (\"1\"): expected at least one of the `--modalities` asked for (visual,acoustic), found none of them"
    );
}

#[test]
fn data_without_labels_and_splits_has_the_predictions_of_labelled_data() {
    let (dir, run, data) = trained();
    let labelled = dir.path().join("a.safetensors");
    data.save(&labelled).unwrap();
    let table = dir.path().join("a.csv");
    let rows = utterances(&data).into_iter();
    let rows = rows.map(|one| format!("{},{}\n", one.id, one.words.join(" ")));
    fs::write(&table, format!("id,text\n{}", rows.collect::<String>())).unwrap();
    let predict = |path: &Path| {
        let printed = said(&[
            "predict",
            text(&run),
            "--data",
            text(path),
            "--modalities",
            "text",
        ]);
        assert!(printed.starts_with("split,id,prediction,modalities,low_80,high_80\n"));
        let rows = printed
            .lines()
            .skip(1)
            .map(|row| row.split_once(',').unwrap());
        rows.map(|(split, row)| (split.to_string(), row.to_string()))
            .collect::<Vec<_>>()
    };
    let (with, without) = (predict(&labelled), predict(&table));
    let values =
        |rows: &[(String, String)]| rows.iter().map(|row| row.1.clone()).collect::<Vec<_>>();
    assert_eq!(values(&with), values(&without));
    assert_eq!((with[4].0.as_str(), without[4].0.as_str()), ("test", ""));
    assert_eq!(without[0].1.split(',').nth(2), Some("text"));
}

/// The model knows `maba` and `caba`, without punctuation and in lower case.
#[test]
fn a_sentence_has_one_prediction_wherever_it_stands() {
    let (dir, run, _) = trained();
    let sentence = "Maba, caba!";
    let folder = dir.path().join("table");
    fs::create_dir(&folder).unwrap();
    let table = folder.join("a.csv");
    fs::write(&table, format!("id,text\na,\"{sentence}\"\n")).unwrap();
    let predict = |option: &str, value: &str| {
        let printed = said(&["predict", text(&run), option, value, "--json-lines"]);
        json(printed.trim_end())
    };
    let mut child = listen(&run);
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{{\"text\": \"{sentence}\"}}").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let line = json(String::from_utf8(output.stdout).unwrap().trim_end());
    let expected = predict("--text", sentence);
    assert_eq!(expected["text"]["unknown"], 0);
    for answer in [
        line,
        predict("--data", text(&table)),
        predict("--data", text(&folder)),
    ] {
        assert_eq!(answer["value"], expected["value"]);
        assert_eq!(answer["text"], expected["text"]);
    }
}

#[test]
fn lines_of_json_hold_what_the_document_holds() {
    let (dir, run, data) = trained();
    let path = dir.path().join("a.safetensors");
    data.save(&path).unwrap();
    let predict = ["predict", text(&run), "--data", text(&path)];
    let document = json(&said(&[&predict[..], &["--json"]].concat()));
    let lines = lines(&said(&[&predict[..], &["--json-lines"]].concat()));
    let entries = document["predictions"].as_array().unwrap();
    assert_eq!(lines.len(), entries.len());
    for (line, entry) in lines.iter().zip(entries) {
        let (line, entry) = (single(line), single(entry));
        assert_eq!(line["value"], entry["prediction"]);
        assert_eq!(line["model"], document["model"]["id"]);
        for field in ["id", "split", "modalities", "intervals", "text", "ignored"] {
            assert_eq!(line[field], entry[field], "{field}");
        }
    }
}

fn listen(run: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(["predict", text(run), "--data", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn lines_on_the_standard_input_are_answered_as_they_come() {
    let (_dir, run, data) = trained();
    let words = utterances(&data)[0].words.join(" ");
    let mut child = listen(&run);
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || json(&answers.next().unwrap().unwrap());
    writeln!(input, "{{\"id\": \"a\", \"text\": \"{words}\"}}").unwrap();
    // The input is still open: the answer does not wait for its end.
    let first = next();
    assert_eq!(first["id"], "a");
    let alone = said(&["predict", text(&run), "--text", &words, "--json-lines"]);
    assert_eq!(first["value"], json(&alone)["value"]);

    let more =
        "no JSON\n\n{\"acoustic\": [[1, 2]]}\n{\"id\": \"b\", \"text\": \"x\"}\n{\"visual\": 3}";
    input.write_all(more.as_bytes()).unwrap();
    drop(input);
    let [syntax, shape, good, value] = [(); 4].map(|()| next());
    assert_eq!([&syntax["line"], &shape["line"], &value["line"]], [2, 4, 6]);
    assert_eq!(syntax["error"], "clip, column 2: expected JSON, found `o`");
    let error = shape["error"].as_str().unwrap();
    assert!(error.starts_with("acoustic: expected "), "{error}");
    assert_eq!(good["id"], "b");
    assert!(answers.next().is_none());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("3 of 6 lines cannot be predicted"),
        "{message}"
    );
}

#[test]
fn many_lines_keep_their_order_and_their_values() {
    let (_dir, run, data) = trained();
    let words = utterances(&data)[0].words.join(" ");
    let mut child = listen(&run);
    let mut input = child.stdin.take().unwrap();
    let count = 200;
    let all: String = (0..count)
        .map(|number| format!("{{\"id\": \"{number}\", \"text\": \"{words}\"}}\n"))
        .collect();
    input.write_all(all.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = lines(&String::from_utf8(output.stdout).unwrap());
    let ids: Vec<String> = answers
        .iter()
        .map(|one| one["id"].as_str().unwrap().into())
        .collect();
    assert_eq!(
        ids,
        (0..count)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    );
    assert!(
        answers
            .iter()
            .all(|one| one["value"] == answers[0]["value"])
    );
}

#[test]
fn a_reader_that_has_read_enough_ends_it_quietly() {
    let (_dir, run, _) = trained();
    let mut child = listen(&run);
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"{\"text\": \"a\"}\n").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

#[test]
fn options_that_mean_nothing_together_are_refused() {
    let (_dir, run, _) = trained();
    let run = text(&run);
    for (options, expected) in [
        (&["--data", "-", "--text", "a"][..], "expected no --text"),
        (&["--data", "-", "--json"], "expected no --json"),
        (&["--data", "-", "--out", "a"], "expected no --out"),
        (
            &["--data", "x", "--text", "a", "--text", "b"],
            "expected one",
        ),
        (
            &["--json", "--json-lines", "--text", "a"],
            "cannot be used with",
        ),
        (&[], "--data <PATH>"),
    ] {
        let (_, message) = refused(&[&["predict", run], options].concat());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn predictions_do_not_replace_what_they_are_made_from() {
    let dir = tempdir().unwrap();
    let [data, file] = ["data.csv", "file"].map(|name| dir.path().join(name));
    fs::write(&data, "id,text\n").unwrap();
    fs::write(&file, "a").unwrap();
    let (data, file) = (text(&data), text(&file));
    for options in [
        &["--data", file][..],
        &["--data", data, "--text", file],
        &["--data", data, "--visual", file],
        &["--sound", file],
        &["--sound", data, "--words", file],
        &["--sound", data, "--faces", file],
        &["--sound", data, "--speech", file],
    ] {
        let (_, message) = refused(&[&["predict", "run", "--out", file], options].concat());
        let expected = "which is read, expected a path elsewhere";
        assert!(message.ends_with(expected), "{message}");
    }
}

#[test]
fn a_model_alone_is_verified_by_its_own_checksums() {
    let (dir, run, _) = trained();
    let alone = dir.path().join("model");
    copy_folder(&run.join("checkpoint"), &alone);
    let verified = said(&["verify", text(&alone)]);
    assert!(
        verified.contains("model: 5 of 5 files are unchanged\n"),
        "{verified}"
    );
    assert!(
        verified.contains(": the model loads, its id is "),
        "{verified}"
    );
    // Inside its run, the manifest counts, which records the model card and the checksums too.
    let inside = said(&["verify", text(&run.join("checkpoint"))]);
    assert!(inside.contains("7 of 7 files are unchanged\n"), "{inside}");

    let path = alone.join("vocabulary.json");
    let vocabulary = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{vocabulary} ")).unwrap();
    let output = misa(&["verify", text(&alone), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&String::from_utf8(output.stdout).unwrap());
    let files = found["runs"][0]["files"].as_array().unwrap();
    let changed = files.iter().filter(|file| file["state"] == "changed");
    let changed: Vec<&Value> = changed.map(|file| &file["path"]).collect();
    assert_eq!(changed, ["vocabulary.json"]);
    assert_eq!(found["runs"][0]["model"]["error"], Value::Null);

    fs::remove_file(alone.join("checksums.json")).unwrap();
    let verified = said(&["verify", text(&alone)]);
    assert!(verified.contains("note: has no checksums"), "{verified}");
    fs::write(alone.join("model.safetensors"), b"no weights").unwrap();
    let output = misa(&["verify", text(&alone)]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("the model does not load: "), "{printed}");
}

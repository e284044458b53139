//! What is known of the data, and settings that contradict it.

use crate::common::{SMALL, copy, json, misa, refused, said, text, train};
use misa_core::Task;
use misa_data::{Split, SyntheticConfig, Utterance, UtteranceDataset};
use misa_testing::golden;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// Small utterances of a synthetic set, with features of the sizes of no corpus.
fn small([train, valid, test]: [usize; 3]) -> SyntheticConfig {
    SyntheticConfig::new()
        .with_train(train)
        .with_valid(valid)
        .with_test(test)
        .with_d_visual(3)
        .with_d_acoustic(2)
        .with_mean_steps(3.0)
}

/// Writes a data set whose labels are those of `config`, changed by `label`.
fn save(config: &SyntheticConfig, path: &Path, label: impl Fn(f32) -> f32) {
    let data = config.generate().dataset;
    let [train, valid, test] = Split::ALL.map(|split| -> Vec<Utterance> {
        let utterances = data.split(split).iter().cloned();
        utterances
            .map(|utterance| Utterance {
                label: label(utterance.label),
                ..utterance
            })
            .collect()
    });
    let vocabulary = data.vocabulary().cloned();
    let data = UtteranceDataset::from_splits(train, valid, test, vocabulary).unwrap();
    data.save(path).unwrap();
}

fn report(run: &Path) -> Value {
    json(&fs::read_to_string(run.join("report.json")).unwrap())
}

fn dry<'a>(data: &'a Path, more: &[&'a str]) -> (String, String) {
    let output = misa(&[&["train", "--dry-run", "--data", text(data)], more].concat());
    assert!(output.status.success());
    let [printed, notes] = [output.stdout, output.stderr];
    (
        String::from_utf8(printed).unwrap(),
        String::from_utf8(notes).unwrap(),
    )
}

fn has_line(printed: &str, words: &[&str]) -> bool {
    let mut lines = printed.lines();
    lines.any(|line| line.split_whitespace().collect::<Vec<_>>() == words)
}

#[test]
fn the_corpus_that_is_recognised_chooses_the_settings() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data.safetensors");
    // As MMSA's files of CMU-MOSI.
    save(&small([1284, 229, 686]), &data, |label| label);
    let (printed, _) = dry(&data, &[]);
    assert!(
        has_line(&printed, &["corpus", "mosi", "recognised:", "CMU-MOSI"]),
        "{printed}"
    );
    let batch = [
        "training.batch_size",
        "64",
        "preset",
        "official",
        "for",
        "mosi",
    ];
    assert!(has_line(&printed, &batch), "{printed}");
    // The preset that is named is that of the corpus.
    let (printed, _) = dry(&data, &["--preset", "mmsa"]);
    let batch = ["training.batch_size", "16", "preset", "mmsa", "for", "mosi"];
    assert!(has_line(&printed, &batch), "{printed}");
    let (printed, _) = dry(&data, &["--corpus", "mosei"]);
    assert!(
        has_line(&printed, &["corpus", "mosei", "--corpus"]),
        "{printed}"
    );

    let out = dir.path().join("run");
    let arguments = ["train", "--data", text(&data), "--out", text(&out)];
    let message = refused(&[&arguments[..], &["--corpus", "mosei"]].concat()).1;
    let expected = "--corpus: the data is CMU-MOSI, by the numbers of utterances in MMSA's files, \
                    expected --corpus mosi, or none";
    assert!(message.ends_with(expected), "{message}");
    assert!(!out.exists());

    // Data that cannot be read is shown with the settings of the default corpus.
    let (printed, note) = dry(Path::new("missing"), &[]);
    assert!(printed.contains("preset official for mosei"), "{printed}");
    assert!(note.contains("the corpus is not known"), "{note}");
}

/// A sweep recognises nothing: its runs have the settings of the default corpus.
#[test]
fn the_best_settings_of_a_sweep_are_those_of_its_runs() {
    let dir = tempdir().unwrap();
    let [data, base, file, out] =
        ["data.safetensors", "base.toml", "sweep.toml", "out"].map(|name| dir.path().join(name));
    save(&small([1284, 229, 686]), &data, |label| label);
    let settings = "[training]\nepochs = 1\nd_hidden = 8\nd_embedding = 8\n";
    fs::write(&base, settings).unwrap();
    let runs = "base = \"base.toml\"\nseeds = [1]\ndata = [\"data.safetensors\"]\n";
    fs::write(&file, runs).unwrap();
    let arguments = ["sweep", text(&file), "--out", text(&out), "--json"];
    let found = json(&said(&arguments));
    let run = out.join(found["runs"][0]["name"].as_str().unwrap());
    let size = report(&run)["config"]["batch_size"].to_string();
    let best = found["best"].as_str().unwrap().split(' ');
    let arguments: Vec<&str> = best.skip(1).chain(["--dry-run"]).collect();
    let printed = said(&arguments);
    let batch = [
        "training.batch_size",
        &size,
        "preset",
        "official",
        "for",
        "mosei",
    ];
    assert!(has_line(&printed, &batch), "{printed}");
}

/// A feature file of MMSA in the layout of CH-SIMS, with features that are not finite.
#[test]
fn labels_by_single_modalities_survive_conversion_and_are_learned_from() {
    let dir = tempdir().unwrap();
    let pickle = golden("data/mmsa").join("unaligned_sims.np2_p4.pkl");
    let [file, own, other] = ["sims.safetensors", "own", "other"].map(|name| dir.path().join(name));
    let lenient = ["--policy", "compat"];
    said(
        &[
            &["data", "convert", text(&pickle), text(&file)][..],
            &lenient,
        ]
        .concat(),
    );
    for path in [&pickle, &file] {
        let arguments = [&["data", "doctor", text(path), "--json"][..], &lenient].concat();
        let examined = json(&String::from_utf8(misa(&arguments).stdout).unwrap());
        let modalities = examined["content"]["modality_labels"].as_array().unwrap();
        let names: Vec<&Value> = modalities.iter().map(|one| &one["modality"]).collect();
        assert_eq!(names, ["text", "visual", "acoustic"]);
        assert_eq!(modalities[2]["splits"][1]["min"], -1.0);
    }
    let trained = |out: &Path, labels: &str, shown: &str| {
        let labels = format!("training.loss.unimodal.labels={labels}");
        let arguments = ["train", shown, "--data", text(&file), "--out", text(out)];
        let settings = ["training.epochs=2", "training.d_hidden=16", &labels];
        let settings = settings.map(|setting| ["--set", setting]).concat();
        let output = misa(&[&arguments[..], &settings].concat());
        let [printed, notes] = [output.stdout, output.stderr];
        let [printed, notes] = [printed, notes].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success(), "{notes}");
        (printed, notes)
    };
    let run = json(&trained(&own, "modality", "--json").0);
    let scores = run["runs"][0]["modality_scores"].as_array().unwrap();
    assert_eq!(scores.len(), 3, "{run}");
    assert!(
        scores
            .iter()
            .all(|score| score["mae"].as_f64().unwrap() > 0.0)
    );
    said(&["report", text(&own)]);
    let page = fs::read_to_string(own.join("report.html")).unwrap();
    assert!(page.contains("acoustic alone, valid"));
    assert_eq!(
        report(&own)["modality_scores"],
        run["runs"][0]["modality_scores"]
    );
    let (_, notes) = trained(&other, "utterance", "--plain");
    let expected = "the data has labels of text, visual, acoustic alone";
    assert!(notes.contains(expected), "{notes}");
}

#[test]
fn a_folder_of_ur_funny_is_trained_as_two_classes() {
    let dir = tempdir().unwrap();
    let out = dir.path().join("run");
    let data = golden("data/ur_funny/sdk");
    let (printed, _) = dry(&data, &[]);
    assert!(
        has_line(&printed, &["corpus", "ur_funny", "recognised:", "UR-FUNNY"]),
        "{printed}"
    );
    let classes = "training.loss.task.classification.classes";
    let words = [classes, "2", "preset", "official", "for", "ur_funny"];
    assert!(has_line(&printed, &words), "{printed}");
    let arguments = ["train", "--data", text(&data), "--out", text(&out)];
    let message = refused(&[&arguments[..], &["--corpus", "mosi"]].concat()).1;
    let expected = "the data is UR-FUNNY, by the layout of its files, expected --corpus ur_funny, \
                    or none";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn two_classes_are_no_regression_unless_it_is_asked_for() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data.safetensors");
    let classes = small([24, 8, 8]).with_task(Task::Classification { classes: 2 });
    save(&classes, &data, |label| label);
    let run = |name: &str| dir.path().join(name);
    let arguments = [&["train", "--plain", "--data", text(&data)], SMALL].concat();
    let out = run("refused");
    let message = refused(&[&arguments[..], &["--out", text(&out)]].concat()).1;
    let expected = "the labels are two classes, 0 and 1, but the task is a regression, expected \
                    --corpus ur_funny, or --set training.loss.task={classification={classes=2}}; \
                    for a regression on them, --set training.loss.task=regression";
    assert!(message.ends_with(expected), "{message}");
    assert!(!out.exists());
    let regression = [
        "--data",
        text(&data),
        "--set",
        "training.loss.task=regression",
    ];
    train(&run("regression"), &regression);
    let humour = run("humour");
    train(&humour, &["--data", text(&data), "--corpus", "ur_funny"]);
    let scores = &report(&humour)["scores"][0][1];
    assert_eq!(scores["constant"]["predictor"]["kind"], "majority");
    // The settings file of a run trains it again.
    let file = run("regression").join("run.toml");
    let again = run("again");
    said(&[
        "train",
        "--plain",
        "--config",
        text(&file),
        "--out",
        text(&again),
    ]);
}

#[test]
fn labels_of_one_sign_have_no_polarity_in_any_table() {
    let dir = tempdir().unwrap();
    let [data, run] = ["data.safetensors", "run"].map(|name| dir.path().join(name));
    // From 1 to 5, as in ICT-MMMO.
    save(&small([40, 12, 12]), &data, |label| 3.0 + 2.0 * label / 3.0);
    let arguments = [&["train", "--data", text(&data)], SMALL].concat();
    let message = refused(&[&arguments[..], &["--corpus", "mosi"]].concat()).1;
    assert!(
        message.contains("--corpus: the labels go from 1"),
        "{message}"
    );
    assert!(message.contains("those of CMU-MOSI from -3 to 3, expected data of that corpus"));

    let printed = train(&run, &["--data", text(&data)]);
    let reason = "because no label is negative.";
    assert!(
        printed.contains("| Acc-2 (neg/pos) | not defined | not defined |"),
        "{printed}"
    );
    assert!(printed.contains(reason), "{printed}");
    assert!(printed.contains("none is negative"), "{printed}");
    let stored = report(&run);
    let scores = &stored["scores"][0][1];
    assert_eq!(scores["scores"][2], json!(["Acc-2 (neg/non-neg)", null]));
    assert_eq!(
        scores["undefined"][0],
        json!(["Acc-2 (neg/non-neg)", "no label is negative"])
    );
    assert_eq!(stored["data"]["labels"]["negative"], 0);
    assert_eq!(stored["data"]["corpus"], Value::Null);
    let kinds: Vec<&str> = (stored["data"]["findings"].as_array().unwrap().iter())
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"one_sided_labels"), "{kinds:?}");

    let evaluated = said(&["evaluate", text(&run), "--split", "test"]);
    assert!(evaluated.contains(reason), "{evaluated}");
    assert!(
        evaluated.contains("labels of train and valid: 1"),
        "{evaluated}"
    );
    let table = said(&["table", text(&run)]);
    let known = "layout safetensors; corpus unknown; labels of train and valid 1";
    assert!(table.contains(known), "{table}");
    assert!(table.contains("warnings of the data doctor: "), "{table}");
    let table = said(&["table", text(&run), "--json"]);
    assert_eq!(
        json(&table)["groups"][0]["runs"][0]["scores"][2],
        Value::Null
    );
    let against = ["--against", "paper", "--corpus", "mosi"];
    let message = refused(&[&["table", text(&run)], &against[..]].concat()).1;
    assert!(
        message.contains("expected those of mosi, from -3 to 3"),
        "{message}"
    );
    said(&["report", text(&run)]);
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains("none is negative"));
}

#[test]
fn each_score_is_beside_that_of_the_constant_predictor() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    let printed = train(&run, &[]);
    let heading = "| Score | valid (12 utterances) | constant |";
    assert!(printed.contains(heading), "{printed}");
    assert!(printed.contains(", the mean label of the train split, for every utterance."));
    let stored = report(&run);
    let constant = &stored["scores"][0][1]["constant"];
    assert_eq!(constant["predictor"]["kind"], "mean");
    assert_eq!(constant["scores"][0], json!(["Corr", null]));
    assert!(constant["scores"][1][1].is_number());
    // JSON has the number of single precision or the nearest of double precision.
    let value = |constant: &Value| constant["predictor"]["value"].as_f64().unwrap() as f32;
    for split in ["valid", "test"] {
        let found = json(&said(&["evaluate", text(&run), "--split", split, "--json"]));
        let found = &found["runs"][0]["constant"];
        assert_eq!(value(found), value(constant));
        let shown = said(&["evaluate", text(&run), "--split", split]);
        assert!(shown.contains("(12 utterances) | constant |"), "{shown}");
    }
    assert_eq!(
        value(&report(&run)["scores"][1][1]["constant"]),
        value(constant)
    );
}

#[test]
fn published_figures_are_marked_where_they_do_not_compare() {
    let dir = tempdir().unwrap();
    let [run, other] = ["run", "other"].map(|name| dir.path().join(name));
    train(&run, &[]);
    copy(&run, &other, "manifest.json", |manifest| {
        manifest["data"]["corpus"] = json!({
            "name": "CMU-MOSEI", "corpus": "mosei", "evidence": "layout", "is_whole": false,
        });
    });
    let against = ["--against", "paper", "--corpus", "mosi", "--resamples", "0"];
    let table = said(&[&["table", text(&run)], &against[..]].concat());
    let mark = "MISA paper (2020), BERT text [not comparable: valid split, published is test]";
    assert!(table.contains(mark), "{table}");
    said(&["evaluate", text(&run), "--split", "test"]);
    let table = said(&[&["table", text(&run)], &against[..]].concat());
    assert!(
        table.contains("[not comparable: 12 test utterances, published 686]"),
        "{table}"
    );
    let message = refused(&[&["table", text(&other)], &against[..]].concat()).1;
    assert!(
        message.contains("its data was recognised as mosei, expected mosi"),
        "{message}"
    );
}

/// Half of a valid split becomes the test split; nothing else changes, and the typing error is told.
#[test]
fn a_file_of_folds_moves_utterances_to_other_splits() {
    let dir = tempdir().unwrap();
    let [data, moved, folds] =
        ["data.safetensors", "moved.safetensors", "folds.json"].map(|name| dir.path().join(name));
    let config = small([6, 4, 2]).with_utterances_per_video(2);
    save(&config, &data, |label| label);
    let before = UtteranceDataset::open(&data).unwrap();
    let ids = |data: &UtteranceDataset, split| -> Vec<String> {
        let utterances = data.split(split).iter();
        utterances.map(|utterance| utterance.id.clone()).collect()
    };
    let valid = ids(&before, Split::Valid);
    let video = valid[2].split('[').next().unwrap();
    let lists = json!({"train": [], "dev": ["nobody"], "test": [video]});
    fs::write(&folds, lists.to_string()).unwrap();
    let convert = ["data", "convert", text(&data), text(&moved)];
    let with_folds = [&convert[..], &["--folds", text(&folds), "--json"]].concat();
    let printed = json(&said(&with_folds));
    assert_eq!(printed["moved"], 2);
    assert_eq!(printed["unknown_names"], json!(["nobody"]));
    let counts = json!({"train": 6, "valid": 2, "test": 4});
    assert_eq!(printed["utterances"], counts);
    let after = UtteranceDataset::open(&moved).unwrap();
    assert_eq!(after.split(Split::Train), before.split(Split::Train));
    assert_eq!(after.split(Split::Valid), &before.split(Split::Valid)[..2]);
    let test = [before.split(Split::Valid), before.split(Split::Test)];
    assert_eq!(after.split(Split::Test), [&test[0][2..], test[1]].concat());

    fs::write(&folds, r#"{"train": [], "test": []}"#).unwrap();
    let again = [&with_folds[..], &["--force"]].concat();
    assert!(refused(&again).1.contains("no split `valid`"));
    // The file that was there still stands.
    let still = UtteranceDataset::open(&moved).unwrap();
    assert_eq!(still.checksum(), after.checksum());
}

/// As of ICT-MMMO: no label is below 0, so none can be generated.
#[test]
fn an_ablation_leaves_out_what_the_labels_do_not_allow() {
    let dir = tempdir().unwrap();
    let [data, out] = ["data.safetensors", "out"].map(|name| dir.path().join(name));
    save(&small([12, 6, 6]), &data, |label| label + 3.0);
    let arguments = [
        "ablation",
        "--data",
        text(&data),
        "--out",
        text(&out),
        "--seeds",
        "1",
    ];
    let variants = ["--variants", "MISA,generated labels", "--epochs", "1"];
    let settings = ["--set", "training.d_hidden=16"];
    let printed = said(&[&arguments[..], &variants, &settings].concat());
    let reason = "generated labels seed 1: left out, train: labels from";
    assert!(printed.contains(reason), "{printed}");
    assert!(printed.contains("| MISA | 1 |"), "{printed}");
}

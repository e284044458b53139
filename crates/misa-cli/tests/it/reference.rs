//! The reference of settings: what it says is true, and messages say the same.

use crate::common::{json, refused, said};
use misa_cli::{
    SettingsArguments,
    settings::{RunSettings, SettingsError},
};
use misa_core::ConfigError;
use misa_terms::{Described, Field, Shape};
use misa_train::TrainError;
use serde_json::{Value, json};
use std::{error::Error, fs, path::Path};

/// Words that only programmers know.
const OF_CODE: &[&str] = &[
    "usize", "u64", "i64", "f64", "f32", "serde", "struct", "enum", "variant", "integer",
    "boolean", "null", "Option", "Some",
];
/// Words that have another meaning where they are not about code.
const OF_MESSAGES: &[&str] = &["sequence", "string", "map", "type"];

/// Switches every optional table on.
const ALL_TABLES: &[&str] = &[
    "training.bert.folder=bert",
    "training.pretraining.masked_epochs=1",
    "training.mutual_attention=on",
    "training.context=on",
    "training.loss.triplet=on",
    "training.loss.prototype=on",
    "training.loss.contrast=on",
    "training.loss.unimodal=on",
];

fn resolved(set: &[&str]) -> Result<Value, Box<dyn Error>> {
    let arguments = SettingsArguments {
        set: set.iter().map(|text| text.to_string()).collect(),
        ..SettingsArguments::default()
    };
    Ok(serde_json::to_value(arguments.resolve(&[])?.value)?)
}

fn message(set: &[&str]) -> String {
    resolved(set).unwrap_err().to_string()
}

fn assert_plain(text: &str) {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    let of_code = words.find(|word| OF_CODE.contains(word));
    assert_eq!(of_code, None, "{text}");
    assert!(!text.contains("::") && !text.contains("[`"), "{text}");
}

fn assert_plain_message(text: &str) {
    assert_plain(text);
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    let of_code = words.find(|word| OF_MESSAGES.contains(word));
    assert_eq!(of_code, None, "{text}");
}

/// Every setting that is no table.
fn settings(shape: &Shape) -> Vec<(String, &Field)> {
    let mut settings = shape.settings();
    settings.retain(|(_, field)| !matches!(field.shape.present(), Shape::Table(_)));
    settings
}

#[test]
fn the_page_of_settings_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = fs::read_to_string(page).unwrap();
    let said = said(&["settings", "--markdown"]);
    assert!(
        page == said,
        "docs/settings.md is not what `misa settings --markdown` prints"
    );
    assert_plain(&said);
}

#[test]
fn every_setting_has_a_meaning_and_a_default_in_words() {
    let found = json(&said(&["settings", "--json"]));
    let all = found["settings"].as_array().unwrap();
    assert_eq!((&found["schema"], all.len() > 80), (&json!(1), true));
    for setting in all {
        let meaning = setting["meaning"].as_str().unwrap();
        assert!(meaning.len() > 8 && meaning.ends_with('.'), "{setting}");
        assert_plain(meaning);
        for choice in setting["choices"].as_array().unwrap() {
            assert_plain(choice["meaning"].as_str().unwrap());
        }
    }
    let of = |key: &str| all.iter().find(|setting| setting["key"] == key).unwrap();
    // The numbers of the official code and of MMSA.
    let batch = of("training.batch_size");
    assert_eq!(batch["default"], 16);
    let others = batch["other_defaults"].as_array().unwrap();
    let value = |condition: &str| {
        let mut others = others.iter();
        &others
            .find(|other| other["condition"] == condition)
            .unwrap()["value"]
    };
    assert_eq!(
        (value("official mosi"), value("official ur_funny")),
        (&json!(64), &json!(32))
    );
    assert_eq!(
        (value("mmsa mosei"), &batch["option"]),
        (&json!(64), &json!("--batch-size"))
    );
    let triplet = of("training.loss.triplet");
    assert_eq!(
        (&triplet["default"], &triplet["is_table"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(
        triplet["other_defaults"],
        json!([{ "condition": "misa+", "value": "on" }])
    );
}

#[test]
fn a_setting_is_explained_by_its_short_name() {
    let found = said(&["settings", "epochs"]);
    assert!(found.starts_with("training.epochs\n"), "{found}");
    assert!(
        found.contains("Default: 500; 6 without data.path\n"),
        "{found}"
    );
    assert!(found.contains("Option: --epochs\n"), "{found}");
    let found = said(&["settings", "training.loss.triplet"]);
    assert_eq!(found.matches("training.loss.triplet").count(), 3, "{found}");
    let (status, message) = refused(&["settings", "learnign_rate"]);
    assert_eq!(status, 1);
    let expected = "misa: unknown setting `learnign_rate`, did you mean `training.bert.learning_rate` or \
                    `training.learning_rate`?";
    assert_eq!(message, expected);
    let (_, message) = refused(&["settings", "unheard_of"]);
    assert!(
        message.ends_with("`misa settings` lists all of them"),
        "{message}"
    );
}

/// A value that a setting of this shape cannot have.
fn wrong_values(shape: &Shape) -> Vec<Value> {
    let [text, number, list] = [json!("a wrong text"), json!(-1.5), json!(["a", 1])];
    let table = json!({ "a": 1 });
    match shape.present() {
        Shape::Flag => vec![text, number, list, table, json!("yes")],
        Shape::Whole => vec![text, number, list, table, json!(true), json!("3")],
        Shape::Number => vec![text, list, table, json!(true), json!("0.3")],
        Shape::Text | Shape::Path => vec![number, list, table, json!(true)],
        _ => vec![text, number, list, table, json!(true), json!({})],
    }
}

#[test]
fn a_wrong_value_of_any_setting_is_refused_in_the_words_of_users() {
    let shape = RunSettings::shape();
    let mut count = 0;
    for (key, field) in settings(&shape) {
        for wrong in wrong_values(&field.shape) {
            let toml = toml::Value::try_from(&wrong).unwrap();
            let message = message(&[&format!("{key}={toml}")]);
            let beginning = format!("--set {key}={toml}: `{key}");
            assert!(message.starts_with(&beginning), "{beginning}: {message}");
            assert!(message.contains(", expected "), "{message}");
            let (_, expected) = message.split_once(", expected ").unwrap();
            assert_plain_message(expected);
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

/// What is set, and the beginning of the message.
const MESSAGES: &[(&str, &str)] = &[
    (
        "training.epochs=x",
        "`training.epochs` is \"x\", expected a whole number",
    ),
    (
        "training.epochs='3'",
        "`training.epochs` is \"3\", expected a whole number without quotes",
    ),
    (
        "training.cell=lstn",
        "`training.cell` is \"lstn\", expected lstm or gru; did you mean `lstm`?",
    ),
    (
        "training.schedule=cosine",
        "`training.schedule` is \"cosine\", expected { cosine = { floor = NUMBER in [0, 1] } }",
    ),
    (
        "training.schedule={cosine={floor=2}}",
        "`training.schedule.cosine.floor` is 2, expected a number in [0, 1]",
    ),
    (
        "training.schedule={plateau={factor=0.5}}",
        "`training.schedule.plateau.patience` is missing, expected a whole number in [1, inf)",
    ),
    (
        "training.gradient_clip=5",
        "`training.gradient_clip` is 5, expected off, { value = NUMBER in (0, inf) } or \
             { norm = NUMBER in (0, inf) }",
    ),
    (
        "training.modalities=text,audio",
        "`training.modalities` is \"audio\", expected text, visual or acoustic",
    ),
    (
        "training.modalities=[]",
        "`training.modalities` is [], expected at least one of text, visual, acoustic in a list",
    ),
    (
        "data.path=2024",
        "`data.path` is 2024, expected a path in quotes: \"2024\"",
    ),
    (
        "training.loss=3",
        "`training.loss` is 3, expected a table with task, regression",
    ),
    (
        "epochs=3",
        "unknown setting `epochs`, did you mean `training.epochs`?",
    ),
    (
        "epoch=3",
        "unknown setting `epoch`, did you mean `training.epochs`?",
    ),
    (
        "train.epochs=3",
        "unknown setting `train.epochs`, did you mean `training.epochs`?",
    ),
    (
        "training.dropout.rate=1",
        "`training.dropout` is {\"rate\":1}, expected a number in [0, 1)",
    ),
];

#[test]
fn messages_name_the_values_that_would_do() {
    for (set, expected) in MESSAGES {
        let found = message(&[set]);
        let expected = format!("--set {set}: {expected}");
        assert!(
            found.starts_with(&expected),
            "expected {expected}\nfound    {found}"
        );
    }
}

#[test]
fn a_value_whose_meaning_is_clear_is_accepted() {
    for (set, key, expected) in [
        (
            "training.modalities=acoustic,text",
            "/training/modalities",
            json!(["text", "acoustic"]),
        ),
        (
            "training.bert.truncation=50",
            "/training/bert/truncation",
            json!({ "tokens": 50 }),
        ),
        (
            "training.bert.freezing=layers:9",
            "/training/bert/freezing",
            json!({ "layers": 9 }),
        ),
        (
            "training.schedule=cosine:0.1",
            "/training/schedule",
            json!({ "cosine": { "floor": 0.1 } }),
        ),
        (
            "training.gradient_clip=norm:5",
            "/training/gradient_clip",
            json!({ "norm": 5.0 }),
        ),
        (
            "training.freeze_embedding=True",
            "/training/freeze_embedding",
            json!(true),
        ),
        ("training.epochs=1e1", "/training/epochs", json!(10)),
        (
            "training.learning_rate=1",
            "/training/learning_rate",
            json!(1.0),
        ),
    ] {
        let settings = resolved(&["training.bert.folder=bert", set]).unwrap();
        assert_eq!(settings.pointer(key), Some(&expected), "{set}");
    }
}

#[test]
fn a_file_is_refused_with_its_line_in_the_same_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.toml");
    fs::write(&path, "[training]\nepochs = 3\nschedule = \"cosine\"\n").unwrap();
    let arguments = SettingsArguments {
        config: vec![path.clone()],
        ..SettingsArguments::default()
    };
    let error = arguments.resolve(&[]).unwrap_err();
    assert!(error.is::<SettingsError>());
    let expected = format!(
        "{}:3: `training.schedule` is \"cosine\", expected {{ cosine = {{ floor = NUMBER in [0, 1] }} }}",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn options_are_refused_in_the_same_words() {
    for (arguments, expected) in [
        (
            ["--epochs", "x"],
            "invalid value 'x' for '--epochs <N>': expected a whole number",
        ),
        (
            ["--batch-size", "0"],
            "invalid value '0' for '--batch-size <N>': expected a whole number in [1, inf)",
        ),
        (
            ["--normalise", "both"],
            "invalid value 'both' for '--normalise <HOW>': expected utterance or train",
        ),
        (
            ["--preset", "best"],
            "invalid value 'best' for '--preset <NAME>': expected official, mmsa or misa+",
        ),
    ] {
        let (status, message) = refused(&[&["train", "--dry-run"], &arguments[..]].concat());
        assert_eq!(status, 2);
        assert!(message.contains(expected), "{message}");
    }
}

/// Where a setting has a range, exactly the numbers in it pass the check of the settings.
#[test]
fn ranges_are_those_that_are_checked() {
    let shape = RunSettings::shape();
    let all = resolved(ALL_TABLES).unwrap();
    let is_in_range = |settings: &Value| {
        let settings: RunSettings = serde_json::from_value(settings.clone()).unwrap();
        !matches!(
            settings.validate(),
            Err(TrainError::Config(
                ConfigError::OutOfRange { .. } | ConfigError::Heads { n_heads: 0, .. }
            ))
        )
    };
    assert!(is_in_range(&all));
    let mut count = 0;
    for (key, field) in settings(&shape) {
        let probes: &[f64] = match field.shape.present() {
            Shape::Whole => &[
                0.0,
                1.0,
                2.0,
                64.0,
                65.0,
                1024.0,
                1025.0,
                1e6,
                1_000_001.0,
                16_777_218.0,
            ],
            Shape::Number => &[-1.0, 0.0, 1e-9, 0.5, 1.0, 1.5, 100.0],
            _ => continue,
        };
        for &probe in probes {
            let mut settings = all.clone();
            let place = settings.pointer_mut(&format!("/{}", key.replace('.', "/")));
            let place = place.unwrap_or_else(|| panic!("no {key}"));
            *place = match field.shape.present() {
                Shape::Whole => json!(probe as u64),
                _ => json!(probe),
            };
            let expected = field
                .range
                .as_ref()
                .is_none_or(|range| range.contains(probe));
            assert_eq!(
                is_in_range(&settings),
                expected,
                "{key} = {probe}, range {:?}",
                field.range
            );
            count += 1;
        }
    }
    assert!(count > 250, "{count}");
}

//! The reference of settings: what it says is true, and messages say the same.

mod messages;

use crate::common::{json, refused, said};
use misa_cli::SettingsArguments;
use misa_cli::settings::{RunSettings, SettingsError};
use misa_core::ConfigError;
use misa_terms::{Described, Field, Shape};
use misa_train::TrainError;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;

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
    let similarity = of("training.loss.similarity");
    assert_eq!(
        similarity["other_defaults"],
        json!([{ "condition": "misa+", "value": "mmd" }])
    );
}

#[test]
fn a_setting_is_explained_by_its_short_name() {
    let found = said(&["settings", "epochs"]);
    assert!(found.starts_with("training.epochs\n"), "{found}");
    assert!(
        found.contains("Default: 500; 12 for fine-tuned; 6 without data.path\n"),
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

//! Files of a model whose values cannot be meant.

use crate::support::{labelled, save, sizes, words};
use burn::tensor::{Device, TensorData};
use misa_core::MisaConfig;
use misa_infer::prelude::*;
use misa_terms::{Normalisation, PerModality, Scaling};
use serde_json::{Value, json};
use std::fs;

/// Reads a model after one value of one of its files was replaced: the error, without the folder.
fn refusal(file: &str, pointer: &str, value: Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    let utterances = labelled();
    let config = MisaConfig::new(sizes(words())).with_d_hidden(8);
    save(&config, folder.path(), |checkpoint| {
        let calibration = checkpoint.calibrate(&utterances, &Device::flex());
        checkpoint.calibration = calibration.unwrap();
        let scaling = Scaling::of(Normalisation::Train, &utterances, &PerModality::default());
        checkpoint.scaling = Some(scaling.unwrap());
    });
    let path = folder.path().join(file);
    let mut content: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    Predictor::load(folder.path(), &Device::flex()).unwrap();
    *content.pointer_mut(pointer).unwrap() = value;
    fs::write(&path, content.to_string()).unwrap();
    let error = Predictor::load(folder.path(), &Device::flex()).unwrap_err();
    let error = error.to_string();
    let shown = path.display().to_string();
    error.strip_prefix(&shown).unwrap().to_string()
}

#[test]
fn a_scaling_of_other_features_is_refused() {
    let refused = |pointer, value| refusal("preprocessor_config.json", pointer, value);
    assert_eq!(
        refused("/scaling/train/visual/mean", json!([0.5])),
        ": scaling of visual: expected 20 means, one for each feature, found 1 means"
    );
    assert_eq!(
        refused("/scaling/train/acoustic/deviation", json!([])),
        ": scaling of acoustic: expected 7 deviations, one for each feature, found 0 deviations"
    );
    assert_eq!(
        refused("/scaling/train/acoustic/deviation/3", json!(-2.0)),
        ": scaling of acoustic: expected deviations of at least 0, found -2"
    );
}

#[test]
fn preprocessing_that_is_not_known_is_refused() {
    let refused = |pointer, value| refusal("preprocessor_config.json", pointer, value);
    let misspelt = json!({"scalings": "utterance", "truncation": null});
    assert_eq!(refused("", misspelt), ": unknown key `scalings`");
    let newer = json!({"version": 9, "scaling": null, "truncation": null});
    let error = refused("", newer);
    assert!(
        error.starts_with(": written by a newer misa (version 9 of this file)"),
        "{error}"
    );
}

#[test]
fn intervals_that_no_measurement_gives_are_refused() {
    let refused = |pointer, value| refusal("calibration.json", pointer, value);
    assert_eq!(
        refused("/sets/0/half_widths/0/half_width", json!(-5.0)),
        ": expected a half-width of at least 0, found -5"
    );
    assert_eq!(
        refused("/sets/6/half_widths/1/level", json!(7.0)),
        ": expected a level between 0 and 1, found 7"
    );
    assert_eq!(
        refused("/sets/0/temperature", json!(0.0)),
        ": expected a temperature above 0, found 0"
    );
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = MisaConfig::new(sizes(words())).with_d_hidden(8);
    save(&config, folder.path(), |checkpoint| {
        let mut weights = checkpoint.model.state_dict();
        let name = "fusion.fusion_layer_3.bias".to_string();
        weights.insert(name, TensorData::from([f32::NAN]));
        let (model, _) = checkpoint.model.clone().load_state_dict(&weights).unwrap();
        checkpoint.model = model;
    });
    let error = Predictor::load(folder.path(), &Device::flex()).unwrap_err();
    let expected = "model.safetensors: tensor `fusion.fusion_layer_3.bias`: expected finite numbers, found NaN at \
                    number 0 (from 0)";
    assert!(error.to_string().ends_with(expected), "{error}");
}

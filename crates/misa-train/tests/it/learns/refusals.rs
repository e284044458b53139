//! What stops a run before it starts.

use super::{config, data, run, two_classes, utterance};
use crate::support::load;
use burn::prelude::*;
use misa_data::UtteranceDataset;
use misa_train::TrainingConfig;
use std::fs;
use tempfile::tempdir;

#[test]
fn a_configuration_that_asks_for_the_moon_is_refused() {
    let dir = tempdir().unwrap();
    run(&config().with_epochs(1), data(), dir.path()).unwrap();
    let path = dir.path().join("checkpoint/config.json");
    let json = fs::read_to_string(&path).unwrap();
    let json = json.replace("\"d_hidden\": 16", "\"d_hidden\": 10000000");
    fs::write(&path, json).unwrap();
    let error = load(dir.path().join("checkpoint"), &Device::flex()).unwrap_err();
    assert!(
        error.to_string().contains("expected [10000000, 10000000]"),
        "{error}"
    );
}

#[test]
fn word_vectors_without_words_are_an_error() {
    let dir = tempdir().unwrap();
    let one = || vec![utterance("a", 1.0)];
    let data = UtteranceDataset::from_splits(one(), one(), vec![], None).unwrap();
    let config = config().with_glove(Some("vectors.txt".into()));
    assert_eq!(
        run(&config, data, dir.path()).unwrap_err().to_string(),
        "text of this model is not read as word ids, so it has no embedding to fill"
    );
}

#[test]
fn what_cannot_be_trained_on_is_one_clear_error() {
    let dir = tempdir().unwrap();
    let error = |config: &TrainingConfig, train, valid| {
        let data = UtteranceDataset::from_splits(train, valid, vec![], None).unwrap();
        run(config, data, dir.path()).unwrap_err().to_string()
    };
    let one = || vec![utterance("a", 1.0)];
    assert_eq!(
        error(&config(), one(), vec![]),
        "split `valid` has no utterances, expected at least 1"
    );
    assert_eq!(
        error(&two_classes(), one(), vec![utterance("b", 1.5)]),
        "valid: utterance `b`: label 1.5, expected a class from 0 to 1"
    );
    assert_eq!(
        error(&config().with_dropout(1.5), one(), one()),
        "dropout must be in [0, 1), got 1.5"
    );
    assert_eq!(
        error(&config(), one(), vec![utterance("huge", 3e38)]),
        "valid split: epoch 1, step 1: task loss is inf, expected a finite number; utterances of \
         the batch: huge"
    );
    // A finite label whose square is not.
    assert_eq!(
        error(&config(), vec![utterance("huge", 3e38)], one()),
        "epoch 1, step 1: task loss is inf, expected a finite number; utterances of the batch: huge"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let folder = file.join("run");
    let error = run(&config().with_epochs(1), data(), &folder)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with(&folder.display().to_string()), "{error}");
}

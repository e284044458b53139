//! Labels of single modalities: those of the data, and generated ones.

use crate::beyond::{config, dataset, small, trained, without_labels};
use crate::support::train_with;
use burn::prelude::*;
use misa_core::Modality;
use misa_core::loss::{MisaLossConfig, Term, UnimodalLabels, UnimodalLossConfig};
use misa_data::{Split, UtteranceDataset};
use misa_train::{Phase, PretrainingConfig, Progress, Report, TrainingConfig, score_test};
use std::path::Path;
use tempfile::tempdir;

/// The same utterances, with labels of text and acoustic that are opposite to those of the utterances.
fn opposite(data: &UtteranceDataset) -> UtteranceDataset {
    let [train, valid, test] = Split::ALL.map(|split| {
        let mut utterances = data.split(split).to_vec();
        for utterance in &mut utterances {
            let label = -utterance.label;
            utterance.modality_labels.text = Some(label);
            utterance.modality_labels.acoustic = Some(label);
        }
        utterances
    });
    UtteranceDataset::from_splits(train, valid, test, data.vocabulary().cloned()).unwrap()
}

fn unimodal(labels: UnimodalLabels) -> MisaLossConfig {
    let unimodal = UnimodalLossConfig::new().with_labels(labels);
    MisaLossConfig::new().with_unimodal(Some(unimodal.with_weight(1.0)))
}

/// Scores the test split once more: its scores stand after those of the valid split, once.
fn assert_test_scores_are_beside(before: &Report, data: UtteranceDataset, folder: &Path) {
    let (_, test) = data.lock_test();
    let report = score_test(folder, test, &Device::flex()).unwrap();
    assert_eq!(report.modality_scores, before.modality_scores);
    let found: Vec<_> = (report.modality_scores.iter())
        .map(|score| (score.split, score.modality, score.utterances))
        .collect();
    let [text, acoustic] = [Modality::Text, Modality::Acoustic];
    let expected = [(Split::Valid, 40), (Split::Test, 60)]
        .map(|(split, count)| [(split, text, count), (split, acoustic, count)]);
    assert_eq!(found, expected.concat());
}

/// Voice, which a small set teaches more than words, learns the opposite of what both modalities together learn.
#[test]
fn each_modality_learns_its_own_label() {
    let data = opposite(&dataset(small()));
    let scores = |labels| {
        let dir = tempdir().unwrap();
        let config = config().with_epochs(8).with_loss(unimodal(labels));
        let config = config.with_modalities("text,acoustic".parse().unwrap());
        let report = trained(&config, data.clone(), dir.path());
        let shown = report.to_string();
        assert!(shown.contains("| text | valid | 40 | "), "{shown}");
        let read = Report::read(dir.path()).unwrap();
        assert_eq!(read.modality_scores, report.modality_scores);
        assert_test_scores_are_beside(&report, data.clone(), dir.path());
        let acoustic = read.modality_scores[1];
        (acoustic.corr.unwrap(), acoustic.mae)
    };
    let (own, error) = scores(UnimodalLabels::Modality);
    assert!(own > 0.3, "{own}");
    let (opposite, worse) = scores(UnimodalLabels::Utterance);
    assert!(
        opposite < -0.3 && worse > error,
        "{opposite} {worse} {error}"
    );
}

#[test]
fn a_modality_without_labels_of_its_own_is_refused() {
    let dir = tempdir().unwrap();
    let config = config().with_loss(unimodal(UnimodalLabels::Modality));
    let data = opposite(&dataset(small()));
    let device = Device::flex();
    let started = train_with(&config, data, &device, dir.path(), Progress::Silent);
    let error = started.unwrap_err().to_string();
    let expected = "train: no labels of visual alone, expected one for each utterance";
    assert!(error.starts_with(expected), "{error}");
}

fn generating() -> UnimodalLossConfig {
    UnimodalLossConfig::new()
        .with_labels(UnimodalLabels::Generated)
        .with_weight(1.0)
}

/// Labels change in the second epoch, so losses do in the third. No valid utterance has such labels.
#[test]
fn generated_labels_count_from_the_third_epoch_on() {
    let loss = MisaLossConfig::new().with_unimodal(Some(generating()));
    let before = PretrainingConfig::new().with_unimodal_epochs(1);
    let config = config().with_loss(loss).with_pretraining(Some(before));
    let dir = tempdir().unwrap();
    let report = trained(&config, dataset(small()), dir.path());
    let history = report
        .history
        .iter()
        .filter(|epoch| epoch.phase == Phase::Joint);
    let (train, valid): (Vec<f64>, Vec<f64>) = history
        .map(|epoch| {
            (
                epoch.train[Term::Unimodal],
                epoch.valid_terms[Term::Unimodal],
            )
        })
        .unzip();
    assert_eq!(train[..2], [0.0; 2]);
    assert!(train[2] > 1e-3 && train[3] > 1e-3, "{train:?}");
    assert_eq!(valid, [0.0; 4]);
}

#[test]
fn labels_are_generated_only_from_labels_of_two_sides_within_the_bound() {
    let error = |config: &TrainingConfig, data| {
        let dir = tempdir().unwrap();
        let started = train_with(config, data, &Device::flex(), dir.path(), Progress::Silent);
        started.unwrap_err().to_string()
    };
    let loss = |unimodal| MisaLossConfig::new().with_unimodal(Some(unimodal));
    let with = |unimodal| config().with_loss(loss(unimodal));
    let data = dataset(small());
    let found = error(&with(generating()), without_labels(&data));
    let start =
        "train: labels from 0 to 0, expected some below and some above 0, and all within 3 of";
    assert!(found.starts_with(start), "{found}");
    let found = error(&with(generating().with_bound(0.5)), data);
    assert!(found.contains("all within 0.5 of it"), "{found}");
}

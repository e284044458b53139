//! Pre-training, transfer and missing modalities.

use crate::support::{self, train, train_with};
use burn::prelude::*;
use misa_core::loss::Term;
use misa_core::{ContextConfig, Modality};
use misa_data::{Split, SyntheticConfig, TextSequence, UtteranceDataset};
use misa_train::{
    Checkpoint, Phase, Predictions, PretrainingConfig, Progress, Report, TrainingConfig,
};
use std::path::Path;
use tempfile::tempdir;

pub(crate) fn dataset(config: SyntheticConfig) -> UtteranceDataset {
    let config = config.with_train(120).with_valid(40).with_test(60);
    let config = config.with_d_acoustic(5).with_mean_steps(6.0);
    config.generate().dataset
}

pub(crate) fn small() -> SyntheticConfig {
    SyntheticConfig::new().with_d_visual(6)
}

pub(crate) fn config() -> TrainingConfig {
    TrainingConfig::new()
        .with_seed(3)
        .with_epochs(4)
        .with_batch_size(12)
        .with_learning_rate(3e-3)
        .with_d_hidden(16)
        .with_d_embedding(8)
}

pub(crate) fn trained(config: &TrainingConfig, data: UtteranceDataset, dir: &Path) -> Report {
    train_with(config, data, &Device::flex(), dir, Progress::Silent).unwrap()
}

fn load(dir: &Path) -> Checkpoint {
    support::load(dir.join(Checkpoint::FOLDER), &Device::flex()).unwrap()
}

/// The same utterances with every label 0.
pub(crate) fn without_labels(data: &UtteranceDataset) -> UtteranceDataset {
    let [train, valid, test] = Split::ALL.map(|split| {
        let mut utterances = data.split(split).to_vec();
        for utterance in &mut utterances {
            utterance.label = 0.0;
        }
        utterances
    });
    UtteranceDataset::from_splits(train, valid, test, data.vocabulary().cloned()).unwrap()
}

#[test]
fn hidden_steps_are_learned_without_labels() {
    let before = PretrainingConfig::new().with_masked_epochs(6);
    let config = config().with_pretraining(Some(before)).with_epochs(0);
    let (with, without) = (tempdir().unwrap(), tempdir().unwrap());
    let data = dataset(small());
    let report = trained(&config, data.clone(), with.path());
    trained(&config, without_labels(&data), without.path());

    let errors: Vec<f64> = report
        .history
        .iter()
        .map(|epoch| epoch.valid_terms[Term::Task])
        .collect();
    assert!(errors[5] < 0.9 * errors[0] && errors[5] < 1.0, "{errors:?}");
    assert!(
        report
            .history
            .iter()
            .all(|epoch| epoch.phase == Phase::Masked)
    );
    let [with, without] = [with, without].map(|dir| load(dir.path()).model.state_dict());
    assert_eq!(with.to_bytes().unwrap(), without.to_bytes().unwrap());
}

#[test]
fn unimodal_epochs_come_before_the_objective_and_choose_nothing() {
    let before = PretrainingConfig::new().with_unimodal_epochs(3);
    let dir = tempdir().unwrap();
    let config = config().with_pretraining(Some(before));
    let report = trained(&config, dataset(small()), dir.path());
    let phases: Vec<Phase> = report.history.iter().map(|epoch| epoch.phase).collect();
    assert_eq!(phases[..3], [Phase::Unimodal; 3]);
    assert_eq!(phases[3..], [Phase::Joint; 4]);
    assert!(report.best_epoch > 3);
    assert!(report.history[..3].iter().all(|epoch| !epoch.improved));
    assert!(report.history[2].train[Term::Task] < report.history[0].train[Term::Task]);
    assert!(
        report
            .to_string()
            .contains("The first 3 epochs were pre-training.")
    );
}

#[test]
fn what_fits_is_taken_over_and_what_does_not_is_listed() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    trained(&config(), dataset(small()), first.path());
    // Other visual features and fewer words: the first visual layer cannot be the same.
    let other = dataset(small().with_d_visual(9).with_words(50));
    let config = config()
        .with_transfer(Some(first.path().to_path_buf()))
        .with_learning_rate(1e-30)
        .with_epochs(1);
    let report = trained(&config, other.clone(), second.path());
    let found = report.transfer.as_ref().unwrap();
    let names: Vec<&str> = found
        .misshaped
        .iter()
        .map(|(name, ..)| name.as_str())
        .collect();
    assert!(names.contains(&"vrnn1.weight_ih_l0") && names.contains(&"project_v.project_v.weight"));
    assert!(
        names.iter().all(|name| name.starts_with(['v', 'p'])),
        "{names:?}"
    );
    assert!(found.missing.is_empty() && found.unused.is_empty());

    let (own, source) = (load(second.path()), load(first.path()));
    let (own_words, source_words) = (own.vocabulary.unwrap(), source.vocabulary.unwrap());
    let shared = own_words
        .iter()
        .filter(|(_, word)| source_words.word(source_words.id(word)) == Some(word));
    assert_eq!(found.words, Some((shared.count(), own_words.len())));
    let (own, source) = (own.model.state_dict(), source.model.state_dict());
    assert_eq!(found.taken, own.names().count() - names.len());
    let vector = |weights: &misa_core::StateDict, id: u32| -> Vec<f32> {
        let table = weights.get("embed.weight").unwrap();
        table.iter().skip(8 * id as usize).take(8).collect()
    };
    let (id, word) = own_words.iter().last().unwrap();
    assert_eq!(vector(&own, id), vector(&source, source_words.id(word)));
    let kept = "transformer_encoder.layers.0.linear1.weight";
    assert_eq!(own.get(kept), source.get(kept));
    assert!(
        report
            .to_string()
            .contains("initialised randomly: other shape")
    );
}

#[test]
fn a_model_predicts_from_whatever_is_there() {
    let dir = tempdir().unwrap();
    let data = dataset(small());
    let config = config().with_modality_dropout(0.3).with_epochs(12);
    trained(&config, data.clone(), dir.path());
    let checkpoint = load(dir.path());
    let device = Device::flex();
    let test = data.split(Split::Test);
    let text = checkpoint
        .predict_from(test, "text".parse().unwrap(), &device)
        .unwrap();
    // Nothing else is read, whatever it is.
    let mut blind = test.to_vec();
    for utterance in &mut blind {
        utterance.visual = data.split(Split::Train)[0].visual.clone();
        utterance.acoustic = data.split(Split::Train)[1].acoustic.clone();
    }
    let again = checkpoint
        .predict_from(&blind, "text".parse().unwrap(), &device)
        .unwrap();
    assert_eq!(text, again);
    let mut deaf = test.to_vec();
    deaf.iter_mut().for_each(|utterance| {
        if let TextSequence::Words(words) = &mut utterance.text {
            words.reverse();
            utterance.words.reverse();
        }
    });
    assert_ne!(
        text,
        checkpoint
            .predict_from(&deaf, "text".parse().unwrap(), &device)
            .unwrap()
    );
    let whole = checkpoint.predict(test, &device).unwrap();
    assert_eq!(
        whole,
        checkpoint
            .predict_from(test, Default::default(), &device)
            .unwrap()
    );

    let subsets = checkpoint.subsets(test, &device).unwrap();
    assert_eq!(subsets.len(), 7);
    assert_eq!(subsets[0].0.count(), 3);
    let curve = checkpoint
        .degradation(test, &[0.0, 0.9], 3, 1, &device)
        .unwrap();
    let corr = |scores: &[(String, Option<f64>)]| {
        scores
            .iter()
            .find(|(name, _)| name == "Corr")
            .unwrap()
            .1
            .unwrap()
    };
    assert_eq!(corr(&curve[0].scores), corr(&subsets[0].1));
    assert!(corr(&curve[1].scores) < corr(&curve[0].scores));
    assert!(subsets.iter().any(|(set, _)| !set.contains(Modality::Text)));
}

#[test]
fn a_model_without_any_of_the_modalities_left_says_so() {
    let dir = tempdir().unwrap();
    let data = dataset(small());
    let config = config().with_modalities("text".parse().unwrap());
    trained(&config.with_epochs(1), data.clone(), dir.path());
    let test = data.split(Split::Test);
    let voice = "acoustic".parse().unwrap();
    let error = load(dir.path())
        .predict_from(test, voice, &Device::flex())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("at least one of text, visual, acoustic"),
        "{error}"
    );
}

fn with_context() -> TrainingConfig {
    config().with_context(Some(ContextConfig::new().with_dropout(0.0)))
}

#[test]
fn context_learns_what_a_video_says_of_its_utterances() {
    let (with, without) = (tempdir().unwrap(), tempdir().unwrap());
    let data = SyntheticConfig::new().with_utterances_per_video(8);
    let data = data.with_train(480).with_valid(120).with_test(240);
    let data = data.with_d_visual(6).with_d_acoustic(5);
    let data = data.with_mean_steps(6.0).generate().dataset;
    let config = config().with_batch_size(16).with_dropout(0.1);
    let config = config.with_epochs(15);
    let error = |config: &TrainingConfig, dir: &Path| {
        let report = trained(config, data.clone(), dir);
        let scores = report.scores_of(Split::Test).unwrap();
        scores.get("MAE").unwrap()
    };
    let in_context = config.clone().with_context(Some(ContextConfig::new()));
    let with = error(&in_context, with.path());
    let without = error(&config, without.path());
    assert!(with < 0.9 * without, "{with} {without}");
}

/// Videos that lie mixed in the file: predictions are those of whole videos, in the file's order.
#[test]
fn videos_are_predicted_whole_and_told_in_the_order_of_the_file() {
    let dir = tempdir().unwrap();
    let data = dataset(small().with_utterances_per_video(6));
    let [learned, valid, test] = Split::ALL.map(|split| {
        let utterances = data.split(split);
        let turns = (0..6).flat_map(|turn| utterances.iter().skip(turn).step_by(6));
        turns.cloned().collect::<Vec<_>>()
    });
    let vocabulary = data.vocabulary().cloned();
    let mixed =
        UtteranceDataset::from_splits(learned, valid.clone(), test.clone(), vocabulary).unwrap();
    let report = trained(&with_context(), mixed, dir.path());
    let device = Device::flex();
    for (split, utterances) in [(Split::Valid, valid), (Split::Test, test)] {
        let written = Predictions::read(dir.path(), split).unwrap().0;
        let predicted = load(dir.path()).predict(&utterances, &device).unwrap();
        let found = load(dir.path()).represent(&utterances, &device).unwrap();
        assert_eq!(found.predictions, predicted);
        let rows = written.iter().zip(&utterances).zip(&predicted);
        for ((row, utterance), prediction) in rows {
            assert_eq!((&row.id, row.target), (&utterance.id, utterance.label));
            assert!((row.prediction - prediction).abs() < 1e-5, "{}", row.id);
        }
        let errors = (utterances.iter().zip(&predicted))
            .map(|(utterance, prediction)| f64::from((utterance.label - prediction).abs()));
        let mean = errors.sum::<f64>() / utterances.len() as f64;
        let score = report.scores_of(split).unwrap().get("MAE").unwrap();
        assert!((mean - score).abs() < 1e-5);
        // Without the rest of its video, an utterance is predicted differently.
        let alone = load(dir.path()).predict(&utterances[..1], &device).unwrap();
        assert!((alone[0] - predicted[0]).abs() > 1e-5);
    }
}

#[test]
fn context_without_videos_is_one_clear_error() {
    let dir = tempdir().unwrap();
    let error = train(
        &with_context(),
        dataset(small()),
        &Device::flex(),
        dir.path(),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "train: no two utterances are from one video, expected ids such as `video[4]` or \
         `video$_$4` for context, found `train[0]`"
    );
}

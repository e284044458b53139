//! Short runs, end to end.

mod intervals;
mod refusals;

use crate::support::{load, train_with};
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, Similarity, Term};
use misa_core::{Modalities, Task};
use misa_data::{
    Normalisation, Order, RecipeScaling, RecipeStamp, Recipes, Sequence, Split, SyntheticConfig,
    TextSequence, Utterance, UtteranceDataset,
};
use misa_train::{Progress, Report, TrainError, TrainingConfig};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

fn data() -> UtteranceDataset {
    let config = SyntheticConfig::new()
        .with_train(64)
        .with_valid(16)
        .with_test(16);
    let config = config
        .with_d_visual(6)
        .with_d_acoustic(5)
        .with_mean_steps(5.0);
    config.generate().dataset
}

fn config() -> TrainingConfig {
    TrainingConfig::new()
        .with_seed(7)
        .with_epochs(15)
        .with_patience(20)
        .with_batch_size(16)
        .with_learning_rate(3e-3)
        .with_d_hidden(16)
        .with_d_embedding(8)
}

fn run(config: &TrainingConfig, data: UtteranceDataset, dir: &Path) -> Result<Report, TrainError> {
    train_with(config, data, &Device::flex(), dir, Progress::Silent)
}

fn utterance(id: &str, label: f32) -> Utterance {
    let features = Sequence::new(1, vec![0.5; 2]).unwrap();
    let text = TextSequence::Features(features.clone());
    Utterance::new(id, vec![], text, features.clone(), features, label).unwrap()
}

#[test]
fn loss_falls_and_the_best_model_is_scored() {
    let dir = tempdir().unwrap();
    let report = run(&config(), data(), dir.path()).unwrap();
    let task: Vec<_> = report
        .history
        .iter()
        .map(|epoch| epoch.train[Term::Task])
        .collect();
    assert!(task[14] < task[0] / 2.0, "{task:?}");

    let best = &report.history[report.best_epoch - 1];
    let losses = report
        .history
        .iter()
        .map(|epoch| epoch.valid_terms[Term::Task]);
    assert_eq!(
        best.valid_terms[Term::Task],
        losses.fold(f64::INFINITY, f64::min)
    );
    let valid = report.scores_of(Split::Valid).unwrap();
    assert_eq!(
        valid.task_loss,
        best.valid_terms[Term::Task],
        "another model is scored"
    );
    assert_eq!(valid.scores, best.valid);
    assert_eq!(report.scores_of(Split::Test).unwrap().utterances, 16);
}

#[test]
fn a_seed_gives_the_same_bytes_twice_and_another_gives_others() {
    let weights = |seed, order| {
        let dir = tempdir().unwrap();
        let config = config().with_seed(seed).with_epochs(2).with_order(order);
        run(&config, data(), dir.path()).unwrap();
        fs::read(dir.path().join("checkpoint/model.safetensors")).unwrap()
    };
    assert!(weights(1, Order::Shuffled) == weights(1, Order::Shuffled));
    assert!(weights(1, Order::Shuffled) != weights(2, Order::Shuffled));
    let bucketed = Order::Bucketed { batches: 2 };
    assert!(weights(1, bucketed) == weights(1, bucketed));
}

#[test]
fn a_checkpoint_predicts_what_was_scored() {
    let dir = tempdir().unwrap();
    let report = run(&config().with_epochs(2), data(), dir.path()).unwrap();
    let device = Device::flex();
    let checkpoint = load(dir.path().join("checkpoint"), &device).unwrap();
    let data = data();
    let words = |vocabulary: &misa_data::Vocabulary| -> Vec<String> {
        vocabulary
            .iter()
            .map(|(_, word)| word.to_string())
            .collect()
    };
    let vocabulary = checkpoint.vocabulary.as_ref().unwrap();
    assert_eq!(words(vocabulary), words(data.vocabulary().unwrap()));

    let test = data.split(Split::Test);
    let predictions = checkpoint.predict(test, &device).unwrap();
    let errors = predictions
        .iter()
        .zip(test)
        .map(|(p, utterance)| (p - utterance.label).abs());
    let error = errors.sum::<f32>() / test.len() as f32;
    let reported = report.scores_of(Split::Test).unwrap().get("MAE").unwrap();
    assert!(
        (f64::from(error) - reported).abs() < 1e-5,
        "{error} and {reported}"
    );
}

/// The same utterance from a data set whose vocabulary has other ids.
#[test]
fn words_are_looked_up_in_the_models_own_vocabulary() {
    let dir = tempdir().unwrap();
    run(&config().with_epochs(1), data(), dir.path()).unwrap();
    let device = Device::flex();
    let checkpoint = load(dir.path().join("checkpoint"), &device).unwrap();
    let utterance = data().split(Split::Test)[0].clone();
    let mut other = utterance.clone();
    other.text = TextSequence::Words(vec![999_999; utterance.text.steps()]);
    let predict = |utterance: Utterance| checkpoint.predict(&[utterance], &device);
    assert_eq!(
        predict(utterance.clone()).unwrap(),
        predict(other.clone()).unwrap()
    );

    other.words.clear();
    let error = predict(other).unwrap_err().to_string();
    assert!(error.contains("text has word id 999999"), "{error}");
    let mut narrow = utterance;
    narrow.visual = Sequence::new(2, vec![0.0; 4]).unwrap();
    let error = predict(narrow).unwrap_err().to_string();
    assert!(
        error.ends_with("visual has 2 features, the model expects 6 features"),
        "{error}"
    );
}

#[test]
fn a_checkpoint_scales_by_the_train_split_it_was_trained_on() {
    let dir = tempdir().unwrap();
    let config = config()
        .with_epochs(1)
        .with_normalisation(Some(Normalisation::Train));
    let report = run(&config, data(), dir.path()).unwrap();
    let checkpoint = load(dir.path().join("checkpoint"), &Device::flex()).unwrap();
    let data = data();
    let test = data.split(Split::Test);
    let predictions = checkpoint.predict(test, &Device::flex()).unwrap();
    let targets: Vec<f32> = test.iter().map(|utterance| utterance.label).collect();
    let error = misa_train::score::mean_absolute_error(&predictions, &targets);
    let reported = report.scores_of(Split::Test).unwrap().get("MAE").unwrap();
    assert!((error - reported).abs() < 1e-5, "{error} and {reported}");
}

/// The data of the other tests, where faces are missing: in some steps, and of two utterances as a whole.
fn data_with_absent_steps() -> UtteranceDataset {
    let data = data();
    let splits = Split::ALL.map(|split| {
        let mut utterances = data.split(split).to_vec();
        for (number, utterance) in utterances.iter_mut().enumerate() {
            let visual = &utterance.visual;
            let steps = 0..visual.steps();
            let absent: Vec<bool> = steps.map(|step| number == 1 || step % 3 == 1).collect();
            let (d_input, mut values) = (visual.d_input(), visual.values().to_vec());
            for (row, &absent) in values.chunks_mut(d_input).zip(&absent) {
                if absent {
                    row.fill(0.0);
                }
            }
            utterance.visual = Sequence::with_absent(d_input, values, absent).unwrap();
        }
        utterances
    });
    let [train, valid, test] = splits;
    UtteranceDataset::from_splits(train, valid, test, data.vocabulary().cloned()).unwrap()
}

fn recipes(data: &UtteranceDataset) -> Recipes {
    let sizes = data.feature_sizes();
    let recipe = |digit: &str, columns: usize, scaling| {
        let columns = (0..columns).map(|column| format!("c{column}")).collect();
        let mut recipe = RecipeStamp::new("made", 1, digit.repeat(64), "tool", columns);
        recipe.scaling = scaling;
        Some(recipe)
    };
    Recipes {
        text: None,
        visual: recipe("0", sizes.visual, RecipeScaling::Robust),
        acoustic: recipe("1", sizes.acoustic, RecipeScaling::None),
    }
}

#[test]
fn a_run_learns_from_what_is_not_absent_and_keeps_the_recipes() {
    let dir = tempdir().unwrap();
    let data = data_with_absent_steps();
    let recipes = recipes(&data);
    let data = data.with_recipes(recipes.clone()).unwrap();
    let config = config()
        .with_epochs(2)
        .with_modality_dropout(0.3)
        .with_absent_column(true)
        .with_normalisation(Some(Normalisation::Recipe));
    let report = run(&config, data.clone(), dir.path()).unwrap();
    assert!(
        report
            .history
            .iter()
            .all(|epoch| epoch.train[misa_core::loss::Term::Task].is_finite())
    );
    let folder = dir.path().join("checkpoint");
    let checkpoint = load(&folder, &Device::flex()).unwrap();
    assert_eq!(checkpoint.recipes, recipes);
    assert!(checkpoint.config.settings.absent_column);
    let notes = |data: &Recipes| checkpoint.fit_recipes(data).unwrap().notes;
    assert_eq!(notes(data.recipes()), Vec::<String>::new());
    assert_eq!(notes(&Recipes::default()).len(), 2);
    let verified = misa_train::Checkpoint::verify(&folder).unwrap().unwrap();
    let is_recipes = |file: &&misa_train::VerifiedFile| file.path == "recipes.json";
    let state = verified.iter().find(is_recipes).unwrap().state;
    assert_eq!(state, misa_train::FileState::Whole);
    let predictions = checkpoint
        .predict(data.split(Split::Test), &Device::flex())
        .unwrap();
    assert!(predictions.iter().all(|prediction| prediction.is_finite()));

    // Data without recipes cannot be scaled by them, and leave no recipe behind.
    let error = run(&config, data_with_absent_steps(), &dir.path().join("other")).unwrap_err();
    let expected = "normalisation cannot be `recipe`: the visual features have no recipe";
    assert_eq!(error.to_string(), expected);
    let config = config.with_normalisation(Some(Normalisation::Robust));
    run(&config, data_with_absent_steps(), dir.path()).unwrap();
    assert!(!folder.join("recipes.json").exists());
}

#[test]
fn a_checkpoint_leaves_nothing_of_the_one_it_replaces() {
    let dir = tempdir().unwrap();
    let with_words = config()
        .with_epochs(1)
        .with_normalisation(Some(Normalisation::Train));
    run(&with_words, data(), dir.path()).unwrap();
    let utterances = |n: usize| (0..n).map(|i| utterance(&i.to_string(), 1.0)).collect();
    let features = UtteranceDataset::from_splits(utterances(4), utterances(2), vec![], None);
    run(&config().with_epochs(1), features.unwrap(), dir.path()).unwrap();
    let checkpoint = load(dir.path().join("checkpoint"), &Device::flex()).unwrap();
    assert!(checkpoint.vocabulary.is_none() && checkpoint.scaling.is_none());
}

#[test]
fn reports_are_read_back_and_tell_what_matters() {
    let dir = tempdir().unwrap();
    let report = run(&config().with_epochs(1), data(), dir.path()).unwrap();
    let read = Report::read(dir.path()).unwrap();
    assert_eq!(read.scores, report.scores);
    assert_eq!(read.history, report.history);

    let markdown = fs::read_to_string(dir.path().join("report.md")).unwrap();
    assert_eq!(markdown, report.to_string());
    let data = data();
    for part in [
        "seed 7",
        "Acc-2 (neg/pos)",
        "F1 (neg/non-neg)",
        "burn 0.22.1",
        data.checksum(),
    ] {
        assert!(markdown.contains(part), "`{part}` is not in\n{markdown}");
    }
}

#[test]
fn every_kind_of_objective_trains() {
    let adversarial = MisaLossConfig::new()
        .with_similarity(Similarity::Adversarial)
        .with_discrimination_weight(0.1);
    let modalities: Modalities = "text,acoustic".parse().unwrap();
    for config in [
        config().with_loss(adversarial),
        config().with_modalities(modalities),
        config().with_accumulation(3),
    ] {
        let dir = tempdir().unwrap();
        let report = run(&config.with_epochs(6), data(), dir.path()).unwrap();
        let losses: Vec<_> = report
            .history
            .iter()
            .map(|epoch| epoch.train[Term::Task])
            .collect();
        assert!(losses[5] < losses[0], "{losses:?}");
    }
}

/// Labels above 0 are one class, the others the other.
fn humour() -> UtteranceDataset {
    let data = data();
    let [train, valid, test] = Split::ALL.map(|split| {
        let utterances = data.split(split).iter().cloned();
        let classes = utterances.map(|utterance| Utterance {
            label: f32::from(u8::from(utterance.label > 0.0)),
            ..utterance
        });
        classes.collect()
    });
    UtteranceDataset::from_splits(train, valid, test, data.vocabulary().cloned()).unwrap()
}

fn two_classes() -> TrainingConfig {
    let task = Task::Classification { classes: 2 };
    config().with_loss(MisaLossConfig::new().with_task(task))
}

#[test]
fn classes_are_learned() {
    let dir = tempdir().unwrap();
    let config = two_classes().with_learning_rate(1e-3).with_dropout(0.1);
    let report = run(&config, humour(), dir.path()).unwrap();
    let task: Vec<_> = report
        .history
        .iter()
        .map(|epoch| epoch.train[Term::Task])
        .collect();
    // Chance is ln 2, 0.69.
    assert!(task[14] < 0.5, "{task:?}");
    let scores = report.scores_of(Split::Test).unwrap();
    assert!(scores.get("Acc").is_some() && scores.get("F1").is_some());
}

#[test]
fn runs_in_one_process_do_not_disturb_each_other() {
    let dir = tempdir().unwrap();
    let data = data();
    let config = config().with_epochs(1);
    let report = |name: &str| {
        let folder = dir.path().join(name);
        train_with(
            &config,
            data.clone(),
            &Device::flex(),
            folder,
            Progress::Silent,
        )
        .unwrap()
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| report("first"));
        let second = report("second");
        (first.join().unwrap(), second)
    });
    assert_eq!(first.scores, second.scores);
}

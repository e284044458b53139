//! Utterances that lack a modality while a model is trained.

use crate::beyond::{config, dataset, small, trained};
use crate::support::{alone, load, train_completion};
use crate::trainer::{LEARNING_RATE, batches, data, learner_of, trainer};
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, UnimodalLabels, UnimodalLossConfig};
use misa_core::{AbsentSteps, Modality, PerModality};
use misa_data::{Sequence, Split, Utterance, UtteranceBatch, UtteranceDataset};
use misa_train::{Checkpoint, CompletionTraining, Phase};
use tempfile::tempdir;

/// Rows of the batch whose visual steps are absent.
const LACKING: [usize; 2] = [0, 3];

fn with_labels(labels: UnimodalLabels) -> MisaLossConfig {
    let unimodal = UnimodalLossConfig::new().with_labels(labels);
    MisaLossConfig::new().with_unimodal(Some(unimodal))
}

/// Every step of a modality is absent in the rows that `lacks` it.
fn without(
    mut batch: UtteranceBatch,
    modality: Modality,
    lacks: impl Fn(usize) -> bool,
) -> UtteranceBatch {
    let lengths = batch.input.lengths.get(modality).iter().enumerate();
    let flags = lengths.map(|(row, &length)| vec![lacks(row); length]);
    let absent = AbsentSteps::new(flags.collect());
    *batch.input.absent.get_mut(modality) = absent;
    batch
}

fn without_visual(batch: UtteranceBatch) -> UtteranceBatch {
    without(batch, Modality::Visual, |row| LACKING.contains(&row))
}

/// Labels of each modality: those of the utterances, but of visual in these rows.
fn with_visual_label(mut batch: UtteranceBatch, label: f32) -> UtteranceBatch {
    let mut labels: Vec<f32> = batch.targets.to_data().iter::<f32>().collect();
    for row in LACKING {
        labels[row] = label;
    }
    let shape = [labels.len(), 1];
    let visual = Tensor::from_data(TensorData::new(labels, shape), &batch.targets.device());
    batch.modality_targets = PerModality {
        visual: Some(visual),
        ..PerModality::from_fn(|_| Some(batch.targets.clone()))
    };
    batch
}

#[test]
fn nothing_is_learned_before_from_a_modality_that_an_utterance_lacks() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let learner = learner_of(with_labels(UnimodalLabels::Modality), &data, &device);
    let first = || batches(&data, &device).remove(0);
    let learned = |batch: UtteranceBatch| -> (Vec<f32>, Vec<u8>) {
        let mut trainer = trainer(learner.clone());
        trainer.set_phase(Phase::Unimodal);
        let predictions = trainer.learn(batch).predictions.to_data();
        trainer.update(LEARNING_RATE).unwrap();
        let weights = trainer.learner().model.state_dict().to_bytes().unwrap();
        (predictions.iter::<f32>().collect(), weights)
    };
    let of = |label| with_visual_label(first(), label);
    assert!(learned(of(50.0)).1 != learned(of(-2.0)).1);
    let (predictions, weights) = learned(without_visual(of(50.0)));
    assert!(weights == learned(without_visual(of(-2.0))).1);

    // The prediction is the mean over the modalities that an utterance has.
    let of_each = learner
        .model
        .predict_unimodal(&without_visual(first()).input);
    let of_each = of_each.unwrap();
    let values = |x: &Tensor<2>| -> Vec<f32> { x.to_data().iter::<f32>().collect() };
    let (text, visual) = (values(&of_each.text), values(&of_each.visual));
    let acoustic = values(&of_each.acoustic);
    for (row, prediction) in predictions.into_iter().enumerate() {
        let heard = text[row] + acoustic[row];
        let expected = if LACKING.contains(&row) {
            heard / 2.0
        } else {
            (heard + visual[row]) / 3.0
        };
        assert!((prediction - expected).abs() < 1e-5, "row {row}");
    }
}

#[test]
fn modality_dropout_keeps_the_only_modality_of_an_utterance() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let predictions = |probability| -> Vec<f32> {
        let mut learner = learner_of(MisaLossConfig::new(), &data, &device);
        learner.modality_dropout = probability;
        let batch = without(batches(&data, &device).remove(0), Modality::Visual, |_| {
            true
        });
        let batch = without(batch, Modality::Acoustic, |_| true);
        let output = trainer(learner).learn(batch);
        output.predictions.to_data().iter::<f32>().collect()
    };
    assert_eq!(predictions(0.99), predictions(0.0));
}

/// Every visual step becomes absent.
fn hide_face(utterance: &mut Utterance) {
    let (steps, d_input) = (utterance.visual.steps(), utterance.visual.d_input());
    let zeros = vec![0.0; steps * d_input];
    utterance.visual = Sequence::with_absent(d_input, zeros, vec![true; steps]).unwrap();
}

#[test]
fn utterances_that_lack_a_modality_complete_nothing_and_are_counted() {
    let dir = tempdir().unwrap();
    let data = dataset(small());
    trained(&config().with_epochs(1), data.clone(), dir.path());
    let device = Device::flex();
    let complete = |without_face: [usize; 2]| {
        let checkpoint = load(dir.path().join(Checkpoint::FOLDER), &device).unwrap();
        let whole = |split| data.split(split).to_vec();
        let [mut train, mut valid] = [Split::Train, Split::Valid].map(whole);
        for (split, count) in [&mut train, &mut valid].into_iter().zip(without_face) {
            split.iter_mut().take(count).for_each(hide_face);
        }
        let words = data.vocabulary().cloned();
        let data = UtteranceDataset::from_splits(train, valid, vec![], words).unwrap();
        train_completion(checkpoint, &data.lock_test().0, 1, &device)
    };
    let fit = complete([3, 2]).unwrap().1;
    assert_eq!((fit.train, fit.train_left_out), (117, 3));
    assert_eq!((fit.valid, fit.valid_left_out), (38, 2));
    let fit = complete([0, 0]).unwrap().1;
    assert_eq!([fit.train_left_out, fit.valid_left_out], [0, 0]);
    assert_eq!(
        complete([0, 40]).err().unwrap().to_string(),
        "split `valid`: each of its 40 utterances lacks a modality in use, expected at least 1 that has all of them"
    );
    let checkpoint = load(dir.path().join(Checkpoint::FOLDER), &device).unwrap();
    let (train, words) = (
        data.split(Split::Train).to_vec(),
        data.vocabulary().cloned(),
    );
    let no_valid = UtteranceDataset::from_splits(train, vec![], vec![], words).unwrap();
    let error = train_completion(checkpoint, &no_valid.lock_test().0, 1, &device).err();
    assert_eq!(
        error.unwrap().to_string(),
        "split `valid` has no utterances, expected at least 1"
    );
}

#[test]
fn completion_out_of_range_is_refused() {
    let dir = tempdir().unwrap();
    let data = dataset(small());
    trained(&config().with_epochs(1), data.clone(), dir.path());
    let device = Device::flex();
    let checkpoint = load(dir.path().join(Checkpoint::FOLDER), &device).unwrap();
    let refused = train_completion(checkpoint, &data.lock_test().0, 0, &device);
    assert_eq!(
        refused.err().unwrap().to_string(),
        "completion.epochs must be in [1, inf), got 0"
    );
    let default = CompletionTraining::default;
    let refused = |training: CompletionTraining| training.validate().unwrap_err().to_string();
    let batch_size = 0;
    let training = CompletionTraining {
        batch_size,
        ..default()
    };
    let expected = "completion.batch_size must be in [1, inf), got 0";
    assert_eq!(refused(training), expected);
    let learning_rate = f64::NAN;
    let training = CompletionTraining {
        learning_rate,
        ..default()
    };
    let expected = "completion.learning_rate must be in (0, inf), got NaN";
    assert_eq!(refused(training), expected);
    default().validate().unwrap();
}

/// What is only heard is heard at every rate.
#[test]
fn scores_with_modalities_missing_keep_the_only_one_of_an_utterance() {
    let dir = tempdir().unwrap();
    let data = dataset(small());
    let config = config().with_epochs(1);
    let config = config.with_modalities("visual,acoustic".parse().unwrap());
    trained(&config, data.clone(), dir.path());
    let mut heard = data.split(Split::Test).to_vec();
    heard.iter_mut().for_each(hide_face);
    let device = Device::flex();
    let checkpoint = load(dir.path().join(Checkpoint::FOLDER), &device).unwrap();
    let curve = checkpoint.degradation(&heard, &[0.0, 0.9], 2, 1, &device);
    let curve = curve.unwrap();
    assert_eq!(curve[0].scores, curve[1].scores);
}

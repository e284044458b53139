//! Steps of the trainer against Burn's own optimiser.

use crate::support::alone;
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamConfig, GradientsParams};
use burn::prelude::*;
use burn::tensor::Tolerance;
use burn::train::TrainStep;
use misa_core::loss::{MisaLossConfig, Similarity, UnimodalLabels, UnimodalLossConfig};
use misa_core::{MisaConfig, Modality};
use misa_data::{
    Split, SyntheticConfig, Utterance, UtteranceBatch, UtteranceBatcher, UtteranceDataset,
};
use misa_train::{Adam, LearningRates, MisaLearner, Trainer};
use std::thread;

pub(crate) const LEARNING_RATE: f64 = 1e-2;
const CLIP: f64 = 0.02;
/// Large, so that gradients which are rounding alone are not scaled up to a learning rate.
const EPSILON: f64 = 1e-3;

pub(crate) fn data() -> UtteranceDataset {
    let config = SyntheticConfig::new().with_train(48).with_valid(4);
    let config = config.with_test(4).with_d_visual(6).with_d_acoustic(5);
    config.with_mean_steps(5.0).generate().dataset
}

/// The same in every test; without dropout, which would draw from what they share.
fn learner(data: &UtteranceDataset, device: &Device) -> MisaLearner {
    learner_of(MisaLossConfig::new(), data, device)
}

pub(crate) fn learner_of(
    loss: MisaLossConfig,
    data: &UtteranceDataset,
    device: &Device,
) -> MisaLearner {
    device.seed(3);
    let model = MisaConfig::new(data.feature_sizes())
        .with_d_hidden(16)
        .with_d_embedding(8)
        .with_dropout(0.0)
        .with_attention_dropout(0.0)
        .with_unimodal_heads(loss.unimodal.is_some())
        .with_adversary(loss.similarity == Similarity::Adversarial);
    MisaLearner::new(model.init(device), loss.init(device))
}

pub(crate) fn batches(data: &UtteranceDataset, device: &Device) -> Vec<UtteranceBatch> {
    let groups = data.split(Split::Train).chunks(8).enumerate();
    let batch = |(index, utterances): (usize, &[Utterance])| {
        let places: Vec<usize> = (8 * index..8 * index + utterances.len()).collect();
        let batch = UtteranceBatcher::default().batch(utterances, device);
        UtteranceBatch {
            seed: index as u64,
            ..batch.with_places(&places)
        }
    };
    groups.map(batch).collect()
}

pub(crate) fn trainer(learner: MisaLearner) -> Trainer {
    Trainer::new(
        learner,
        Adam {
            epsilon: EPSILON,
            clip: Some(CLIP),
            ..Adam::default()
        },
    )
}

/// Threads that wait for a part of one trainer's step may begin one of another trainer.
#[test]
fn clones_of_a_learner_are_trained_side_by_side() {
    let _alone = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let learner = learner(&data, &device);
    let batches = batches(&data, &device);
    let train = |learner: MisaLearner| {
        let mut trainer = trainer(learner);
        for batch in batches.iter().cycle().take(20) {
            trainer.learn(batch.clone());
            trainer.update(LEARNING_RATE).unwrap();
        }
        trainer.learner()
    };
    let expected = train(learner.clone());
    thread::scope(|scope| {
        let clones = [(); 4].map(|()| learner.clone());
        let trained = clones.map(|learner| scope.spawn(|| train(learner)));
        for trained in trained {
            assert_equal(&trained.join().unwrap(), &expected, 0.0);
        }
    });
}

fn assert_equal(actual: &MisaLearner, expected: &MisaLearner, tolerance: f32) {
    let actual = actual.model.state_dict();
    let expected = expected.model.state_dict();
    assert!(actual.names().eq(expected.names()));
    for name in actual.names() {
        let (actual, expected) = (actual.get(name).unwrap(), expected.get(name).unwrap());
        actual.assert_approx_eq::<f32>(expected, Tolerance::absolute(tolerance));
    }
}

/// Burn's Adam moves every word vector in every step; ours those that are read, when they are.
#[test]
fn steps_are_those_of_a_dense_optimiser() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let mut expected = learner(&data, &device);
    let mut trainer = trainer(expected.clone());
    let mut optimiser = AdamConfig::new()
        .with_epsilon(EPSILON as f32)
        .with_grad_clipping(Some(GradientClippingConfig::Value(CLIP as f32)))
        .init();
    for batch in batches(&data, &device) {
        let loss = trainer.learn(batch.clone()).loss.total;
        trainer.update(LEARNING_RATE).unwrap();
        let output = TrainStep::step(&expected, batch.into());
        let expected_loss = output.item.loss.total.clone().into_scalar::<f32>();
        assert!((loss.into_scalar::<f32>() - expected_loss).abs() < 1e-4);
        expected = optimiser.step(LEARNING_RATE, expected, output.grads);
    }
    assert_equal(&trainer.learner(), &expected, 2e-5);
}

/// The first step of Adam is about as long as the rate.
#[test]
fn an_adversary_has_a_learning_rate_of_its_own() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let loss = MisaLossConfig::new().with_similarity(Similarity::Adversarial);
    let learner = learner_of(loss, &data, &device);
    let before = learner.model.state_dict();
    let mut trainer = Trainer::new(learner, Adam::default());
    trainer.learn(batches(&data, &device).remove(0));
    let rates = LearningRates {
        adversary: 1e-2,
        ..LearningRates::from(1e-4)
    };
    trainer.update(rates).unwrap();
    let after = trainer.learner().model.state_dict();
    for name in before.names() {
        let [old, new] = [&before, &after].map(|weights| weights.get(name).unwrap());
        let moved = old
            .iter::<f32>()
            .zip(new.iter::<f32>())
            .map(|(old, new)| (old - new).abs())
            .fold(0.0, f32::max);
        let range = if name.starts_with("discriminator.") {
            5e-3..1.1e-2
        } else {
            0.0..1.1e-4
        };
        assert!(range.contains(&moved), "{name} moved by {moved}");
    }
}

#[test]
fn gradients_of_several_batches_add_up_before_an_update() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let mut expected = learner(&data, &device);
    let mut trainer = trainer(expected.clone());
    let mut optimiser = AdamConfig::new()
        .with_epsilon(EPSILON as f32)
        .with_grad_clipping(Some(GradientClippingConfig::Value(CLIP as f32)))
        .init();
    for group in batches(&data, &device).chunks(3) {
        let mut gradients = burn::optim::GradientsAccumulator::new();
        for batch in group {
            trainer.learn(batch.clone());
            let output = TrainStep::step(&expected, batch.clone().into());
            gradients.accumulate(&expected, output.grads);
        }
        trainer.update(LEARNING_RATE).unwrap();
        let gradients: GradientsParams = gradients.grads();
        expected = optimiser.step(LEARNING_RATE, expected, gradients);
    }
    assert_equal(&trainer.learner(), &expected, 2e-5);
}

/// What was handed out is not touched by further training.
#[test]
fn a_learner_handed_out_stays_as_it_is() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let mut trainer = trainer(learner(&data, &device));
    let batches = batches(&data, &device);
    trainer.learn(batches[0].clone());
    trainer.update(LEARNING_RATE).unwrap();
    let handed_out = trainer.learner();
    let before = handed_out.model.state_dict();
    for batch in &batches[1..] {
        trainer.learn(batch.clone());
        trainer.update(LEARNING_RATE).unwrap();
    }
    let after = handed_out.model.state_dict();
    for name in before.names() {
        (before.get(name).unwrap()).assert_eq(after.get(name).unwrap(), true);
    }
}

/// Two workers read the batches of a step side by side; what is learned is what one learns.
#[test]
fn several_devices_share_the_batches_of_a_step() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let learner = learner(&data, &device);
    let mut expected = trainer(learner.clone());
    let mut actual = trainer(learner).with_devices(std::slice::from_ref(&device));
    assert_eq!((expected.devices(), actual.devices()), (1, 2));
    for pair in batches(&data, &device).chunks(2) {
        let alone: Vec<_> = pair
            .iter()
            .map(|batch| expected.learn(batch.clone()))
            .collect();
        let together = actual.learn_together(pair.to_vec()).unwrap();
        for (alone, together) in alone.iter().zip(&together) {
            assert_eq!(alone.seed, together.seed);
            let (alone, together) = (alone.predictions.to_data(), together.predictions.to_data());
            together.assert_approx_eq::<f32>(&alone, Tolerance::absolute(1e-4));
        }
        let norms = [&mut expected, &mut actual].map(|trainer| trainer.update(LEARNING_RATE));
        let [alone, together] = norms.map(Result::unwrap);
        assert!(
            (alone - together).abs() < 1e-4 * alone,
            "{alone} {together}"
        );
    }
    assert_equal(&actual.learner(), &expected.learner(), 2e-5);
}

/// Six batches, in steps of two: by one device, and by two side by side.
#[test]
fn labels_are_generated_in_the_order_of_the_batches() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let config = UnimodalLossConfig::new().with_labels(UnimodalLabels::Generated);
    let targets = data
        .split(Split::Train)
        .iter()
        .map(|utterance| utterance.label);
    let targets: Vec<f32> = targets.collect();
    let loss = MisaLossConfig::new().with_unimodal(Some(config.clone()));
    let learner = learner_of(loss, &data, &device);
    let labels = || Some(config.generated(&targets));
    let mut one = trainer(learner.clone()).with_generated_labels(labels());
    let mut two = trainer(learner).with_generated_labels(labels());
    two = two.with_devices(std::slice::from_ref(&device));
    let text = |trainer: &Trainer| -> Vec<f64> {
        trainer
            .generated_labels()
            .unwrap()
            .labels(Modality::Text)
            .to_vec()
    };
    for epoch in 1..=2 {
        for trainer in [&mut one, &mut two] {
            trainer.set_epoch(epoch);
        }
        for pair in batches(&data, &device).chunks(2) {
            let before = text(&one);
            for batch in pair {
                one.learn(batch.clone());
            }
            assert_eq!(text(&one), before, "changed before the step");
            two.learn_together(pair.to_vec()).unwrap();
            for trainer in [&mut one, &mut two] {
                trainer.update(LEARNING_RATE).unwrap();
            }
            assert_eq!(text(&one) != before, epoch == 2);
        }
    }
    // Rounding moves a label far where the fused features lie in the middle.
    let (one, two) = (text(&one), text(&two));
    let differs = |(one, two): &(&f64, &f64)| (*one - *two).abs() > 1e-2;
    let far = one.iter().zip(&two).filter(differs).count();
    assert!(far < one.len() / 6, "{one:?} {two:?}");
}

#[test]
fn a_worker_that_fails_is_named() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let trainer = trainer(learner(&data, &device));
    let mut trainer = trainer.with_devices(std::slice::from_ref(&device));
    let mut group = batches(&data, &device);
    group.truncate(2);
    group[1].input.visual = Tensor::zeros([8, 3, 1], &device);
    let error = trainer.learn_together(group).unwrap_err().to_string();
    assert!(error.contains("device 1"), "{error}");
}

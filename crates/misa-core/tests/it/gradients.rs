//! Which parameters learn.

use crate::common::{self, Sample, config, input, with_weights};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, Similarity, Term};
use misa_core::{
    ActivationKind, CellKind, Misa, MisaConfig, MisaInput, Modalities, PerModality, StateDict,
    weights,
};
use std::collections::BTreeSet;

fn batch(device: &Device) -> MisaInput {
    let samples: Vec<_> = (1..=5)
        .map(|n| {
            Sample::new(
                PerModality {
                    text: n,
                    visual: 6 - n,
                    acoustic: n + 1,
                },
                n as u64,
            )
        })
        .collect();
    input(&samples, 0, 0.0, device)
}

fn device() -> Device {
    common::device().autodiff()
}

/// Gradients of the total loss by official name.
fn gradients(model: &Misa, loss: &MisaLossConfig) -> StateDict {
    let device = device();
    let targets = Tensor::from_data([[1.0], [-2.0], [0.5], [3.0], [-0.5]], &device);
    let output = model.forward(&batch(&device));
    let terms = loss.init(&device).forward(&output, targets);
    weights::gradient_dict(model, "", &terms.total.backward())
}

fn assert_every_parameter_learns(config: MisaConfig, loss: MisaLossConfig) {
    // Without dropout no unit is silent by chance, and this activation has no dead side.
    let config = config.with_dropout(0.0).with_attention_dropout(0.0);
    let model = config
        .with_activation(ActivationKind::PRelu)
        .init(&device());
    let gradients = gradients(&model, &loss);
    let parameters = model.state_dict();
    let expected: BTreeSet<_> = parameters.names().collect();
    assert_eq!(gradients.names().collect::<BTreeSet<_>>(), expected);
    for name in gradients.names() {
        let values: Vec<f32> = gradients.get(name).unwrap().iter().collect();
        assert!(
            values.iter().all(|x| x.is_finite()),
            "{name}: gradient is not finite"
        );
        assert!(values.iter().any(|x| *x != 0.0), "{name}: gradient is zero");
    }
}

#[test]
fn every_parameter_learns_with_moments() {
    for cell in [CellKind::Lstm, CellKind::Gru] {
        assert_every_parameter_learns(config().with_cell(cell), MisaLossConfig::new());
    }
}

#[test]
fn every_parameter_learns_with_an_adversary_and_a_discriminator() {
    let config = config()
        .with_adversary(true)
        .with_subspace_discriminator(true);
    let loss = MisaLossConfig::new()
        .with_similarity(Similarity::Adversarial)
        .with_discrimination_weight(0.1);
    assert_every_parameter_learns(config, loss);
}

#[test]
fn every_parameter_learns_without_a_modality() {
    for modalities in ["text,acoustic", "visual,acoustic", "text"] {
        let modalities: Modalities = modalities.parse().unwrap();
        assert_every_parameter_learns(config().with_modalities(modalities), MisaLossConfig::new());
    }
}

/// As in the official code, which computes its logits for no loss.
#[test]
fn the_discriminator_does_not_learn_by_default() {
    let model = config().with_subspace_discriminator(true).init(&device());
    let gradients = gradients(&model, &MisaLossConfig::new());
    assert!(
        gradients
            .names()
            .all(|name| !name.starts_with("sp_discriminator"))
    );
    assert!(
        model
            .state_dict()
            .names()
            .any(|name| name.starts_with("sp_discriminator"))
    );
}

#[test]
fn a_frozen_embedding_stays_bit_by_bit() {
    // This activation has no dead side, behind which nothing would learn.
    let config = config().with_activation(ActivationKind::PRelu);
    let model = config.with_freeze_embedding(true).init(&device());
    let before = model.state_dict();
    let mut optimiser: ModuleOptimizer = AdamConfig::new().init();
    let device = device();
    let output = model.forward(&batch(&device));
    let terms = MisaLossConfig::new()
        .init(&device)
        .forward(&output, Tensor::ones([5, 1], &device));
    let gradients = GradientsParams::from_grads(terms.total.backward(), &model);
    let after = optimiser.step(0.1, model, gradients).state_dict();

    assert_eq!(before.get("embed.weight"), after.get("embed.weight"));
    assert_ne!(
        before.get("trnn1.weight_ih_l0"),
        after.get("trnn1.weight_ih_l0")
    );
}

/// One utterance has no spread: every central moment is zero on both sides.
#[test]
fn a_batch_of_one_has_finite_losses_and_gradients() {
    let device = device();
    let model = config().init(&device);
    let sample = Sample::new(
        PerModality {
            text: 3,
            visual: 1,
            acoustic: 2,
        },
        7,
    );
    let output = model.forward(&input(&[sample], 0, 0.0, &device));
    let terms = MisaLossConfig::new()
        .init(&device)
        .forward(&output, Tensor::ones([1, 1], &device));
    assert!(terms.total.clone().into_scalar::<f32>().is_finite());
    let gradients = weights::gradient_dict(&model, "", &terms.total.backward());
    for name in gradients.names() {
        let mut values = gradients.get(name).unwrap().iter::<f32>();
        assert!(values.all(f32::is_finite), "{name}");
    }
}

#[test]
fn loss_falls_on_a_few_utterances() {
    let device = device();
    let config = config().with_dropout(0.0).with_attention_dropout(0.0);
    let mut model = with_weights(config.with_d_hidden(32).init(&device), 0.2);
    let objective = MisaLossConfig::new().init(&device);
    let targets = Tensor::<2>::from_data([[1.0], [-2.0], [0.5], [3.0], [-0.5]], &device);
    let mut optimiser: ModuleOptimizer = AdamConfig::new().with_epsilon(1e-8).init();
    let mut losses = Vec::new();
    for _ in 0..300 {
        let terms = objective.forward(&model.forward(&batch(&device)), targets.clone());
        losses.push(terms[Term::Task].clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(terms.total.backward(), &model);
        model = optimiser.step(2e-3, model, gradients);
    }
    assert!(losses[0] > 1.0, "{}", losses[0]);
    assert!(losses[299] < 0.05, "{}", losses[299]);
}

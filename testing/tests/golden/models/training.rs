//! Steps of the optimiser.

use super::case::Case;
use super::values;
use crate::tensors::{assert_within, host};
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use misa_core::loss::MisaLoss;
use misa_core::{Misa, MisaInput, StateDict};
use misa_testing::Tensors;

/// Five optimiser steps on the same batch.
pub fn check_training(
    mut model: Misa,
    objective: &MisaLoss,
    input: &MisaInput,
    targets: &Tensor<2>,
    case: &Case,
    stored: &Tensors,
) {
    let before = model.state_dict();
    let lr = case.lr.expect("a learning rate");
    let mut optimiser: ModuleOptimizer = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_grad_clipping(case.clip.map(GradientClippingConfig::Value))
        .init();
    for step in 1..=5 {
        let terms = objective.forward(&model.forward(input), targets.clone());
        if let Some(Some(expected)) = case.loss_curve_f64.get(step - 1) {
            let what = format!("loss before step {step}");
            assert_within(&what, &host(&terms.total), &[*expected], |x| {
                5e-5 + 5e-5 * x.abs()
            });
        }
        let gradients = GradientsParams::from_grads(terms.total.backward(), &model);
        model = optimiser.step(lr, model, gradients);
        if matches!(step, 1 | 2 | 5) {
            check_parameters(&model.state_dict(), step, lr, stored);
        }
    }
    let after = model.state_dict();
    for name in &case.frozen_params {
        assert_eq!(after.get(name), before.get(name), "{name} is frozen");
    }
    let output = model.valid().forward(input);
    let expected = stored.get("f64.o_after5");
    assert_within(
        "o_after5",
        &host(&output.prediction),
        &expected.values,
        |_| 5e-5,
    );
}

fn check_parameters(parameters: &StateDict, step: usize, lr: f64, stored: &Tensors) {
    let mut count = 0;
    for (prefix, gradient) in [
        (format!("adam{step}."), "f64.grad."),
        (format!("f64.adam{step}head."), "f64.gradhead."),
    ] {
        for (name, expected) in stored.with_prefix(&prefix) {
            // Adam changes an element by the learning rate, however small its gradient is. So if the
            // gradient is only rounding error, the direction is random.
            let loose = 2.0 * lr * step as f64;
            let gradients = stored.find(&format!("{gradient}{name}"));
            let actual = values(parameters, name);
            for (index, &expected) in expected.values.iter().enumerate() {
                let gradient = gradients.map_or(0.0, |gradients| gradients.values[index]);
                let tolerance = if gradient.abs() > 1e-5 { 1e-6 } else { loose };
                let what = format!("{prefix}{name}[{index}]");
                assert_within(&what, &[actual[index]], &[expected], |_| tolerance);
            }
            count += 1;
        }
    }
    assert!(count > 0, "no parameters after step {step}");
}

//! Whether two devices compute the same training step.
//!
//! On a GPU, compiling the kernels takes far longer than the step, so the model is tiny and its modalities share
//! their shapes where they can.

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::encoder::bert::{BertConfig, BertEncoderConfig, BertFreezing, BertInput};
use misa_core::loss::{MisaLossConfig, MisaLossTerms};
use misa_core::{
    FeatureSizes, Misa, MisaConfig, MisaInput, PerModality, StateDict, TextInput, TextSize, weights,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Largest difference that still agrees, as a share of the largest element of the tensor.
pub const TOLERANCE: f32 = 1e-3;

const BATCH: usize = 3;
const STEPS: usize = 2;
const D_VISUAL: usize = 2;
const D_ACOUSTIC: usize = 3;
/// A tensor of smaller elements is compared as if its largest were this.
const FLOOR: f32 = 1e-3;
/// Factor of every weight but those of the norms.
const ENLARGEMENT: f32 = 2.0;
/// Far above rounding, so that an element whose gradient is rounding alone hardly moves; with
/// the usual 1e-8 it moves by the learning rate, in a direction that is chance.
const ADAM_EPSILON: f32 = 1e-3;
/// Place of BERT in the model.
const BERT: &str = "text.Bert";

/// Values by their names.
type Values = BTreeMap<String, Vec<f32>>;

/// What two devices computed from the same weights and input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parity {
    /// Number of tensors compared: losses, predictions, gradients and parameters after the step.
    pub tensors: usize,
    /// Largest difference of an element, as a share of the largest element of its tensor. NaN where one of
    /// them is not a number.
    pub largest_difference: f32,
    /// Each tensor that differs by more than [`TOLERANCE`], with the element that differs most.
    pub disagreements: Vec<String>,
}

impl Parity {
    /// Whether every tensor agrees.
    pub fn agrees(&self) -> bool {
        self.disagreements.is_empty()
    }

    fn of(expected: &Values, found: &Values) -> Self {
        let mut parity = Self {
            tensors: expected.len(),
            largest_difference: 0.0,
            disagreements: Vec::new(),
        };
        for name in found.keys().filter(|&name| !expected.contains_key(name)) {
            parity.disagreements.push(format!("{name}: not expected"));
        }
        for (name, expected) in expected {
            match found.get(name) {
                Some(found) if found.len() == expected.len() => {
                    parity.compare(name, found, expected)
                }
                Some(found) => parity.disagreements.push(format!(
                    "{name}: {} elements, expected {}",
                    found.len(),
                    expected.len()
                )),
                None => parity.disagreements.push(format!("{name}: missing")),
            }
        }
        parity
    }

    fn compare(&mut self, name: &str, found: &[f32], expected: &[f32]) {
        let largest = (expected.iter()).fold(FLOOR, |largest, x| largest.max(x.abs()));
        let pairs = found.iter().zip(expected);
        let differs_most = pairs.max_by(|x, y| (x.0 - x.1).abs().total_cmp(&(y.0 - y.1).abs()));
        let Some((found, expected)) = differs_most else {
            return;
        };
        let difference = (found - expected).abs() / largest;
        // `f32::max` would hide what is not a number.
        if difference.is_nan() || difference > self.largest_difference {
            self.largest_difference = difference;
        }
        let agrees = difference <= TOLERANCE;
        if !agrees {
            let line = format!("{name}: {found}, expected {expected}, largest {largest}");
            self.disagreements.push(line);
        }
    }
}

/// Compares a training step of MISA on `device` with one on `reference`; neither is an autodiff device.
pub fn of_model(reference: &Device, device: &Device) -> Parity {
    let reference = reference.clone().autodiff();
    reference.seed(5);
    let weights = initial_weights(&reference);
    let expected = step(&weights, &reference);
    Parity::of(&expected, &step(&weights, &device.clone().autodiff()))
}

/// Compares a training step of a BERT whose first layer is frozen, as [`of_model`] does.
pub fn of_bert(reference: &Device, device: &Device) -> Parity {
    let reference = reference.clone().autodiff();
    reference.seed(6);
    let weights = weights::state_dict(&bert_config().init(&reference), BERT);
    let expected = bert_step(&weights, &reference);
    Parity::of(&expected, &bert_step(&weights, &device.clone().autodiff()))
}

fn bert_config() -> BertEncoderConfig {
    let sizes = BertConfig {
        vocabulary: 7,
        d_model: 4,
        n_layers: 2,
        n_heads: 2,
        d_feed_forward: 6,
        positions: 5,
        dropout: 0.0,
        attention_dropout: 0.0,
        ..BertConfig::BASE
    };
    BertEncoderConfig::new(sizes).with_freezing(BertFreezing::Layers(1))
}

/// Every value of a step of BERT alone, by its name.
fn bert_step(weights: &StateDict, device: &Device) -> Values {
    let (bert, _) = weights::load(bert_config().init(device), BERT, weights)
        .expect("the weights are of this BERT");
    let input = BertInput {
        ids: Tensor::from_data([[2, 3, 4], [5, 6, 1]], device),
        types: None,
        lengths: vec![3, 2],
    };
    let encoded = bert.forward(&input).encoded;
    let factors = [[0.5f32, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, 1.0]];
    let scalar = (encoded.clone() * Tensor::from_data(factors, device)).sum();
    let gradients = scalar.backward();
    let mut values = BTreeMap::from([("encoded".to_owned(), host(encoded))]);
    let by_name = weights::gradient_dict(&bert, BERT, &gradients);
    values.extend(named("gradient", &by_name));
    let gradients = GradientsParams::from_grads(gradients, &bert);
    let bert = optimiser().step(1e-2, bert, gradients);
    let after = weights::state_dict(&bert, BERT);
    let frozen = weights.names().filter(|name| name.contains("layer.0."));
    let changed = frozen
        .filter(|&name| after.get(name) != weights.get(name))
        .count();
    values.insert(
        "number of frozen parameters that changed".to_owned(),
        vec![changed as f32],
    );
    values.extend(named("parameter", &after));
    values
}

fn config() -> MisaConfig {
    MisaConfig::new(FeatureSizes {
        text: TextSize::Words { vocabulary: 7 },
        visual: D_VISUAL,
        acoustic: D_ACOUSTIC,
    })
    .with_d_hidden(4)
    .with_d_embedding(D_ACOUSTIC)
    .with_dropout(0.0)
    .with_attention_dropout(0.0)
}

/// Weights drawn as usual and then enlarged.
///
/// From those drawn the utterances come out so alike that centring leaves little but rounding,
/// which the difference loss scales up: on the CPU alone, weights changed by 3e-7 of themselves
/// change gradients by a hundredth. From these they change by less than 1e-4.
fn initial_weights(device: &Device) -> StateDict {
    let drawn = config().init(device).state_dict();
    let enlarged = drawn.names().filter_map(|name| {
        let data = drawn.get(name)?;
        let factor = if name.contains("norm") {
            1.0
        } else {
            ENLARGEMENT
        };
        let values: Vec<f32> = data.iter::<f32>().map(|value| factor * value).collect();
        Some((
            name.to_owned(),
            TensorData::new(values, data.shape().to_vec()),
        ))
    });
    enlarged.collect()
}

/// Every value of a training step from `weights`, by its name.
fn step(weights: &StateDict, device: &Device) -> Values {
    let (model, _) = config()
        .init(device)
        .load_state_dict(weights)
        .expect("the weights are of this model");
    let objective = MisaLossConfig::new().init(device);
    let targets = Tensor::from_data([[1.5f32], [-0.5], [-2.0]], device);

    let output = model.forward(&input(device));
    let terms = objective.forward(&output, targets);
    let gradients = terms.total.backward();
    let mut values = named_terms(&terms);
    values.insert("prediction".to_owned(), host(output.prediction));
    let by_name = weights::gradient_dict(&model, "", &gradients);
    values.extend(named("gradient", &by_name));
    let gradients = GradientsParams::from_grads(gradients, &model);
    let model: Misa = optimiser().step(1e-2, model, gradients);
    values.extend(named("parameter", &model.state_dict()));
    values
}

/// Three utterances, the last one shorter.
fn input(device: &Device) -> MisaInput {
    let features = |d_input: usize, phase: f32| {
        let count = BATCH * STEPS * d_input;
        let values: Vec<f32> = (0..count).map(|i| (phase + i as f32).sin()).collect();
        Tensor::from_data(TensorData::new(values, [BATCH, STEPS, d_input]), device)
    };
    let ids = [[2, 3], [5, 6], [4, 1]];
    MisaInput::new(
        TextInput::Words(Tensor::from_data(ids, device)),
        features(D_VISUAL, 0.3),
        features(D_ACOUSTIC, 0.7),
        PerModality::from_fn(|_| vec![2, 2, 1]),
    )
}

fn optimiser() -> ModuleOptimizer {
    AdamConfig::new()
        .with_epsilon(ADAM_EPSILON)
        .with_grad_clipping(Some(GradientClippingConfig::Value(1.0)))
        .init()
}

fn named_terms(terms: &MisaLossTerms) -> Values {
    terms
        .named()
        .map(|(name, term)| (format!("{name} loss"), host(term.clone())))
        .collect()
}

fn named(kind: &str, tensors: &StateDict) -> Vec<(String, Vec<f32>)> {
    let values = tensors.names().filter_map(|name| {
        let values = tensors.get(name)?.iter::<f32>().collect();
        Some((format!("{kind} of {name}"), values))
    });
    values.collect()
}

fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &[f32])]) -> Values {
        pairs
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.to_vec()))
            .collect()
    }

    #[cfg(feature = "flex")]
    #[test]
    fn a_device_agrees_with_itself() {
        let flex = crate::local_device("flex").unwrap();
        for parity in [of_model(&flex, &flex), of_bert(&flex, &flex)] {
            assert!(parity.agrees() && parity.tensors > 20, "{parity:?}");
            assert_eq!(parity.largest_difference, 0.0);
        }
    }

    #[test]
    fn a_difference_is_a_share_of_the_largest_element() {
        let expected = values(&[("loss", &[2.0, -4.0]), ("small", &[1e-6])]);
        let parity = Parity::of(
            &expected,
            &values(&[("loss", &[2.002, -4.0]), ("small", &[1.1e-6])]),
        );
        assert!(parity.agrees(), "{parity:?}");
        assert!(
            (parity.largest_difference - 5e-4).abs() < 1e-6,
            "{parity:?}"
        );

        let parity = Parity::of(
            &expected,
            &values(&[("loss", &[2.0, -4.1]), ("small", &[1e-6])]),
        );
        assert_eq!(parity.disagreements, ["loss: -4.1, expected -4, largest 4"]);
    }

    #[test]
    fn nan_missing_and_unexpected_tensors_disagree() {
        let expected = values(&[("a", &[1.0]), ("b", &[1.0]), ("c", &[1.0])]);
        let found = values(&[("a", &[f32::NAN]), ("b", &[1.0, 1.0]), ("d", &[1.0])]);
        let parity = Parity::of(&expected, &found);
        assert!(parity.largest_difference.is_nan());
        let expected = [
            "d: not expected",
            "a: NaN, expected 1, largest 1",
            "b: 2 elements, expected 1",
            "c: missing",
        ];
        assert_eq!(parity.disagreements, expected);
    }
}

//! One training step on the CPU and on a GPU: everything it computes must agree.
//!
//! `scripts/check-backends` runs it. Compiling the kernels takes far longer than the step, so the
//! model is tiny and its modalities share their shapes where they can.

/// Says what is missing, where the two devices are not compiled in.
#[cfg(not(all(feature = "flex", feature = "wgpu")))]
#[test]
fn a_training_step_agrees_between_flex_and_wgpu() {
    println!("skipped: needs --features flex,wgpu");
}

/// Says what is missing, where the two devices are not compiled in.
#[cfg(not(all(feature = "flex", feature = "wgpu")))]
#[test]
fn bert_agrees_between_flex_and_wgpu() {
    println!("skipped: needs --features flex,wgpu");
}

#[cfg(all(feature = "flex", feature = "wgpu"))]
mod step {
    use burn::grad_clipping::GradientClippingConfig;
    use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
    use burn::prelude::*;
    use burn::tensor::TensorData;
    use misa_benches::device;
    use misa_core::encoder::bert::{BertConfig, BertEncoderConfig, BertFreezing, BertInput};
    use misa_core::loss::{MisaLossConfig, MisaLossTerms};
    use misa_core::{
        FeatureSizes, Misa, MisaConfig, MisaInput, PerModality, StateDict, TextInput, TextSize,
        weights,
    };
    use std::collections::BTreeMap;

    const BATCH: usize = 3;
    const STEPS: usize = 2;
    const D_VISUAL: usize = 2;
    const D_ACOUSTIC: usize = 3;
    /// Largest difference, as a share of the largest element of the tensor.
    const TOLERANCE: f32 = 1e-3;
    /// A tensor of smaller elements is compared as if its largest were this.
    const FLOOR: f32 = 1e-3;
    /// Factor of every weight but those of the norms.
    const ENLARGEMENT: f32 = 2.0;
    /// Far above rounding, so that an element whose gradient is rounding alone hardly moves; with
    /// the usual 1e-8 it moves by the learning rate, in a direction that is chance.
    const ADAM_EPSILON: f32 = 1e-3;

    #[test]
    fn a_training_step_agrees_between_flex_and_wgpu() {
        let flex = device("flex").unwrap().autodiff();
        flex.seed(5);
        let weights = initial_weights(&flex);
        let expected = step(&weights, &flex);

        let wgpu = device("wgpu").unwrap_or_else(|error| panic!("{error}"));
        assert_agree(&expected, &step(&weights, &wgpu.autodiff()));
    }

    /// A BERT whose first layer is frozen, by the kernels of the CPU and by Burn's own operations.
    #[test]
    fn bert_agrees_between_flex_and_wgpu() {
        let flex = device("flex").unwrap().autodiff();
        flex.seed(6);
        let weights = weights::state_dict(&bert_config().init(&flex), BERT);
        let expected = bert_step(&weights, &flex);
        let wgpu = device("wgpu").unwrap_or_else(|error| panic!("{error}"));
        assert_agree(&expected, &bert_step(&weights, &wgpu.autodiff()));
    }

    /// Place of BERT in the model.
    const BERT: &str = "text.Bert";

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

    /// Every value of a step of BERT alone, by its name; what is frozen keeps every bit.
    fn bert_step(weights: &StateDict, device: &Device) -> BTreeMap<String, Vec<f32>> {
        let (bert, _) = weights::load(bert_config().init(device), BERT, weights).unwrap();
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
        for name in weights.names().filter(|name| name.contains("layer.0.")) {
            assert_eq!(after.get(name), weights.get(name), "{name} is frozen");
        }
        values.extend(named("parameter", &after));
        values
    }

    fn assert_agree(expected: &BTreeMap<String, Vec<f32>>, found: &BTreeMap<String, Vec<f32>>) {
        let names: Vec<_> = expected.keys().collect();
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            names,
            "what a step computes"
        );
        let disagreements: Vec<String> = expected
            .iter()
            .filter_map(|(name, expected)| disagreement(name, &found[name], expected))
            .collect();
        assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
        println!("{} tensors agree", expected.len());
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
    fn step(weights: &StateDict, device: &Device) -> BTreeMap<String, Vec<f32>> {
        let (model, _) = config().init(device).load_state_dict(weights).unwrap();
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

    fn named_terms(terms: &MisaLossTerms) -> BTreeMap<String, Vec<f32>> {
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

    /// The element that differs most, if it differs too much.
    fn disagreement(name: &str, found: &[f32], expected: &[f32]) -> Option<String> {
        assert_eq!(found.len(), expected.len(), "{name}: elements");
        let largest = expected
            .iter()
            .fold(FLOOR, |largest, x| largest.max(x.abs()));
        let pairs = found.iter().zip(expected);
        let (found, expected) =
            pairs.max_by(|x, y| (x.0 - x.1).abs().total_cmp(&(y.0 - y.1).abs()))?;
        let difference = (found - expected).abs() / largest;
        // Not a number is a disagreement, too.
        let agrees = difference <= TOLERANCE;
        (!agrees).then(|| format!("{name}: {found}, expected {expected}, largest {largest}"))
    }
}

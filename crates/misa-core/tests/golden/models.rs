//! The whole model: outputs, losses, gradients and optimiser steps.

use crate::{
    folder,
    recipe::Recipe,
    tensors::{Stored, Tensors, assert_gradient, assert_output, assert_within, host},
};
use burn::{
    grad_clipping::GradientClippingConfig,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    prelude::*,
    tensor::TensorData,
};
use misa_core::{
    ActivationKind, CellKind, FeatureSizes, Misa, MisaConfig, MisaInput, MisaOutput, Modality,
    PerModality, StateDict, Task, TextInput, TextSize,
    encoder::bert::{BertConfig, BertFreezing},
    loss::{MisaLoss, MisaLossConfig, MisaLossTerms, Similarity, Term},
    weights,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What the file beside the tensors says.
#[derive(Deserialize)]
struct Case {
    config: CaseConfig,
    weights: CaseWeights,
    lr: f64,
    clip: f32,
    no_grad_params: Vec<String>,
    frozen_params: BTreeSet<String>,
    /// Total loss before each of the optimiser steps.
    loss_curve_f64: Vec<Option<f64>>,
    detinit: Option<Recipe>,
}

/// A field that is not here is a case that cannot be run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseConfig {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "seed")]
    _seed: u64,
    #[serde(rename = "lengths")]
    _lengths: Vec<usize>,
    #[serde(rename = "det")]
    _det: Option<bool>,
    data: Option<String>,
    bert: Option<CaseBert>,
    text: usize,
    visual: usize,
    acoustic: usize,
    hidden: usize,
    vocab: usize,
    num_classes: Option<usize>,
    rnncell: Option<CellKind>,
    activation: Option<ActivationKind>,
    use_cmd_sim: Option<bool>,
}

/// What differs from `bert-base`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseBert {
    layers: usize,
    #[serde(rename = "inter")]
    d_feed_forward: usize,
    #[serde(rename = "vocab")]
    vocabulary: usize,
}

#[derive(Deserialize)]
struct CaseWeights {
    diff_weight: f64,
    sim_weight: f64,
    sp_weight: f64,
    recon_weight: f64,
}

impl CaseConfig {
    fn task(&self) -> Task {
        match self.num_classes {
            Some(classes) => Task::Classification { classes },
            None => Task::Regression,
        }
    }

    fn similarity(&self) -> Similarity {
        match self.use_cmd_sim {
            Some(false) => Similarity::Adversarial,
            _ => Similarity::Cmd,
        }
    }

    fn text_size(&self) -> TextSize {
        match &self.bert {
            None => TextSize::Words {
                vocabulary: self.vocab,
            },
            Some(bert) => TextSize::Bert(BertConfig {
                n_layers: bert.layers,
                d_feed_forward: bert.d_feed_forward,
                vocabulary: bert.vocabulary,
                dropout: 0.0,
                attention_dropout: 0.0,
                ..BertConfig::BASE
            }),
        }
    }

    /// The official rule.
    fn freezing(&self) -> BertFreezing {
        match self.data.as_deref() {
            None | Some("mosi") => BertFreezing::None,
            Some("mosei") => BertFreezing::Layers(9),
            Some("ur_funny") => BertFreezing::All,
            Some(other) => panic!("no rule for {other}"),
        }
    }

    /// Without dropout, as the values were made.
    fn model(&self) -> MisaConfig {
        let sizes = FeatureSizes {
            text: self.text_size(),
            visual: self.visual,
            acoustic: self.acoustic,
        };
        MisaConfig::new(sizes)
            .with_task(self.task())
            .with_d_hidden(self.hidden)
            .with_d_embedding(self.text)
            .with_bert_freezing(self.freezing())
            .with_cell(self.rnncell.unwrap_or_default())
            .with_activation(self.activation.unwrap_or_default())
            .with_dropout(0.0)
            .with_attention_dropout(0.0)
            .with_adversary(self.similarity() == Similarity::Adversarial)
            .with_subspace_discriminator(true)
    }
}

impl Case {
    /// The weights tell how many positions a BERT has.
    fn model(&self) -> MisaConfig {
        let mut config = self.config.model();
        if let (TextSize::Bert(bert), Some(recipe)) = (&mut config.sizes.text, &self.detinit) {
            let positions = "bertmodel.embeddings.position_embeddings.weight";
            bert.positions = recipe.tensors[positions].0[0];
        }
        config
    }

    fn objective(&self, device: &Device) -> MisaLoss {
        assert_eq!(
            self.weights.sp_weight, 0.0,
            "no case gives the discriminator a weight"
        );
        MisaLossConfig::new()
            .with_task(self.config.task())
            .with_similarity(self.config.similarity())
            .with_similarity_weight(self.weights.sim_weight)
            .with_difference_weight(self.weights.diff_weight)
            .with_reconstruction_weight(self.weights.recon_weight)
            .init(device)
    }

    fn initial_weights(&self, stored: &Tensors) -> StateDict {
        match &self.detinit {
            Some(recipe) => recipe.weights().collect(),
            None => stored.state_dict("w."),
        }
    }
}

/// One learned slope stands under several names in the official files, and a layer norm of the
/// text steps is there even where BERT has none.
fn is_left_over(name: &str, case: &Case) -> bool {
    let norm = name.starts_with("tlayer_norm.") && case.config.bert.is_some();
    norm || name.ends_with("_activation.weight")
}

/// Every case of the folder.
#[test]
fn golden_models() {
    let files = folder::files("models");
    let names: BTreeSet<_> = files.iter().map(|path| folder::stem(path)).collect();
    for name in names {
        let with = |ending| {
            files
                .iter()
                .find(|path| folder::stem(path) == name && folder::ending(path) == ending)
        };
        let json = with("json").unwrap_or_else(|| panic!("{name}: no json"));
        let tensors = with("safetensors").unwrap_or_else(|| panic!("{name}: no safetensors"));
        let json: serde_json::Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
        let case = serde_json::from_value(json).unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&case, tensors);
        println!("{name}: equal");
    }
}

fn check(case: &Case, path: &Path) {
    let stored = &Tensors::read(path);
    let device = Device::flex().autodiff();

    let model = case.model().init(&device);
    let (model, loaded) = model
        .load_state_dict(&case.initial_weights(stored))
        .unwrap();
    for name in loaded.unused {
        assert!(is_left_over(&name, case), "{name} is not used");
    }
    assert!(loaded.absent.is_empty());
    let objective = case.objective(&device);
    let input = input(case, stored, &device);
    let targets = targets(stored, &device);

    check_steps(&model, &input, stored);
    let output = model.forward(&input);
    check_output(&output, stored);
    let terms = objective.forward(&output, targets.clone());
    check_terms(&terms, case.config.similarity(), stored);
    let gradients = weights::gradient_dict(&model, "", &terms.total.backward());
    check_gradients(&gradients, case, stored);
    check_training(model, &objective, &input, &targets, case, stored);
}

fn input(case: &Case, stored: &Tensors, device: &Device) -> MisaInput {
    let features = |name: &str| stored.get(name).tensor::<3>(device).swap_dims(0, 1);
    let lengths: Vec<_> = stored
        .get("in.lengths")
        .values
        .iter()
        .map(|&x| x as usize)
        .collect();
    let mut lengths = PerModality::from_fn(|_| lengths.clone());
    let text = match case.config.bert {
        None => TextInput::Words(stored.get("in.sentences").ints::<2>(device).swap_dims(0, 1)),
        Some(_) => {
            let mask = stored.get("in.bert_mask");
            let sentences = mask.values.chunks(mask.shape[1]);
            lengths.text = sentences
                .map(|mask| mask.iter().sum::<f64>() as usize)
                .collect();
            assert!(stored.get("in.bert_type").values.iter().all(|&x| x == 0.0));
            TextInput::Tokens(stored.get("in.bert_sent").ints(device))
        }
    };
    MisaInput::new(
        text,
        features("in.visual"),
        features("in.acoustic"),
        lengths,
    )
}

fn targets(stored: &Tensors, device: &Device) -> Tensor<2> {
    let labels = stored.get("in.labels");
    let column = TensorData::new(
        labels.data().iter::<f32>().collect(),
        [labels.values.len(), 1],
    );
    Tensor::from_data(column, device)
}

/// What BERT's last layer makes of the tokens.
const LAST_STATES: &str = "f64.eval.bert_last_hidden";

/// Letter of a modality in the official names.
fn letter(modality: Modality) -> char {
    modality.name().chars().next().unwrap()
}

fn check_steps(model: &Misa, input: &MisaInput, stored: &Tensors) {
    let encoded = model.encode(input);
    for modality in Modality::ALL {
        let output = encoded.get(modality).as_ref().unwrap();
        let name = format!("f64.eval.utterance_{}", letter(modality));
        assert_output(&name, &host(&output.encoded), stored.get(&name));

        let steps = output.between_layers.as_ref().unwrap();
        let mut name = format!("f64.eval.normed_h1_{}", letter(modality));
        let mut expected = stored.find(&name).cloned();
        if let (Modality::Text, Some(states)) = (modality, stored.find(LAST_STATES)) {
            name = LAST_STATES.to_string();
            expected = Some(states.time_first());
        }
        let Some(expected) = expected else {
            continue;
        };
        let [count, batch, width] = expected.shape[..] else {
            panic!("{name}")
        };
        let actual = host(&steps.padded(count).swap_dims(0, 1));
        for (row, sequence) in (0..count * batch).map(|row| (row, row % batch)) {
            // The stored padding holds the bias of the layer norm, or what BERT makes of padding;
            // ours holds nothing.
            if row / batch < input.lengths.get(modality)[sequence] {
                let range = row * width..(row + 1) * width;
                let row = Stored {
                    shape: vec![width],
                    values: expected.values[range.clone()].to_vec(),
                };
                assert_output(&name, &actual[range], &row);
            }
        }
    }
}

/// Every stored tensor must be among ours; a case may store fewer.
fn check_output(output: &MisaOutput, stored: &Tensors) {
    let found = named(output);
    for (name, expected) in stored.with_prefix("f64.eval.") {
        let steps = ["utterance_", "normed_h1_", "bert_last_hidden"];
        if steps.iter().any(|prefix| name.starts_with(prefix)) {
            // Checked with the steps.
            continue;
        }
        let actual = found
            .get(name)
            .unwrap_or_else(|| panic!("no tensor for `{name}`"));
        assert_output(name, actual, expected);
    }
    assert!(
        stored.find("f64.eval.o").is_some(),
        "the case stores no prediction"
    );
}

/// Our tensors by their official names.
fn named(output: &MisaOutput) -> BTreeMap<String, Vec<f64>> {
    let subspaces = &output.subspaces;
    let logits = output.subspace_logits.as_ref().unwrap();
    let tokens = [&subspaces.private, &subspaces.shared].map(|x| x.clone().into_array());
    let tokens: Tensor<3> = Tensor::stack(tokens.into_iter().flatten().collect(), 0);
    let fused = &output.fusion.fused;
    let mut found = BTreeMap::from([
        ("shared_or_private_s".to_string(), host(&logits.shared)),
        ("fusion_tokens_in".to_string(), host(&tokens)),
        (
            "fusion_tokens_out".to_string(),
            host(&fused.clone().swap_dims(0, 1)),
        ),
        ("fusion_concat".to_string(), host(fused)),
        ("fusion_layer_1".to_string(), host(&output.fusion.hidden)),
        ("o".to_string(), host(&output.prediction)),
    ]);
    for modality in Modality::ALL {
        let letter = letter(modality);
        let shared = subspaces.shared.get(modality);
        let private = subspaces.private.get(modality);
        found.extend([
            (
                format!("utt_{letter}_orig"),
                host(output.projected.get(modality)),
            ),
            (format!("utt_private_{letter}"), host(private)),
            (format!("utt_shared_{letter}"), host(shared)),
            (
                format!("utt_{letter}"),
                host(&(private.clone() + shared.clone())),
            ),
            (
                format!("utt_{letter}_recon"),
                host(output.reconstructed.get(modality)),
            ),
            (
                format!("shared_or_private_p_{letter}"),
                host(logits.private.get(modality)),
            ),
        ]);
        if let Some(logits) = &output.domain_logits {
            found.insert(format!("domain_label_{letter}"), host(logits.get(modality)));
        }
    }
    found
}

fn check_terms(terms: &MisaLossTerms, similarity: Similarity, stored: &Tensors) {
    let similarity = match similarity {
        Similarity::Cmd => "cmd",
        Similarity::Adversarial => "domain",
        _ => panic!("no golden has {similarity:?}"),
    };
    for (name, term) in [
        ("cls", &terms[Term::Task]),
        (similarity, &terms[Term::Similarity]),
        ("diff", &terms[Term::Difference]),
        ("recon", &terms[Term::Reconstruction]),
        ("total", &terms.total),
    ] {
        let name = format!("f64.loss.{name}");
        assert_output(&name, &host(term), stored.get(&name));
    }
}

fn check_gradients(gradients: &StateDict, case: &Case, stored: &Tensors) {
    let mut stored_names: BTreeSet<&str> = BTreeSet::new();
    for (name, expected) in stored.with_prefix("f64.grad.") {
        stored_names.insert(name);
        assert_gradient(name, &values(gradients, name), expected);
    }
    for (name, expected) in stored.with_prefix("f64.gradstat.") {
        stored_names.insert(name);
        check_statistics(name, &values(gradients, name), expected);
        let head = stored.get(&format!("f64.gradhead.{name}"));
        let tail = stored.get(&format!("f64.gradtail.{name}"));
        let actual = values(gradients, name);
        let tolerance = 1e-4 * expected.values[3].max(1e-3);
        let count = head.values.len();
        assert_within(name, &actual[..count], &head.values, |_| tolerance);
        assert_within(name, &actual[actual.len() - count..], &tail.values, |_| {
            tolerance
        });
    }
    let found: BTreeSet<_> = gradients.names().collect();
    assert_eq!(found, stored_names, "parameters with a gradient");
    for name in case.no_grad_params.iter().chain(&case.frozen_params) {
        assert!(gradients.get(name).is_none(), "{name} has a gradient");
    }
}

/// Sum, sum of magnitudes, Euclidean norm and largest magnitude of a gradient.
fn check_statistics(name: &str, gradient: &[f64], expected: &Stored) {
    let largest = gradient
        .iter()
        .fold(0.0f64, |largest, x| largest.max(x.abs()));
    let actual = [
        gradient.iter().sum(),
        gradient.iter().map(|x| x.abs()).sum(),
        gradient.iter().map(|x| x * x).sum::<f64>().sqrt(),
        largest,
    ];
    let element = 1e-4 * expected.values[3].max(1e-3);
    let count = gradient.len() as f64;
    let tolerances = [
        element * count,
        element * count,
        element * count.sqrt(),
        element,
    ];
    for ((actual, expected), tolerance) in actual.into_iter().zip(&expected.values).zip(tolerances)
    {
        assert_within(name, &[actual], &[*expected], |_| tolerance);
    }
}

fn values(dict: &StateDict, name: &str) -> Vec<f64> {
    let data = dict
        .get(name)
        .unwrap_or_else(|| panic!("`{name}` is missing"));
    data.iter::<f64>().collect()
}

/// Five optimiser steps on the same batch.
fn check_training(
    mut model: Misa,
    objective: &MisaLoss,
    input: &MisaInput,
    targets: &Tensor<2>,
    case: &Case,
    stored: &Tensors,
) {
    let before = model.state_dict();
    let mut optimiser: ModuleOptimizer = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Value(case.clip)))
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
        model = optimiser.step(case.lr, model, gradients);
        if matches!(step, 1 | 2 | 5) {
            check_parameters(&model.state_dict(), step, case, stored);
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

fn check_parameters(parameters: &StateDict, step: usize, case: &Case, stored: &Tensors) {
    let mut count = 0;
    for (prefix, gradient) in [
        (format!("adam{step}."), "f64.grad."),
        (format!("f64.adam{step}head."), "f64.gradhead."),
    ] {
        for (name, expected) in stored.with_prefix(&prefix) {
            // Adam moves an element by the learning rate whatever the size of its gradient, so
            // where the gradient is rounding alone the direction is chance.
            let loose = 2.0 * case.lr * step as f64;
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

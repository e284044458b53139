//! The whole model: outputs, losses, gradients and optimiser steps.

mod case;
mod training;

use crate::RANDOM;
use crate::tensors::{OnDevice, assert_gradient, assert_output, assert_within, host};
use burn::prelude::*;
use burn::tensor::TensorData;
use case::Case;
use misa_core::loss::{MisaLossTerms, Similarity, Term};
use misa_core::{
    Misa, MisaInput, MisaOutput, Modality, PerModality, StateDict, TextInput, weights,
};
use misa_testing::{Failed, Stored, Tensors, Trial, entries, golden, json, stem, try_case};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::PoisonError;
use training::check_training;

/// One learned slope stands under several names in the official files, and a layer norm of the
/// text steps is there even where BERT has none.
fn is_left_over(name: &str, case: &Case) -> bool {
    let norm = name.starts_with("tlayer_norm.") && case.config.bert.is_some();
    norm || name.ends_with("_activation.weight")
}

/// Two files of one name each.
pub fn cases() -> Vec<Trial> {
    let files = entries(&golden("models"));
    let names: BTreeSet<_> = files.iter().map(|path| stem(path)).collect();
    names.into_iter().map(model_case).collect()
}

fn model_case(name: String) -> Trial {
    let path = golden("models").join(&name);
    try_case(&format!("models::{name}"), move || {
        let case: Case = serde_json::from_value(json(&path.with_extension("json")))?;
        let check = || check(&case, &path.with_extension("safetensors"));
        catch_unwind(AssertUnwindSafe(check)).map_err(|panic| {
            let message = panic.downcast_ref::<String>().map_or("", String::as_str);
            let unknown = case.config.unknown_keys();
            Failed::from(format!(
                "{message}\nkeys that this test does not use: {unknown:?}"
            ))
        })
    })
}

fn check(case: &Case, path: &Path) {
    let stored = &Tensors::read(path);
    let device = Device::flex().autodiff();
    let initial = case.initial_weights(stored);

    let random = RANDOM.read().unwrap_or_else(PoisonError::into_inner);
    let model = case.model(&initial).init(&device);
    let (model, loaded) = model.load_state_dict(&initial).unwrap();
    drop(random);
    for name in loaded.unused {
        assert!(is_left_over(&name, case), "{name} is not used");
    }
    assert!(loaded.absent.is_empty(), "{:?}", loaded.absent);
    let objective = case.objective(&device);
    let input = input(case, stored, &device);

    check_steps(&model, &input, stored);
    let output = model.forward(&input);
    check_output(&output, stored);
    if case.config.evalonly && stored.find("f64.loss.total").is_none() {
        return;
    }
    let targets = targets(stored, &device);
    let terms = objective.forward(&output, targets.clone());
    check_terms(&terms, case.config.similarity(), stored);
    if case.config.evalonly {
        return;
    }
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
        None => TextInput::Words(
            stored
                .get("in.sentences")
                .integers::<2>(device)
                .swap_dims(0, 1),
        ),
        Some(_) => {
            let mask = stored.get("in.bert_mask");
            let sentences = mask.values.chunks(mask.shape[1]);
            lengths.text = sentences
                .map(|mask| mask.iter().sum::<f64>() as usize)
                .collect();
            assert!(stored.get("in.bert_type").values.iter().all(|&x| x == 0.0));
            TextInput::Tokens(stored.get("in.bert_sent").integers(device))
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

/// The states of BERT's last layer.
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
            // The stored padding has the bias of the layer norm, or BERT's states of padding; ours
            // is zero.
            if row / batch < input.lengths.get(modality)[sequence] {
                let range = row * width..(row + 1) * width;
                let row = Stored {
                    shape: vec![width],
                    values: expected.values[range.clone()].to_vec(),
                    is_single: expected.is_single,
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

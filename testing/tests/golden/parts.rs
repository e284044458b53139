//! Layers, losses and the optimiser, one by one.

use crate::tensors::{OnDevice, assert_gradient, assert_output, assert_within, host};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::{Module, Param};
use burn::nn::LayerNormConfig;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use misa_core::encoder::{PackedSequence, RecurrentConfig};
use misa_core::{
    ActivationKind, CellKind, StateDict, TransformerLayerConfig, reverse_gradient, weights,
};
use misa_testing::{Tensors, Trial, case, entries, golden, manifest_entry, name, stem, unknown};
use serde_json::Value;
use std::path::Path;

/// Every file of the folder; the beginning of its name states its content.
pub fn cases() -> Vec<Trial> {
    let files = entries(&golden("parts"));
    files.iter().flat_map(|path| file_cases(path)).collect()
}

fn file_cases(path: &Path) -> Vec<Trial> {
    let (stem, file) = (stem(path), name(path));
    let named = |part: &str| format!("parts::{stem}{part}");
    let test = |part: &str, check: fn(&Tensors)| {
        let path = path.to_path_buf();
        case(&named(part), move || check(&Tensors::read(&path)))
    };
    match stem.split('_').next() {
        // In `recipe.rs`.
        Some("detinit") => vec![],
        Some("bert") => {
            let tensors = path.to_path_buf();
            vec![case(&named(""), move || {
                crate::bert::bert(
                    &Tensors::read(&tensors),
                    &manifest_entry(&format!("parts/{file}")),
                );
            })]
        }
        Some("adam") => {
            let tensors = path.to_path_buf();
            vec![case(&named(""), move || {
                adam(
                    &Tensors::read(&tensors),
                    &manifest_entry(&format!("parts/{file}")),
                );
            })]
        }
        Some("losses") => crate::losses::loss_cases(path),
        Some("ce") => vec![
            test("::cross_entropy", cross_entropy),
            test("::reversal", reversal),
        ],
        Some("layers") => vec![
            test("::activations", activations),
            test("::layer_norm", layer_norm),
            test("::transformer", transformer),
        ],
        Some("rnn") if stem.starts_with("rnn_lstm") => vec![test("", lstm)],
        Some("rnn") if stem.starts_with("rnn_gru") => vec![test("", gru)],
        _ => vec![unknown(&named(""))],
    }
}

fn lstm(stored: &Tensors) {
    recurrent(stored, CellKind::Lstm);
}

fn gru(stored: &Tensors) {
    recurrent(stored, CellKind::Gru);
}

pub fn device() -> Device {
    Device::flex().autodiff()
}

fn recurrent(stored: &Tensors, cell: CellKind) {
    let device = device();
    let mut state: StateDict = StateDict::default();
    for (name, weight) in stored.with_prefix("w.") {
        state.insert(format!("trnn1.{name}"), weight.data());
    }
    let input = stored.get("x");
    let [steps, _, d_input] = input.shape[..] else {
        panic!("shape of x")
    };
    let d_hidden = stored.get("w.weight_hh_l0").shape[1];
    let layer = RecurrentConfig::new(d_input, d_hidden)
        .with_cell(cell)
        .init(&device);
    let (layer, _) = weights::load(layer, "text.first", &state).unwrap();

    let x = input.tensor::<3>(&device).require_grad();
    let lengths: Vec<_> = stored
        .get("lengths")
        .values
        .iter()
        .map(|&x| x as usize)
        .collect();
    let packed = PackedSequence::new(x.clone().swap_dims(0, 1), &lengths);
    let output = layer.forward_with_memory(&packed);
    let sequence = output.states.padded(steps).swap_dims(0, 1);
    let hidden: Tensor<3> = Tensor::stack(output.hidden.to_vec(), 0);
    assert_output("out", &host(&sequence), stored.get("out"));
    assert_output("h", &host(&hidden), stored.get("h"));

    let weight = |name: &str| stored.get(name).tensor::<3>(&device);
    let mut scalar = (sequence * weight("r_out")).sum() + (hidden * weight("r_h")).sum();
    if let Some(memory) = output.memory {
        let memory: Tensor<3> = Tensor::stack(memory.to_vec(), 0);
        assert_output("c", &host(&memory), stored.get("c"));
        scalar = scalar + (memory * weight("r_c")).sum();
    }
    assert_output("scalar", &host(&scalar), stored.get("scalar"));
    let gradients = scalar.backward();
    assert_gradient(
        "grad.x",
        &host(&x.grad(&gradients).unwrap()),
        stored.get("grad.x"),
    );
    let gradients = weights::gradient_dict(&layer, "text.first", &gradients);
    for (name, _) in stored.with_prefix("w.") {
        let gradient = gradients.get(&format!("trnn1.{name}")).unwrap();
        let gradient: Vec<_> = gradient.iter::<f64>().collect();
        assert_gradient(name, &gradient, stored.get(&format!("grad.{name}")));
    }
}

fn cross_entropy(stored: &Tensors) {
    let device = device();
    let logits = stored.get("ce.logits").tensor::<2>(&device).require_grad();
    let targets = stored.get("ce.target").integers::<1>(&device);
    let loss = CrossEntropyLossConfig::new()
        .init(&device)
        .forward(logits.clone(), targets);
    assert_output("ce.value", &host(&loss), stored.get("ce.value"));
    let gradient = logits.grad(&loss.backward()).unwrap();
    assert_gradient("ce.grad", &host(&gradient), stored.get("ce.grad"));
}

fn reversal(stored: &Tensors) {
    let device = device();
    let mut weights = 0;
    for (name, expected) in stored.with_prefix("reverse.") {
        let Some(weight) = name.strip_suffix(".grad") else {
            continue;
        };
        let x = stored.get("reverse.x").tensor::<2>(&device).require_grad();
        let reversed = reverse_gradient(x.clone(), weight.parse().unwrap());
        let scalar = (reversed * stored.get("reverse.w").tensor(&device)).sum();
        let value = stored.get(&format!("reverse.{weight}.value"));
        assert_output(name, &host(&scalar), value);
        assert_gradient(name, &host(&x.grad(&scalar.backward()).unwrap()), expected);
        weights += 1;
    }
    assert!(weights > 0, "no reversal found");
}

fn activations(stored: &Tensors) {
    let device = device();
    for (name, expected) in stored.with_prefix("act.") {
        let Some(kind) = name.strip_suffix(".y") else {
            continue;
        };
        let Ok(kind) = serde_json::from_value::<ActivationKind>(kind.into()) else {
            // Activations of other layers.
            assert!(
                matches!(kind, "gelu" | "sigmoid"),
                "{kind}: unknown activation"
            );
            continue;
        };
        // Evaluation form of the random slopes; the others have one form.
        let activation = kind.init(&device).valid();
        let x = stored.get("act.x").tensor::<1>(&device).require_grad();
        let y = activation.forward(x.clone());
        assert_output(name, &host(&y), expected);
        let gradient = host(&x.grad(&y.sum().backward()).unwrap());
        let name = name.replace(".y", ".grad");
        assert_gradient(&name, &gradient, stored.get(&format!("act.{name}")));
    }
}

fn layer_norm(stored: &Tensors) {
    let device = device();
    let x = stored.get("ln.x").tensor::<2>(&device).require_grad();
    let mut norm = LayerNormConfig::new(stored.get("ln.w").values.len()).init(&device);
    norm.gamma = Param::from_tensor(stored.get("ln.w").tensor(&device));
    norm.beta = Some(Param::from_tensor(stored.get("ln.b").tensor(&device)));
    let y = norm.forward(x.clone());
    assert_output("ln.y", &host(&y), stored.get("ln.y"));
    let gradients = (y * stored.get("ln.r").tensor(&device)).sum().backward();
    assert_gradient(
        "ln.grad.x",
        &host(&x.grad(&gradients).unwrap()),
        stored.get("ln.grad.x"),
    );
    let weight = norm.gamma.val().grad(&gradients).unwrap();
    assert_gradient("ln.grad.w", &host(&weight), stored.get("ln.grad.w"));
}

fn transformer(stored: &Tensors) {
    const AT: &str = "fusion.Transformer.transformer";
    let device = device();
    let mut state: StateDict = StateDict::default();
    for (name, weight) in stored.with_prefix("enc.w.") {
        state.insert(format!("transformer_encoder.{name}"), weight.data());
    }
    let input = stored.get("enc.x");
    let d_feed_forward = stored.get("enc.w.layers.0.linear1.bias").values.len();
    let layer = TransformerLayerConfig::new(input.shape[2])
        .with_d_feed_forward(d_feed_forward)
        .with_dropout(0.0)
        .init(&device);
    let (layer, _) = weights::load(layer, AT, &state).unwrap();

    let x = input.tensor::<3>(&device).require_grad();
    let output = layer.forward(x.clone().swap_dims(0, 1), None);
    let y = output.tokens.swap_dims(0, 1);
    assert_output("enc.y", &host(&y), stored.get("enc.y"));
    assert_output(
        "attn.weights",
        &host(&output.attention),
        stored.get("attn.weights"),
    );
    let gradients = (y * stored.get("enc.r").tensor(&device)).sum().backward();
    assert_gradient(
        "enc.grad.x",
        &host(&x.grad(&gradients).unwrap()),
        stored.get("enc.grad.x"),
    );
    let gradients = weights::gradient_dict(&layer, AT, &gradients);
    for (name, _) in stored.with_prefix("enc.w.") {
        let gradient = gradients
            .get(&format!("transformer_encoder.{name}"))
            .unwrap();
        let gradient: Vec<_> = gradient.iter::<f64>().collect();
        assert_gradient(name, &gradient, stored.get(&format!("enc.grad.{name}")));
    }
}

/// One parameter, for which the optimiser gets the stored gradients.
#[derive(Module, Debug)]
struct Parameter {
    value: Param<Tensor<2>>,
}

/// The manifest has the settings of the optimiser.
fn adam(stored: &Tensors, manifest: &Value) {
    let setting = |key: &str| manifest[key].as_f64().unwrap();
    let device = device();
    let start = stored.get("adam.p0").tensor::<2>(&device);
    let mut module = Parameter {
        value: Param::from_tensor(start),
    };
    let mut optimiser: ModuleOptimizer = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Value(setting("clip") as f32)))
        .init();
    let mut steps = 0;
    for step in 1.. {
        let Some(gradient) = stored.find(&format!("adam.g{step}")) else {
            break;
        };
        let gradient = gradient.tensor::<2>(&device);
        let loss = (module.value.val() * gradient).sum();
        let gradients = GradientsParams::from_grads(loss.backward(), &module);
        module = optimiser.step(setting("lr"), module, gradients);
        let name = format!("adam.f64.p{step}");
        assert_within(
            &name,
            &host(&module.value.val()),
            &stored.get(&name).values,
            |_| 1e-6,
        );
        steps = step;
    }
    assert!(steps > 0, "no step");
}

//! The model inside another program, with `misa-core` alone: no trainer, no readers.
//!
//! Prints the sentiment of one utterance of made-up features, by a model with random weights.
//! `Misa::load_state_dict` gives it trained ones.

use burn::tensor::{Device, Distribution, Tensor};
use misa_core::{FeatureSizes, MisaConfig, MisaInput, PerModality, TextInput, TextSize};

fn main() {
    let device = Device::flex();
    device.seed(1);
    let sizes = FeatureSizes {
        text: TextSize::Features { d_input: 16 },
        visual: 5,
        acoustic: 7,
    };
    let model = MisaConfig::new(sizes).with_d_hidden(8).init(&device);

    let features = |steps, d_input| {
        Tensor::random([1, steps, d_input], Distribution::Normal(0.0, 1.0), &device)
    };
    let output = model.forward(&MisaInput::new(
        TextInput::Features(features(4, 16)),
        features(6, 5),
        features(9, 7),
        PerModality {
            text: vec![4],
            visual: vec![6],
            acoustic: vec![9],
        },
    ));
    println!("sentiment {:.3}", output.prediction.into_scalar::<f32>());
}

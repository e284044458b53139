//! One batch through the model: the shapes of its representations, and how alike they are.
//!
//! ```text
//! cargo run --release --example subspaces -- --device flex
//! ```
//!
//! The model is untrained: train one with `train_mosei` and load it as `predict` does, and the
//! shared representations of different modalities move together.

use burn::prelude::*;
use misa_core::loss::CmdLossConfig;
use misa_core::{MisaConfig, Modality};
use misa_data::{Split, SyntheticConfig, UtteranceBatcher};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    misa_examples::exit("subspaces", run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let about = "Run one batch through an untrained model, and compare its subspaces";
    let device = misa_examples::chosen_device("subspaces", about)?;
    let data = SyntheticConfig::new().generate().dataset;
    let batch = UtteranceBatcher::default().batch(&data.split(Split::Test)[..32], &device);

    device.seed(336);
    let model = MisaConfig::new(data.feature_sizes()).init(&device);
    let output = model.forward(&batch.input);
    println!("prediction {:?}", output.prediction.dims());
    println!("fused      {:?}", output.fusion.fused.dims());

    let cmd = CmdLossConfig::new().init();
    let distance =
        |x: &Tensor<2>, y: &Tensor<2>| -> f32 { cmd.forward(x.clone(), y.clone()).into_scalar() };
    println!("central moment discrepancy");
    for (x, y) in [
        (Modality::Text, Modality::Visual),
        (Modality::Text, Modality::Acoustic),
        (Modality::Acoustic, Modality::Visual),
    ] {
        let [shared, private] = [&output.subspaces.shared, &output.subspaces.private]
            .map(|space| distance(space.get(x), space.get(y)));
        println!("  {x} and {y}: shared {shared:.3}, private {private:.3}");
    }
    Ok(())
}

//! Times of the MOSEI-sized model: a forward pass and a whole training step, on every device
//! compiled in.
//!
//! ```text
//! cargo bench -p misa-benches --bench backends -- --device flex --quick
//! cargo bench -p misa-benches --bench backends --features cuda -- --json backends.json
//! ```
//!
//! Where none is named, all that are found stand in one table; the last column tells how many times
//! as fast a training step is as on the first of them.
//!
//! Data, weights and seed are the same everywhere. Batches are made before the clock starts, and
//! the device is waited for before it stops: some devices answer before they have computed.

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use clap::Parser;
use misa_benches::DeviceError;
use misa_core::MisaConfig;
use misa_core::loss::MisaLossConfig;
use misa_data::{Split, SyntheticConfig, Utterance, UtteranceBatcher};
use serde_json::json;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Utterances in a batch.
const SIZES: [usize; 3] = [1, 16, 64];
/// Words of the vocabulary, as many as a large corpus has. Each has a gradient in every step.
const WORDS: usize = 20_000;
const LEARNING_RATE: f64 = 1e-4;

/// Times the model on every device compiled in.
#[derive(Parser)]
struct Arguments {
    /// Only this device, such as flex or cuda:1.
    #[arg(long)]
    device: Option<String>,
    /// Only the smallest batch, once: to see that it runs.
    #[arg(long)]
    quick: bool,
    /// Write the times to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Cargo passes it to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let quick = arguments.quick;
    let sizes = if quick { &SIZES[..1] } else { &SIZES };
    let config = SyntheticConfig::new().with_train(64).with_words(WORDS);
    let data = config.generate().dataset;
    let devices = open(arguments.device.as_deref())?;

    let mut rows = Vec::new();
    let mut first = BTreeMap::new();
    println!(
        "| Device | Batch | Steps | Forward, ms | Training step, ms | Utterances/s | Factor |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (name, device) in devices {
        for utterances in sizes.iter().map(|&size| &data.split(Split::Train)[..size]) {
            let sizes = data.feature_sizes();
            let [forward, step] = measure(&device, &MisaConfig::new(sizes), utterances, quick)?;
            let (batch, steps) = (utterances.len(), longest(utterances));
            let rate = batch as f64 / step * 1e3;
            // How many times as fast as the first device of the table.
            let factor = *first.entry(batch).or_insert(step) / step;
            println!(
                "| {name} | {batch} | {steps} | {forward:.1} | {step:.1} | {rate:.0} | {factor:.2} |"
            );
            rows.push(json!({
                "device": name, "batch": batch, "steps": steps,
                "forward_ms": forward, "training_step_ms": step,
            }));
        }
    }
    if let Some(path) = arguments.json {
        fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
    }
    Ok(())
}

/// The device asked for, or all that are compiled in and found on this machine.
fn open(name: Option<&str>) -> Result<Vec<(&str, Device)>, DeviceError> {
    if let Some(name) = name {
        return Ok(vec![(name, misa_benches::local_device(name)?)]);
    }
    let mut devices = Vec::new();
    for name in misa_benches::names() {
        match misa_benches::local_device(name) {
            Ok(device) => devices.push((name, device)),
            Err(absent @ DeviceError::Absent { .. }) => eprintln!("skipped: {absent}"),
            Err(error) => return Err(error),
        }
    }
    Ok(devices)
}

fn longest(utterances: &[Utterance]) -> usize {
    let steps = utterances.iter().map(|utterance| utterance.text.steps());
    steps.max().unwrap_or(0)
}

/// Median times of a forward pass and of a training step, in milliseconds.
fn measure(
    device: &Device,
    config: &MisaConfig,
    utterances: &[Utterance],
    quick: bool,
) -> Result<[f64; 2], Box<dyn Error>> {
    device.seed(0);
    let training = &device.clone().autodiff();
    let mut model = config.init(training);

    let (inference, batch) = (
        model.valid(),
        UtteranceBatcher::default().batch(utterances, device),
    );
    let forward = median(device, quick, || drop(inference.forward(&batch.input)))?;

    let batch = UtteranceBatcher::default().batch(utterances, training);
    let objective = MisaLossConfig::new().init(training);
    let mut optimiser: ModuleOptimizer = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Value(1.0)))
        .init();
    let step = median(device, quick, || {
        let output = model.forward(&batch.input);
        let total = objective.forward(&output, batch.targets.clone()).total;
        let gradients = GradientsParams::from_grads(total.backward(), &model);
        model = optimiser.step(LEARNING_RATE, model.clone(), gradients);
    })?;
    Ok([forward, step])
}

/// Median time of `work` after a warm-up, the device waited for.
fn median(device: &Device, quick: bool, mut work: impl FnMut()) -> Result<f64, Box<dyn Error>> {
    let (warm_up, timed) = if quick { (1, 1) } else { (3, 9) };
    let mut times = Vec::new();
    for _ in 0..warm_up + timed {
        device.sync()?;
        let start = Instant::now();
        work();
        device.sync()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let mut times = times.split_off(warm_up);
    times.sort_by(f64::total_cmp);
    Ok(times[timed / 2])
}

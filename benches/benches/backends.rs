//! Times of the MOSEI-sized model: a forward pass and a whole training step, on every device
//! compiled in.
//!
//! ```text
//! cargo bench --bench backends -- --device flex --quick
//! cargo bench --bench backends --features cuda -- --json backends.json
//! ```
//!
//! Data, weights and seed are the same everywhere. Batches are made before the clock starts, and
//! the device is waited for before it stops: some devices answer before they have computed.

use burn::{
    grad_clipping::GradientClippingConfig,
    optim::{AdamConfig, GradientsParams, ModuleOptimizer},
    prelude::*,
};
use clap::Parser;
use misa_core::{
    Misa, MisaConfig,
    loss::{MisaLoss, MisaLossConfig},
};
use misa_data::{Split, SyntheticConfig, UtteranceBatch, UtteranceBatcher, UtteranceDataset};
use serde::Serialize;
use std::{error::Error, fs, path::PathBuf, time::Instant};

/// Utterances in a batch.
const SIZES: [usize; 3] = [1, 16, 64];
/// Words of the vocabulary: tens of thousands, as MOSEI has. Each has a gradient in every step.
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

/// Median times of one batch size on one device.
#[derive(Serialize)]
struct Row {
    device: String,
    batch: usize,
    /// Longest utterance of the batch.
    steps: usize,
    forward_ms: f64,
    training_step_ms: f64,
}

/// How often each time is taken.
#[derive(Clone, Copy)]
struct Repetitions {
    warm_up: usize,
    timed: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (sizes, repetitions) = match arguments.quick {
        true => (
            &SIZES[..1],
            Repetitions {
                warm_up: 1,
                timed: 1,
            },
        ),
        false => (
            &SIZES[..],
            Repetitions {
                warm_up: 3,
                timed: 9,
            },
        ),
    };
    let data = SyntheticConfig::new()
        .with_train(SIZES[SIZES.len() - 1])
        .with_words(WORDS);
    let data = data.generate().dataset;

    let all = || {
        misa_examples::names()
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let names: Vec<String> = arguments.device.map_or_else(all, |name| vec![name]);
    let mut rows = Vec::new();
    println!(
        "| Device | Batch | Steps | Forward, ms | Training step, ms | Utterances/s, training |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for name in names {
        let device = misa_examples::device(&name)?;
        for &batch in sizes {
            let row = measure(&name, &device, &data, batch, repetitions)?;
            let Row {
                steps,
                forward_ms,
                training_step_ms,
                ..
            } = row;
            let rate = batch as f64 / training_step_ms * 1e3;
            println!(
                "| {name} | {batch} | {steps} | {forward_ms:.1} | {training_step_ms:.1} | {rate:.0} |"
            );
            rows.push(row);
        }
    }
    if let Some(path) = arguments.json {
        fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
    }
    Ok(())
}

fn measure(
    name: &str,
    device: &Device,
    data: &UtteranceDataset,
    batch: usize,
    repetitions: Repetitions,
) -> Result<Row, Box<dyn Error>> {
    device.seed(0);
    let utterances = &data.split(Split::Train)[..batch];
    let training = &device.clone().autodiff();
    let mut model = MisaConfig::new(data.feature_sizes()).init(training);

    let (inference, still) = (model.valid(), UtteranceBatcher.batch(utterances, device));
    let forward_ms = median(device, repetitions, || {
        inference.forward(&still.input);
    })?;

    let batch = UtteranceBatcher.batch(utterances, training);
    let objective = MisaLossConfig::new().init(training);
    let mut optimiser = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Value(1.0)))
        .init();
    let training_step_ms = median(device, repetitions, || {
        model = step(model.clone(), &objective, &mut optimiser, &batch);
    })?;
    Ok(Row {
        device: name.to_owned(),
        batch: batch.batch(),
        steps: batch.input.lengths.text[0],
        forward_ms,
        training_step_ms,
    })
}

fn step(
    model: Misa,
    objective: &MisaLoss,
    optimiser: &mut ModuleOptimizer,
    batch: &UtteranceBatch,
) -> Misa {
    let output = model.forward(&batch.input);
    let total = objective.forward(&output, batch.targets.clone()).total;
    let gradients = GradientsParams::from_grads(total.backward(), &model);
    optimiser.step(LEARNING_RATE, model, gradients)
}

/// Median time of `work` in milliseconds, the device waited for.
fn median(
    device: &Device,
    repetitions: Repetitions,
    mut work: impl FnMut(),
) -> Result<f64, Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..repetitions.warm_up + repetitions.timed {
        device.sync()?;
        let start = Instant::now();
        work();
        device.sync()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let mut times = times.split_off(repetitions.warm_up);
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

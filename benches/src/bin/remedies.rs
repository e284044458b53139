//! How much longer a training step takes with each remedy of `docs/beyond.md`.
//!
//! ```text
//! cargo run --release -p misa-benches --bin remedies -- --case mosei_glove_b64 --threads 2
//! cargo run --release -p misa-benches --bin remedies -- --remedy mutual_attention,contrast --pairs 40
//! ```
//!
//! A model with the remedy and one without train in turn on the same batches, in one process, so
//! that a slow moment of the machine affects both. The ratio of the processor's time holds on a machine
//! that others use, too.

use burn::prelude::*;
use clap::Parser;
use misa_benches::statistics::median;
use misa_benches::{
    BatchShape, BenchError, Cases, Compute, ModelCase, TrainingStep, Workload, available_threads,
    process, timed, use_threads,
};
use misa_core::loss::{
    ContrastLossConfig, Difference, MisaLossConfig, PrototypeLossConfig, Similarity,
    TripletLossConfig, UnimodalLossConfig, Weighting,
};
use misa_core::{FusionKind, MisaConfig, MutualAttentionConfig, ReconstructionSource};
use misa_data::{Random, UtteranceBatch};
use std::error::Error;
use std::num::NonZeroUsize;
use std::process::ExitCode;

/// Times a training step with and without each remedy.
#[derive(Parser)]
struct Arguments {
    /// Workload of the whole model.
    #[arg(long, value_name = "NAME", default_value = "mosei_glove_b64")]
    case: String,
    /// Names of remedies, separated by commas; by default, all.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    remedy: Vec<String>,
    /// Pairs of steps per remedy.
    #[arg(long, value_name = "NUMBER", default_value = "20")]
    pairs: NonZeroUsize,
    /// Threads that compute; by default, as many as there are processors
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// Device, such as cpu, ndarray or cuda:1.
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    device: String,
    /// Seed of weights, batches and dropout.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// A model and its objective.
type Parts = (MisaConfig, MisaLossConfig);

/// Name of a remedy, and what it changes.
type Remedy = (&'static str, fn(Parts) -> Parts);

static REMEDIES: [Remedy; 16] = [
    ("mutual_attention", |(model, loss)| {
        let attention = Some(MutualAttentionConfig::new());
        (model.with_mutual_attention(attention), loss)
    }),
    ("triplet", |(model, loss)| {
        (model, loss.with_triplet(Some(TripletLossConfig::new())))
    }),
    ("prototype", |(model, loss)| {
        (model, loss.with_prototype(Some(PrototypeLossConfig::new())))
    }),
    ("contrast", |(model, loss)| {
        (model, loss.with_contrast(Some(ContrastLossConfig::new())))
    }),
    ("adversarial", |(model, loss)| {
        let loss = loss.with_similarity(Similarity::Adversarial);
        (model.with_adversary(true), loss)
    }),
    ("mmd", |(model, loss)| {
        (model, loss.with_similarity(Similarity::Mmd))
    }),
    ("coral", |(model, loss)| {
        (model, loss.with_similarity(Similarity::Coral))
    }),
    ("cosine", |(model, loss)| {
        (model, loss.with_difference(Difference::Cosine))
    }),
    ("hsic", |(model, loss)| {
        (model, loss.with_difference(Difference::Hsic))
    }),
    ("concatenation", |(model, loss)| {
        let source = ReconstructionSource::Concatenation;
        (model.with_reconstruction(source), loss)
    }),
    ("cycle", |(model, loss)| {
        (model.with_cycle(true), loss.with_cycle_weight(0.1))
    }),
    ("unimodal", |(model, loss)| {
        let loss = loss.with_unimodal(Some(UnimodalLossConfig::new()));
        (model.with_unimodal_heads(true), loss)
    }),
    ("learned_weights", |(model, loss)| {
        (model, loss.with_weighting(Weighting::Learned))
    }),
    ("tensor_fusion", |(model, loss)| {
        (model.with_fusion(FusionKind::Tensor), loss)
    }),
    ("low_rank_fusion", |(model, loss)| {
        (model.with_fusion(FusionKind::LowRank), loss)
    }),
    ("late_fusion", |(model, loss)| {
        (model.with_fusion(FusionKind::Late), loss)
    }),
];

fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    misa_memory::ask_for_large_pages();
    misa_benches::exit("remedies", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let threads = (arguments.threads).map_or_else(available_threads, usize::from);
    use_threads(threads)?;
    let compute = Compute::open(&arguments.device)?;
    let cases = Cases::bundled()?;
    let case = cases.named(&arguments.case)?;
    let Workload::Model(model) = &case.workload else {
        return Err(format!("{}: expected a workload of the whole model", case.name).into());
    };
    let device = compute.device.clone().autodiff();
    let mut random = Random::new(arguments.seed);
    let shapes = (case.lengths.iter())
        .map(|lengths| Ok(BatchShape::new(lengths, model.sizes()?, model.task())))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let batches: Vec<_> = (shapes.iter())
        .map(|shape| shape.draw(&mut random, &device))
        .collect();

    println!("{} on {}, {threads} threads", case.name, compute.name);
    println!(
        "| Remedy | MISA, ms | With it, ms | Ratio, median | Range | Processor's time, ratio |"
    );
    println!("|---|--:|--:|--:|---|--:|");
    for name in arguments.chosen()? {
        device.seed(arguments.seed);
        println!("{}", row(name, model, &batches, arguments.pairs.get())?);
    }
    Ok(())
}

impl Arguments {
    /// The requested remedies.
    fn chosen(&self) -> Result<Vec<&str>, Box<dyn Error>> {
        if self.remedy.is_empty() {
            return Ok(REMEDIES.map(|(name, _)| name).to_vec());
        }
        for name in &self.remedy {
            if REMEDIES.iter().all(|(known, _)| known != name) {
                let known = REMEDIES.map(|(name, _)| name).join(", ");
                return Err(format!("{name}: expected one of {known}").into());
            }
        }
        Ok(self.remedy.iter().map(String::as_str).collect())
    }
}

/// A model in training, and what its steps took.
struct Clock {
    step: TrainingStep,
    /// Milliseconds.
    times: Vec<f64>,
    /// Seconds of the processor, in all.
    processor: f64,
}

impl Clock {
    fn new((model, loss): Parts, case: &ModelCase, device: &Device) -> Self {
        Self {
            step: TrainingStep::of(model, &loss, case, device),
            times: Vec::new(),
            processor: 0.0,
        }
    }

    fn run(&mut self, batch: &UtteranceBatch, is_counted: bool) -> Result<(), BenchError> {
        let batch = batch.clone();
        let device = batch.targets.device();
        device.sync()?;
        let start = process::cpu_seconds();
        let time = timed(|| -> Result<(), BenchError> {
            self.step.run(batch);
            Ok(device.sync()?)
        })?;
        if is_counted {
            self.times.push(1e3 * time.as_secs_f64());
            let spent = process::cpu_seconds()
                .zip(start)
                .map(|(end, start)| end - start);
            self.processor += spent.unwrap_or(f64::NAN);
        }
        Ok(())
    }
}

/// Measures pairs of steps without and with the remedy.
fn row(
    name: &str,
    case: &ModelCase,
    batches: &[UtteranceBatch],
    pairs: usize,
) -> Result<String, Box<dyn Error>> {
    let device = &batches[0].targets.device();
    let (_, change) = (REMEDIES.iter().find(|(known, _)| *known == name)).expect("a known name");
    let plain = (case.model()?, case.objective());
    let changed = change(plain.clone());
    let mut clocks = [plain, changed].map(|parts| Clock::new(parts, case, device));
    // The first pass over the batches warms up.
    for pair in 0..batches.len() + pairs {
        let batch = &batches[pair % batches.len()];
        // The order alternates, so that being first is no advantage.
        for which in [pair % 2, 1 - pair % 2] {
            clocks[which].run(batch, pair >= batches.len())?;
        }
    }
    let [plain, changed] = clocks;
    let times = plain.times.iter().zip(&changed.times);
    let mut ratios: Vec<f64> = times.map(|(plain, changed)| changed / plain).collect();
    ratios.sort_by(f64::total_cmp);
    let [lowest, highest] = [ratios[0], ratios[pairs - 1]];
    let processor = changed.processor / plain.processor;
    let [plain, changed, ratio] =
        [&plain.times, &changed.times, &ratios].map(|values| median(values));
    Ok(format!(
        "| {name} | {plain:.1} | {changed:.1} | {ratio:.2} | {lowest:.2} to {highest:.2} | {processor:.2} |"
    ))
}

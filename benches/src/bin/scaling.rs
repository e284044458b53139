//! How the time of a training step grows with real steps, and with padding.
//!
//! ```text
//! cargo run --release -p misa-benches --bin scaling -- --threads 2 --json scaling.json
//! ```
//!
//! Work should follow the real steps in a straight line, and padding should cost next to nothing.

use clap::Parser;
use misa_benches::statistics::{Line, median};
use misa_benches::{
    BatchShape, BenchError, Cases, Compute, ModelCase, TrainingStep, Workload, available_threads,
    sgemm_rate, timed, use_threads,
};
use misa_data::{Random, UtteranceBatch};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

/// The workload whose model is trained, and whose first batch is padded.
const CASE: &str = "mosei_glove_b64";
/// Steps of every utterance where their number grows.
const LENGTH: usize = 20;
/// Utterances in a batch: at even distances, from 200 to 20,000 real steps.
const BATCHES: [usize; 10] = [10, 120, 230, 340, 450, 560, 670, 780, 890, 1000];
/// Padded steps of the batch with more padding, as a share of those of the batch without.
const PADDING: f64 = 1.5;

/// Times a training step against real steps, and with more padding.
#[derive(Parser)]
struct Arguments {
    /// Threads that compute; by default, as many as there are processors
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// Device, such as cpu, ndarray or cuda:1.
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    device: String,
    /// Times that each number of real steps is measured.
    #[arg(long, value_name = "NUMBER", default_value = "3")]
    repeats: NonZeroUsize,
    /// Pairs of steps with and without more padding.
    #[arg(long, value_name = "NUMBER", default_value = "11")]
    pairs: NonZeroUsize,
    /// Write the results to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Seed of weights, batches and dropout.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    misa_memory::ask_for_large_pages();
    misa_benches::exit("scaling", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let threads = arguments
        .threads
        .map_or_else(available_threads, usize::from);
    use_threads(threads)?;
    let compute = Compute::open(&arguments.device)?;
    compute.device.seed(arguments.seed);
    let cases = Cases::bundled()?;
    let case = cases.named(CASE)?;
    let Workload::Model(model) = &case.workload else {
        return Err(format!("{CASE}: expected a workload of the whole model").into());
    };
    let mut clock = Clock::new(model, &compute, arguments.seed)?;

    println!("{CASE} on {}, {threads} threads", compute.name);
    let sgemm = sgemm_rate(&compute.device)?;
    println!("sgemm: {:.0} GFLOP/s\n", sgemm / 1e9);
    let real_steps = real_steps(&mut clock, model, sgemm, arguments.repeats.get())?;
    println!();
    let padding = padding(&mut clock, model, &case.lengths[0], arguments.pairs.get())?;
    if let Some(path) = &arguments.json {
        let results = json!({
            "case": CASE,
            "device": compute.name,
            "threads": threads,
            "sgemm_gflops": sgemm / 1e9,
            "real_steps": real_steps,
            "padding": padding,
        });
        fs::write(path, format!("{results:#}\n")).map_err(|source| BenchError::File {
            path: path.clone(),
            source,
        })?;
    }
    Ok(())
}

/// A model in training whose steps are timed.
struct Clock {
    step: TrainingStep,
    random: Random,
    device: burn::tensor::Device,
}

impl Clock {
    fn new(model: &ModelCase, compute: &Compute, seed: u64) -> Result<Self, Box<dyn Error>> {
        let device = compute.device.clone().autodiff();
        Ok(Self {
            step: TrainingStep::new(model, &device)?,
            random: Random::new(seed),
            device,
        })
    }

    fn draw(&mut self, shape: &BatchShape) -> UtteranceBatch {
        shape.draw(&mut self.random, &self.device)
    }

    /// Milliseconds of a training step.
    fn time(&mut self, batch: &UtteranceBatch) -> Result<f64, BenchError> {
        let batch = batch.clone();
        self.device.sync()?;
        let time = timed(|| {
            self.step.run(batch);
            self.device.sync()
        })?;
        Ok(time.as_secs_f64() * 1e3)
    }
}

/// Times against real steps, and the line through them.
fn real_steps(
    clock: &mut Clock,
    model: &ModelCase,
    sgemm: f64,
    repeats: usize,
) -> Result<Value, Box<dyn Error>> {
    let (sizes, task) = (model.sizes()?, model.task());
    let shapes = BATCHES.map(|batch| BatchShape::new(&vec![LENGTH; batch], sizes, task));
    let mut times = vec![Vec::new(); shapes.len()];
    // All sizes in turn, so that a slow minute of the machine is shared; the first turn warms up.
    for turn in 0..=repeats {
        for (shape, times) in shapes.iter().zip(&mut times) {
            let batch = clock.draw(shape);
            let time = clock.time(&batch)?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    let place = |shape: &BatchShape| shape.real_steps() as f64;
    let points: Vec<(f64, f64)> = (shapes.iter().zip(&times))
        .map(|(shape, times)| (place(shape), median(times)))
        .collect();
    let line = Line::fit(&points);

    let floor = |steps: f64| 1e3 * steps * model.recurrent_operations() / sgemm;
    println!("| Real steps | Batch | Step, ms | Line, ms | Off the line | Floor, ms | Share |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    for (shape, (steps, ms)) in shapes.iter().zip(&points) {
        let (batch, on_line) = (shape.batch(), line.at(*steps));
        let off = percent(ms / on_line);
        let floor = floor(*steps);
        let share = 100.0 * floor / ms;
        println!(
            "| {steps} | {batch} | {ms:.1} | {on_line:.1} | {off:+.1} % | {floor:.1} | {share:.0} % |"
        );
    }
    let per_thousand = line.slope * 1e3;
    println!(
        "\n{:.1} ms and {per_thousand:.1} ms per 1000 real steps, R^2 {:.5}",
        line.intercept, line.r_squared
    );
    let points = points.iter().zip(&shapes);
    let points = points.map(|((_, ms), shape)| {
        let (real_steps, batch) = (shape.real_steps(), shape.batch());
        let floor = floor(real_steps as f64);
        json!({"real_steps": real_steps, "batch": batch, "ms": ms, "floor_ms": floor})
    });
    Ok(json!({"points": points.collect::<Vec<_>>(), "line": line}))
}

/// The same batch with more padding, measured in pairs.
fn padding(
    clock: &mut Clock,
    model: &ModelCase,
    lengths: &[usize],
    pairs: usize,
) -> Result<Value, Box<dyn Error>> {
    let plain = BatchShape::new(lengths, model.sizes()?, model.task());
    let steps = (plain.steps as f64 * PADDING) as usize;
    let padded = plain.clone().with_steps(steps);
    // Of one seed, so that both hold the same utterances.
    let [short, long] = [&plain, &padded].map(|shape| {
        let mut batch = shape.draw(&mut Random::new(0), &clock.device);
        batch.seed = 0;
        batch
    });
    clock.time(&short)?;
    clock.time(&long)?;
    let mut measured = Vec::new();
    for pair in 0..pairs {
        // The order alternates, so that being first is no advantage.
        measured.push(match pair % 2 {
            0 => (clock.time(&short)?, clock.time(&long)?),
            _ => {
                let long = clock.time(&long)?;
                (clock.time(&short)?, long)
            }
        });
    }
    let mut ratios: Vec<f64> = measured.iter().map(|(short, long)| long / short).collect();
    ratios.sort_by(f64::total_cmp);
    let column = |of: fn(&(f64, f64)) -> f64| median(&measured.iter().map(of).collect::<Vec<_>>());
    let (short, long) = (column(|pair| pair.0), column(|pair| pair.1));
    let change = percent(median(&ratios));
    let range = [percent(ratios[0]), percent(ratios[ratios.len() - 1])];

    println!("| Padded steps | Batch | Real steps | Step, ms |");
    println!("|--:|--:|--:|--:|");
    for (shape, ms) in [(&plain, short), (&padded, long)] {
        let (steps, batch, real) = (shape.steps, shape.batch(), shape.real_steps());
        println!("| {steps} | {batch} | {real} | {ms:.1} |");
    }
    println!(
        "\n{:+.0} % padding: {change:+.2} %, median of {pairs} pairs from {:+.2} % to {:+.2} %",
        percent(PADDING),
        range[0],
        range[1]
    );
    Ok(json!({
        "batch": plain.batch(),
        "real_steps": plain.real_steps(),
        "padded_steps": [plain.steps, padded.steps],
        "ms": [short, long],
        "pairs": pairs,
        "change_percent": change,
        "change_percent_range": range,
    }))
}

/// How much `ratio` exceeds 1, in percent.
fn percent(ratio: f64) -> f64 {
    (ratio - 1.0) * 100.0
}

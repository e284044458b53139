//! Compares a training step of MISA and one of BERT on a device with the same on the processor.
//!
//! ```text
//! cargo run --release -p misa-benches --features wgpu --bin parity -- --device wgpu --json parity.json
//! ```
//!
//! Ends with status 1 if a tensor disagrees. `scripts/check-gpu` runs it.

use clap::Parser;
use misa_benches::parity::{Parity, TOLERANCE, of_bert, of_model};
use misa_benches::{BenchError, Compute};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Compares a training step on a device with the same on the processor.
#[derive(Parser)]
#[command(arg_required_else_help = true)]
struct Arguments {
    /// Device, such as wgpu, vulkan or cuda:1.
    #[arg(long, value_name = "NAME")]
    device: String,
    /// Write the result to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let result = Arguments::parse().run().map_err(Into::into);
    misa_benches::exit("parity", result)
}

impl Arguments {
    fn run(&self) -> Result<(), BenchError> {
        let reference = Compute::open("cpu")?;
        let compute = Compute::open(&self.device)?;
        let mut results = Vec::new();
        let mut disagreements = 0;
        for (step, compare) in [
            ("misa", of_model as fn(&_, &_) -> Parity),
            ("bert", of_bert),
        ] {
            let started = Instant::now();
            let parity = compare(&reference.device, &compute.device);
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{step}: {} tensors, largest difference {:.1e} (bound {TOLERANCE:.0e}), {} disagree, {seconds:.1} s",
                parity.tensors,
                parity.largest_difference,
                parity.disagreements.len(),
            );
            for line in &parity.disagreements {
                println!("  {line}");
            }
            disagreements += parity.disagreements.len();
            results.push(json!({"step": step, "agrees": parity.agrees(), "seconds": seconds, "parity": parity}));
        }
        self.write(&json!({
            "device": compute.name,
            "reference": reference.name,
            "tolerance": TOLERANCE,
            "steps": results,
        }))?;
        match disagreements {
            0 => Ok(()),
            tensors => Err(BenchError::Parity { tensors }),
        }
    }

    fn write(&self, result: &serde_json::Value) -> Result<(), BenchError> {
        let Some(path) = &self.json else {
            return Ok(());
        };
        fs::write(path, format!("{result:#}\n")).map_err(|source| BenchError::File {
            path: path.clone(),
            source,
        })
    }
}

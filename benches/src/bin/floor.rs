//! How fast matrix products are on this machine: ours, Burn's and PyTorch's side by side.
//!
//! ```text
//! cargo run --release -p misa-benches --bin floor -- --threads 2 --python .venv-bench/bin/python
//! ```
//!
//! A step of training cannot be faster than its products, and ours should not be slower than the
//! best of the others.

use clap::Parser;
use misa_benches::products::{PRODUCTS, memory_rate};
use misa_benches::{BenchError, Compute, available_threads, use_threads};
use serde_json::json;
use std::error::Error;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Times matrix products of our kernels, of Burn and of PyTorch.
#[derive(Parser)]
struct Arguments {
    /// Threads that compute; by default, as many as there are processors
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// Python with PyTorch, to time its products too
    #[arg(long, value_name = "PROGRAM")]
    python: Option<String>,
    /// Seconds for each product of each side
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = seconds)]
    seconds: f64,
    /// Write the rates to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Seconds of an argument, up to an hour.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok();
    let seconds = seconds.filter(|seconds| (0.0..=3600.0).contains(seconds));
    seconds.ok_or_else(|| "expected seconds from 0 to 3600".to_owned())
}

fn main() -> ExitCode {
    misa_benches::exit("floor", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let threads = arguments
        .threads
        .map_or_else(available_threads, usize::from);
    use_threads(threads)?;
    let compute = Compute::open("cpu")?;
    let time = Duration::from_secs_f64(arguments.seconds);
    println!("GFLOP/s with {threads} threads\n");
    println!(
        "| Rows | Depth | Width | ours | with packing | flex | PyTorch | share of the best | |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|:--|");
    let mut found = Vec::new();
    for product in PRODUCTS {
        let mut rates = product.rates(&compute.device, time)?;
        if let Some(python) = &arguments.python {
            rates.torch = Some(product.torch_rate(python, threads, time)?);
        }
        let best = rates.flex.max(rates.torch.unwrap_or(0.0));
        println!(
            "| {} | {} | {} | {:.0} | {:.0} | {:.0} | {} | {:.0} % | {} |",
            product.rows,
            product.depth,
            product.width,
            rates.ours,
            rates.packing,
            rates.flex,
            rates
                .torch
                .map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}")),
            100.0 * rates.ours / best,
            product.place,
        );
        found.push(json!({
            "rows": product.rows,
            "depth": product.depth,
            "width": product.width,
            "place": product.place,
            "operations_per_byte": product.operations() / product.bytes(),
            "gflops": rates,
        }));
    }
    let memory = memory_rate();
    println!("\nmemory is read at {memory:.1} GB/s");
    if let Some(path) = &arguments.json {
        let results = json!({"threads": threads, "memory_gbytes": memory, "products": found});
        fs::write(path, format!("{results:#}\n")).map_err(|source| BenchError::File {
            path: path.clone(),
            source,
        })?;
    }
    Ok(())
}

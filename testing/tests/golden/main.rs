//! Equality with values produced by running the official PyTorch code.
//!
//! The folder is `datasets/golden`, or the one `MISA_GOLDEN_DIR` names; its README states how the
//! values were made. Every case is its own test. Cases are found by listing the folder, so that a
//! new case needs no new code, and a case that these tests cannot run fails. The tests of files and
//! arrays are in `misa-data`.

#![allow(clippy::unwrap_used)]

mod bert;
mod generated;
mod learning;
mod losses;
mod metrics;
mod missing_frames;
mod models;
mod parts;
mod pretrained;
mod recipe;
mod stats;
mod tensors;

use misa_testing::run;
use std::process::ExitCode;
use std::sync::RwLock;

/// Guards the random state of the process: a test that trains locks it for writing, one that creates
/// a model and then replaces its weights, for reading.
static RANDOM: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let cases = [
        generated::cases(),
        learning::cases(),
        metrics::cases(),
        missing_frames::cases(),
        models::cases(),
        parts::cases(),
        pretrained::cases(),
        recipe::cases(),
        stats::cases(),
    ];
    run(cases.into_iter().flatten().collect())
}

//! Equality with values produced by running the official PyTorch code.
//!
//! The folder is `datasets/golden`, or the one `MISA_GOLDEN_DIR` names; its README says how the
//! values were made. Every case is a test of its own. Cases are found by listing the folder, so
//! that a new case needs no new code, and a case that these tests cannot run fails. Those of files
//! and arrays are in `misa-data`.

#![allow(clippy::unwrap_used)]

mod learning;
mod metrics;
mod models;
mod parts;
mod recipe;
mod stats;
mod tensors;

use misa_testing::run;
use std::{process::ExitCode, sync::RwLock};

/// The random state of the process. Who trains holds it alone; who makes a model whose weights are
/// replaced shares it.
static RANDOM: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let cases = [
        learning::cases(),
        metrics::cases(),
        models::cases(),
        parts::cases(),
        recipe::cases(),
        stats::cases(),
    ];
    run(cases.into_iter().flatten().collect())
}

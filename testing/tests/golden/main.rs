//! Equality with values produced by running the official PyTorch code.
//!
//! The folder is `datasets/golden`, or the one `MISA_GOLDEN_DIR` names; its README says how the
//! values were made. Every case is a test of its own. Cases are found by listing the folder, so
//! that a new case needs no new code, and a case that these tests cannot run fails.

#![allow(clippy::unwrap_used)]

mod data;
mod learning;
mod metrics;
mod models;
mod parts;
mod recipe;
mod stats;
mod tensors;

use libtest_mimic::{Arguments, Trial};
use std::{fs, path::Path, process::ExitCode, sync::RwLock};

/// The random state of the process. Who trains holds it alone; who makes a model whose weights are
/// replaced shares it.
static RANDOM: RwLock<()> = RwLock::new(());

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = [
        data::cases(),
        learning::cases(),
        metrics::cases(),
        models::cases(),
        parts::cases(),
        recipe::cases(),
        stats::cases(),
    ];
    libtest_mimic::run(&arguments, cases.into_iter().flatten().collect()).exit_code()
}

/// The test of one golden case; it fails by a panic.
fn case(name: &str, check: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(format!("golden::{name}"), move || {
        check();
        Ok(())
    })
}

/// A case that no test can run, which is a failure.
fn unknown(name: &str) -> Trial {
    let message = format!("{name}: no test reads this case");
    case(name, move || panic!("{message}"))
}

fn json(path: &Path) -> serde_json::Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

//! Finds the data of tests.
//!
//! | Data | Folder | If it is missing |
//! |---|---|---|
//! | golden values | `MISA_GOLDEN_DIR`, then `datasets/golden` | the test fails |
//! | real data sets | `MISA_DATA_DIR`, or `../shared/data` if it is not set | the test passes and is listed as skipped |
//! | a pre-trained BERT | `MISA_BERT_DIR` | the same |
//!
//! An empty variable counts as not set.

#[cfg(feature = "cases")]
mod case;
mod clock;
mod golden;
mod http;
mod real;
mod tensors;

#[cfg(feature = "cases")]
pub use case::{Failed, Trial, case, run, try_case, unknown};
pub use clock::{cpu_time, is_long, takes_less_than};
pub use golden::{entries, extension, golden, json, manifest_entry, name, stem};
pub use http::{HttpAnswer, HttpClient, request};
pub use real::{real_bert, real_data};
use std::env;
use std::path::{Path, PathBuf};
pub use tensors::{Stored, Tensors};

/// The folder that an environment variable names.
fn named(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// The root of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

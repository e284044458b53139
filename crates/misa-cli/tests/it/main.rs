//! The program, as a user calls it.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod ablation;
mod common;
mod looks;
mod releases;
#[cfg(unix)]
mod resume;
mod runs;
mod settings;
#[cfg(unix)]
mod sweeps;
mod tables;

//! The program, as a user calls it.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod ablation;
mod common;
mod looks;
#[cfg(unix)]
mod pages;
mod releases;
mod resume;
mod runs;
mod settings;
#[cfg(unix)]
mod sweeps;
mod tables;

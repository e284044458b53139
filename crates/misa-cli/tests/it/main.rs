//! The program, as a user calls it.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod ablation;
mod advice;
mod assemble;
mod common;
mod complete;
mod data;
#[cfg(feature = "serve")]
mod export;
mod folders;
mod json_page;
mod language;
mod looks;
mod padding;
mod pages;
mod plan;
mod predict;
mod protocol;
mod reference;
mod releases;
#[cfg(unix)]
mod resume;
mod runs;
#[cfg(all(unix, feature = "serve"))]
mod serve;
mod settings;
mod sounds;
#[cfg(unix)]
mod sweeps;
mod tables;

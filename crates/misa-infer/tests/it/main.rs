//! Predictions of models with random weights.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod bits;
mod damaged;
mod explain;
mod frames;
mod predict;
mod support;

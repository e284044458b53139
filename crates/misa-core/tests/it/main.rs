//! The public interface: gradients, properties, parameters.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod beyond;
mod common;
mod gradients;
mod parameters;
mod properties;

//! The public interface: comparisons of runs and what they say of differences.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod compare;
mod differences;
mod equality;
mod power;
mod random;

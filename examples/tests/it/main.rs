//! The examples, as a user runs them.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod common;
mod convert;
mod data_doctor;
mod predict;
mod train_mosei;

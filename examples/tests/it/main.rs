//! The examples, as a user runs them.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod common;
mod convert;
mod data_doctor;
mod predict;
mod train_mosei;

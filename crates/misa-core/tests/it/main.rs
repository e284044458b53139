//! The crate from outside: gradients, properties, parameters.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod beyond;
mod common;
mod gradients;
mod parameters;
mod properties;

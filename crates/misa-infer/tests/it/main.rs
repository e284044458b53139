//! Predictions of models with random weights.

#![allow(missing_docs)]

mod bits;
mod explain;
mod predict;
mod support;

//! Fast layers over sequences of unequal length.
//!
//! [`Layer::forward`]: a bidirectional LSTM or GRU over packed sequences as one
//! differentiable operation of Burn. [`available`] says for which devices there is a kernel;
//! `misa-core` computes the same from Burn's own operations where there is none. The rest has
//! kernels for the processor alone, see [`on_cpu`]. [`Adam`]: the optimiser in one
//! pass over memory, and [`norm`] of its gradients. [`SelfAttention`], [`AddNorm`] and [`gelu`]: what a
//! transformer layer does between its matrix products, without padding. [`RowAdam`]: the same numbers for a table of which a step touches few rows.
//!
//! Everything here is safe Rust: the vector instructions are those of `pulp`, chosen when the
//! program starts, and GPUs run kernels of CubeCL that check their bounds.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adam;
mod cell;
// Builds for other devices use less of it.
#[cfg_attr(not(feature = "flex"), allow(dead_code))]
mod cpu;
mod dropout;
#[cfg(feature = "flex")]
mod flex;
#[cfg(feature = "cube")]
mod gpu;
mod layer;
#[cfg(any(feature = "flex", feature = "cube"))]
mod ops;
mod rows;
mod sentences;
mod steps;
mod transformer;

pub use adam::{Adam, norm};
pub use cell::CellKind;
pub use dropout::dropout;
pub use layer::{DirectionWeights, Layer, available, on_cpu};
pub use rows::RowAdam;
pub use sentences::Sentences;
pub use steps::PackedSteps;
pub use transformer::{AddNorm, SelfAttention, gelu};

/// Holds the README's example to what compiles.
#[cfg(all(doctest, feature = "flex"))]
#[doc = include_str!("../README.md")]
struct Readme;

//! Fast layers over sequences of unequal length.
//!
//! | Item | Kernels for | What it computes |
//! | --- | --- | --- |
//! | [`Layer`] | CPU, GPU | a bidirectional LSTM or GRU over packed sequences |
//! | [`linear`] | CPU | a product with a weight, and its gradients |
//! | [`SelfAttention`], [`AddNorm`], [`gelu`] | CPU | a transformer layer between its matrix products, without padding |
//! | [`CrossAttention`], [`layer_norm`], [`bias_relu`], [`bias_add`], [`mean`] | CPU | the same for a layer that reads other sequences |
//! | [`Adam`], [`norm`] | CPU | the optimiser in one pass over memory, and the norm of a gradient |
//! | [`RowAdam`] | CPU | [`Adam`] for a table of which a step reads few rows, bit for bit |
//!
//! [`compute`] keeps work that calls many of them on the threads that compute.
//!
//! Each layer is one operation of Burn, differentiable with the default feature `autodiff`.
//! [`available`] and [`on_cpu`] say for which devices there is a kernel; `misa-core` computes the same
//! from Burn's operations where there is none.
//!
//! Everything here is safe Rust: the vector instructions are those of `pulp`, chosen when the
//! program starts, and GPUs run kernels of CubeCL that check their bounds.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adam;
mod cell;
// Builds for other devices, or without gradients, use less of it.
#[cfg_attr(not(all(feature = "autodiff", feature = "flex")), allow(dead_code))]
mod cpu;
mod dropout;
#[cfg(feature = "flex")]
mod flex;

#[cfg(feature = "cube")]
#[cfg_attr(not(feature = "autodiff"), allow(dead_code))]
mod gpu;
#[cfg(all(feature = "autodiff", any(feature = "flex", feature = "cube")))]
mod gradients;
#[cfg(feature = "flex")]
mod kept_weights;
mod layer;
mod linear;
#[cfg(any(feature = "flex", feature = "cube"))]
#[cfg_attr(not(feature = "autodiff"), allow(dead_code))]
mod ops;
mod packed_matrix;
mod pool;
mod pre_norm;
mod repeats;
mod rows;
mod sentences;
mod steps;
mod transformer;

pub use adam::{Adam, norm};
pub use cell::CellKind;
pub use dropout::dropout;
pub use layer::{DirectionWeights, Layer, LayerOutput, available, on_cpu};
pub use linear::linear;
#[doc(hidden)]
pub use packed_matrix::PackedMatrix;
pub use pool::compute;
pub use pre_norm::{bias_add, bias_relu, layer_norm, mean};
pub use repeats::Repeats;
pub use rows::RowAdam;
pub use sentences::Sentences;
pub use steps::PackedSteps;
pub use transformer::{AddNorm, CrossAttention, SelfAttention, gelu};

/// Holds the README's example to what compiles.
#[cfg(all(doctest, feature = "flex"))]
#[doc = include_str!("../README.md")]
struct Readme;

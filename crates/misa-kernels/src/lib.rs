//! Fast recurrent layers over sequences of unequal length.
//!
//! One door, [`Layer::forward`]: a bidirectional LSTM or GRU over packed sequences as one
//! differentiable operation of Burn. [`available`] says for which devices there is a kernel;
//! `misa-core` computes the same from Burn's own operations where there is none.
//!
//! Everything here is safe Rust: the vector instructions are those of `pulp`, chosen when the
//! program starts.

mod cell;
#[cfg(feature = "flex")]
mod cpu;
#[cfg(feature = "flex")]
mod flex;
mod layer;
#[cfg(feature = "flex")]
mod ops;
mod steps;

pub use cell::CellKind;
pub use layer::{DirectionWeights, Layer, available};
pub use steps::PackedSteps;

//! What sweeps and runs tell other programs, without tensors.
//!
//! | Module | Holds |
//! |---|---|
//! | [`journal`] | Optuna's journal file: studies and their trials, read and written |
//! | [`events`] | TensorBoard's event files: scalars by tag and step |

mod json;

pub mod events;
pub mod journal;

pub use events::*;
pub use journal::*;
pub use json::Json;

/// Compiles the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

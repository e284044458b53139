//! Recurrent layers on the processor.

pub(crate) mod adam;
pub(crate) mod buffer;
mod direction;
mod functions;
mod gru;
pub(crate) mod layer;
mod lstm;
pub(crate) mod mask;
mod matrix;
mod panels;
mod product;
mod step;

#[cfg(feature = "flex")]
pub(crate) use direction::Weights;

//! Layers on the processor.

pub(crate) mod adam;
pub(crate) mod attention;
pub(crate) mod buffer;
mod direction;
mod functions;
pub(crate) mod gelu;
mod gru;
mod head;
pub(crate) mod layer;
mod lstm;
pub(crate) mod mask;
mod matrix;
pub(crate) mod means;
pub(crate) mod norm;
mod panels;
mod product;
mod row;
mod softmax;
pub(crate) mod squares;
mod step;
pub(crate) mod sums;
#[cfg(test)]
mod testing;

#[cfg(feature = "flex")]
pub(crate) use direction::Weights;

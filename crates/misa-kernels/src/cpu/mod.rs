//! Layers on the processor.

pub(crate) mod adam;
pub(crate) mod attention;
mod backward;
pub(crate) mod buffer;
mod direction;
mod functions;
pub(crate) mod gelu;
mod group;
mod gru;
mod head;
pub(crate) mod layer;
pub(crate) mod left;
pub(crate) mod linear;
mod lstm;
pub(crate) mod mask;
pub(crate) mod matrix;
pub(crate) mod means;
pub(crate) mod norm;
pub(crate) mod panels;
pub(crate) mod product;
mod row;
mod softmax;
pub(crate) mod squares;
mod step;
pub(crate) mod sums;
#[cfg(test)]
mod testing;
mod turn;
mod weight_gradients;

#[cfg(feature = "flex")]
pub(crate) use direction::{PackedWeights, Weights, pack};

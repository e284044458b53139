//! Dropout in Burn's layer with our mask.

use burn::{nn::Dropout, prelude::*};

/// [`Dropout::forward`], with a mask that costs one pass over memory where there is a kernel.
///
/// - Differs: what is dropped is another function of the device's seed than Burn's.
pub(crate) fn drop_out<const D: usize>(layer: &Dropout, x: Tensor<D>) -> Tensor<D> {
    match probability(layer, &x) {
        0.0 => x,
        probability => misa_kernels::dropout(x, probability),
    }
}

/// The probability of dropping something of `x` now: none outside of training.
pub(crate) fn probability<const D: usize>(layer: &Dropout, x: &Tensor<D>) -> f64 {
    match x.device().is_autodiff() && layer.training.is_enabled() {
        true => layer.prob,
        false => 0.0,
    }
}

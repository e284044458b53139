//! Dropout in Burn's layer with our mask.

use burn::nn::Dropout;
use burn::prelude::*;

/// [`Dropout::forward`], with a mask that takes one pass over memory where there is a kernel.
///
/// - Differs: the mask is another function of the device's seed than Burn's.
pub(crate) fn drop_out<const D: usize>(layer: &Dropout, x: Tensor<D>) -> Tensor<D> {
    match probability(layer, &x) {
        0.0 => x,
        probability => misa_kernels::dropout(x, probability),
    }
}

/// The probability with which `layer` drops an element of `x` now: 0 outside of training.
pub(crate) fn probability<const D: usize>(layer: &Dropout, x: &Tensor<D>) -> f64 {
    if x.device().is_autodiff() && layer.training.is_enabled() {
        layer.prob
    } else {
        0.0
    }
}

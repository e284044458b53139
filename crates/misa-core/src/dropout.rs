//! Dropout in Burn's layer with our mask.

use burn::{nn::Dropout, prelude::*};

/// [`Dropout::forward`], with a mask that costs one pass over memory where there is a kernel.
///
/// - Differs: what is dropped is another function of the device's seed than Burn's.
pub(crate) fn drop_out<const D: usize>(layer: &Dropout, x: Tensor<D>) -> Tensor<D> {
    let trains = x.device().is_autodiff() && layer.training.is_enabled();
    match trains && layer.prob > 0.0 {
        true => misa_kernels::dropout(x, layer.prob),
        false => x,
    }
}

//! A product with a weight.

#[cfg(not(feature = "flex"))]
#[path = "absent.rs"]
mod dispatch;
#[cfg(feature = "flex")]
mod dispatch;
#[cfg(feature = "flex")]
#[cfg_attr(not(feature = "autodiff"), allow(dead_code))]
mod flex;
#[cfg(all(feature = "autodiff", feature = "flex"))]
mod gradients;
#[cfg(feature = "flex")]
mod ops;

use crate::transformer::assert_available;
use burn::prelude::*;

/// `x * weight`, plus `bias` if there is one.
///
/// Neither the number of threads nor the other rows change a bit of a row.
///
/// Differentiable once.
///
/// # Shapes
///
/// - x: `[rows, d_input]`
/// - weight: `[d_input, d_output]`
/// - bias: `[d_output]`
/// - output: `[rows, d_output]`
///
/// # Panics
///
/// Panics if there is no kernel, see [`crate::on_cpu`], or a shape is not as above.
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    assert_available(&x);
    let [d_input, d_output] = weight.dims();
    assert_eq!(x.dims()[1], d_input);
    assert!(bias.as_ref().is_none_or(|bias| bias.dims() == [d_output]));
    dispatch::linear(x, weight, bias)
}

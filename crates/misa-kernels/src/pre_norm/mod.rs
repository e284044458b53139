//! What a pre-norm transformer layer does between its matrix products.

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

use crate::Sentences;
use crate::transformer::{assert_available, seed};
use burn::prelude::*;
use std::sync::Arc;

/// Layer norm over the columns of `x`: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
///
/// Differentiable once.
///
/// # Shapes
///
/// - x and the output: `[rows, d_model]`
/// - gamma, beta: `[d_model]`
///
/// # Panics
///
/// Panics if there is no kernel, see [`crate::on_cpu`], or a shape is not as above.
pub fn layer_norm(x: Tensor<2>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> Tensor<2> {
    assert_available(&x);
    let [_, d_model] = x.dims();
    assert_eq!([gamma.dims(), beta.dims()], [[d_model]; 2]);
    dispatch::layer_norm(x, [gamma, beta], epsilon)
}

/// `dropout(max(x + bias, 0))`, with a mask that is a function of the device's random state.
///
/// Differentiable once.
///
/// # Shapes
///
/// - x and the output: `[rows, columns]`
/// - bias: `[columns]`
///
/// # Panics
///
/// Panics if there is no kernel, see [`crate::on_cpu`], or a shape is not as above.
pub fn bias_relu(x: Tensor<2>, bias: Tensor<1>, dropout: f64) -> Tensor<2> {
    assert_available(&x);
    assert_eq!(bias.dims(), [x.dims()[1]]);
    let seed = seed(&x.device(), dropout);
    dispatch::relu(x, bias, dropout, seed)
}

/// `residual + dropout(x + bias)`, with a mask that is a function of the device's random state.
///
/// Differentiable once.
///
/// # Shapes
///
/// - x, residual and the output: `[rows, columns]`
/// - bias: `[columns]`
///
/// # Panics
///
/// Panics if there is no kernel, see [`crate::on_cpu`], or a shape is not as above.
pub fn bias_add(x: Tensor<2>, bias: Tensor<1>, residual: Tensor<2>, dropout: f64) -> Tensor<2> {
    assert_available(&x);
    assert_eq!(x.dims(), residual.dims());
    assert_eq!(bias.dims(), [x.dims()[1]]);
    let seed = seed(&x.device(), dropout);
    dispatch::add([x, residual], bias, dropout, seed)
}

/// The mean of each sentence's rows.
///
/// Differentiable once.
///
/// # Shapes
///
/// - x: `[rows, columns]`
/// - output: `[sentences, columns]`
///
/// # Panics
///
/// Panics if there is no kernel, see [`crate::on_cpu`], or a shape is not as above.
pub fn mean(x: Tensor<2>, sentences: Arc<Sentences>) -> Tensor<2> {
    assert_available(&x);
    assert_eq!(x.dims()[0], sentences.rows());
    dispatch::mean(x, sentences)
}

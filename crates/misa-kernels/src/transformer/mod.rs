//! The operations of a transformer layer between its matrix products.

#[cfg(not(feature = "flex"))]
#[path = "absent.rs"]
mod dispatch;
#[cfg(feature = "flex")]
mod dispatch;
#[cfg(feature = "flex")]
#[cfg_attr(not(feature = "autodiff"), allow(dead_code))]
pub(crate) mod flex;
#[cfg(all(feature = "autodiff", feature = "flex"))]
pub(crate) mod gradients;
#[cfg(feature = "flex")]
mod ops;

use crate::dropout::draw_seed;
use crate::{Sentences, on_cpu};
use burn::prelude::*;
use std::sync::Arc;

/// GELU of every element: `x P(X < x)` for a standard normal `X`.
///
/// Differentiable once.
///
/// # Panics
///
/// Panics if there is no kernel, see [`on_cpu`].
pub fn gelu(x: Tensor<2>) -> Tensor<2> {
    assert_available(&x);
    dispatch::gelu(x)
}

/// Self-attention of several heads, each token to those of its sentence.
///
/// - Source: Attention is all you need, scaled dot-product attention.
#[derive(Clone, Debug)]
pub struct SelfAttention {
    /// Layout of the tokens.
    pub sentences: Arc<Sentences>,
    /// Heads, each on its own columns.
    pub n_heads: usize,
    /// Probability of dropping an attention weight. Range: `[0, 1)`.
    pub dropout: f64,
}

/// Attention of several heads, each row of a sentence to those of the same sentence in another tensor.
///
/// - Source: Attention is all you need, scaled dot-product attention.
#[derive(Clone, Debug)]
pub struct CrossAttention {
    /// Layout of the queries.
    pub queries: Arc<Sentences>,
    /// Layout of keys and values.
    pub keys: Arc<Sentences>,
    /// Heads, each on its own columns.
    pub n_heads: usize,
    /// Probability of dropping an attention weight. Range: `[0, 1)`.
    pub dropout: f64,
}

impl SelfAttention {
    /// The mean of the values of each token's sentence, weighted by attention.
    ///
    /// Keys are passed without their bias: it would add one constant to all scores of a query, which
    /// softmax cancels. Its gradient is 0.
    ///
    /// - Differs: added in floating point, the bias would get a gradient of rounding errors, which Adam
    ///   scales to full steps.
    ///
    /// The dropout mask is a function of the device's random state.
    ///
    /// Differentiable once.
    ///
    /// # Shapes
    ///
    /// - queries, keys, values and the output: `[rows, d_model]`
    /// - key_bias: `[d_model]`
    ///
    /// # Panics
    ///
    /// Panics if there is no kernel, see [`on_cpu`], or a shape is not as above.
    pub fn forward(
        &self,
        [queries, keys, values]: [Tensor<2>; 3],
        key_bias: Tensor<1>,
    ) -> Tensor<2> {
        let attention = CrossAttention {
            queries: self.sentences.clone(),
            keys: self.sentences.clone(),
            n_heads: self.n_heads,
            dropout: self.dropout,
        };
        attention.forward([queries, keys, values], key_bias)
    }
}

impl CrossAttention {
    /// The mean of the values of each query's sentence, weighted by attention.
    ///
    /// Keys are passed without their bias, see [`SelfAttention::forward`]. The dropout mask is a
    /// function of the device's random state.
    ///
    /// Differentiable once.
    ///
    /// # Shapes
    ///
    /// - queries and the output: `[rows, d_model]`
    /// - keys, values: `[source_rows, d_model]`
    /// - key_bias: `[d_model]`
    ///
    /// # Panics
    ///
    /// Panics if there is no kernel, see [`on_cpu`], or a shape is not as above.
    pub fn forward(
        self,
        [queries, keys, values]: [Tensor<2>; 3],
        key_bias: Tensor<1>,
    ) -> Tensor<2> {
        assert_available(&queries);
        let [rows, d_model] = queries.dims();
        assert_eq!(rows, self.queries.rows());
        let source = [self.keys.rows(), d_model];
        assert_eq!([keys.dims(), values.dims()], [source; 2]);
        assert_eq!(key_bias.dims(), [d_model]);
        assert!(d_model.is_multiple_of(self.n_heads));
        let seed = seed(&queries.device(), self.dropout);
        dispatch::attend([queries, keys, values], key_bias, Arc::new(self), seed)
    }
}

/// Layer norm of a sum with dropout on one term.
#[derive(Clone, Debug)]
pub struct AddNorm {
    /// `[d_model]`
    pub gamma: Tensor<1>,
    /// `[d_model]`
    pub beta: Tensor<1>,
    /// Added to the variance before its root is taken.
    pub epsilon: f64,
    /// Probability of dropping an element of `x + bias`. Range: `[0, 1)`.
    pub dropout: f64,
}

impl AddNorm {
    /// The norm of `residual + dropout(x + bias)`.
    ///
    /// The dropout mask is a function of the device's random state.
    ///
    /// Differentiable once.
    ///
    /// # Shapes
    ///
    /// - x, residual and the output: `[rows, d_model]`
    /// - bias: `[d_model]`
    ///
    /// # Panics
    ///
    /// Panics if there is no kernel, see [`on_cpu`], or a shape is not as above.
    pub fn forward(&self, x: Tensor<2>, bias: Tensor<1>, residual: Tensor<2>) -> Tensor<2> {
        assert_available(&x);
        let [_, d_model] = x.dims();
        assert_eq!(residual.dims(), x.dims());
        for row in [&bias, &self.gamma, &self.beta] {
            assert_eq!(row.dims(), [d_model]);
        }
        let seed = seed(&x.device(), self.dropout);
        dispatch::add_norm(self, [x, residual], bias, seed)
    }
}

pub(crate) fn assert_available(x: &Tensor<2>) {
    let device = x.device();
    assert!(on_cpu(&device, x.dtype()), "no kernel for {device:?}");
}

/// Draws a seed only if there is dropout.
pub(crate) fn seed(device: &Device, dropout: f64) -> u64 {
    if dropout > 0.0 { draw_seed(device) } else { 0 }
}

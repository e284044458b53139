//! What a pre-norm transformer layer does between its matrix products, as operations of Burn.

use crate::Sentences;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};
use std::sync::Arc;

/// The operations of a pre-norm transformer layer between its matrix products.
#[backend_extension(Autodiff: cfg(feature = "autodiff"), Flex)]
pub trait PreNormOps: Backend {
    /// Layer norm.
    fn norm_rows(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self>;

    /// `dropout(relu(x + bias))`
    fn relu_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        dropout: f64,
        seed: u64,
    ) -> FloatTensor<Self>;

    /// `residual + dropout(x + bias)`
    fn add_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        dropout: f64,
        seed: u64,
    ) -> FloatTensor<Self>;

    /// The mean of each sentence's rows.
    fn mean_rows(x: FloatTensor<Self>, sentences: Arc<Sentences>) -> FloatTensor<Self>;
}

//! The parts of a transformer layer as operations of Burn.

use crate::CrossAttention;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};
use std::sync::Arc;

/// The operations of a transformer layer between its matrix products.
#[backend_extension(Autodiff: cfg(feature = "autodiff"), Flex)]
pub trait TransformerOps: Backend {
    /// GELU of every element.
    fn gelu_rows(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Attention.
    fn attend(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        key_bias: FloatTensor<Self>,
        attention: Arc<CrossAttention>,
        seed: u64,
    ) -> FloatTensor<Self>;

    /// Layer norm of a sum.
    #[allow(clippy::too_many_arguments)] // The macro takes no structs of tensors and numbers.
    fn add_norm(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        dropout: f64,
        seed: u64,
    ) -> FloatTensor<Self>;
}

//! Calls the operations of the device that holds the tensors.

use crate::transformer::ops::TransformerOps;
use crate::{AddNorm, CrossAttention};
use burn::backend::Dispatch;
use burn::prelude::*;
use std::sync::Arc;

pub(super) fn gelu(x: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::gelu_rows(x.into_dispatch()))
}

/// Attention of queries, keys and values.
pub(super) fn attend(
    inputs: [Tensor<2>; 3],
    key_bias: Tensor<1>,
    attention: Arc<CrossAttention>,
    seed: u64,
) -> Tensor<2> {
    let [queries, keys, values] = inputs.map(Tensor::into_dispatch);
    let output = Dispatch::attend(
        queries,
        keys,
        values,
        key_bias.into_dispatch(),
        attention,
        seed,
    );
    Tensor::from_dispatch(output)
}

/// Layer norm of `residual + dropout(x + bias)`.
pub(super) fn add_norm(
    norm: &AddNorm,
    [x, residual]: [Tensor<2>; 2],
    bias: Tensor<1>,
    seed: u64,
) -> Tensor<2> {
    let output = Dispatch::add_norm(
        x.into_dispatch(),
        bias.into_dispatch(),
        residual.into_dispatch(),
        norm.gamma.clone().into_dispatch(),
        norm.beta.clone().into_dispatch(),
        norm.epsilon,
        norm.dropout,
        seed,
    );
    Tensor::from_dispatch(output)
}

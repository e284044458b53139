//! Calls the operations of the device that holds the tensors.

use crate::Sentences;
use crate::pre_norm::ops::PreNormOps;
use burn::backend::Dispatch;
use burn::prelude::*;
use std::sync::Arc;

pub(super) fn layer_norm(x: Tensor<2>, affine: [Tensor<1>; 2], epsilon: f64) -> Tensor<2> {
    let [gamma, beta] = affine.map(Tensor::into_dispatch);
    let output = Dispatch::norm_rows(x.into_dispatch(), gamma, beta, epsilon);
    Tensor::from_dispatch(output)
}

pub(super) fn relu(x: Tensor<2>, bias: Tensor<1>, dropout: f64, seed: u64) -> Tensor<2> {
    let output = Dispatch::relu_rows(x.into_dispatch(), bias.into_dispatch(), dropout, seed);
    Tensor::from_dispatch(output)
}

/// `residual + dropout(x + bias)`
pub(super) fn add(
    [x, residual]: [Tensor<2>; 2],
    bias: Tensor<1>,
    dropout: f64,
    seed: u64,
) -> Tensor<2> {
    let [x, residual] = [x, residual].map(Tensor::into_dispatch);
    let output = Dispatch::add_rows(x, bias.into_dispatch(), residual, dropout, seed);
    Tensor::from_dispatch(output)
}

pub(super) fn mean(x: Tensor<2>, sentences: Arc<Sentences>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::mean_rows(x.into_dispatch(), sentences))
}

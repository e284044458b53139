//! Calls the operation of the device that holds the tensors.

use crate::linear::ops::LinearOps;
use burn::backend::Dispatch;
use burn::prelude::*;

pub(super) fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    let y = match bias {
        Some(bias) => Dispatch::linear_rows(x, weight, bias.into_dispatch()),
        None => Dispatch::product_rows(x, weight),
    };
    Tensor::from_dispatch(y)
}

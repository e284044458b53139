//! A product with a weight as an operation of Burn.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};

/// Products with a weight.
#[backend_extension(Autodiff: cfg(feature = "autodiff"), Flex)]
pub trait LinearOps: Backend {
    /// `x * weight`
    fn product_rows(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

    /// `x * weight + bias`
    fn linear_rows(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

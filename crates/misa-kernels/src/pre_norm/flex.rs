//! The kernels for the CPU behind the operations.

use crate::Sentences;
use crate::cpu::mask::Dropout;
use crate::cpu::means;
use crate::cpu::sums::{self, Kind, Slope};
use crate::flex::{host, tensor};
use crate::pre_norm::ops::PreNormOps;
use crate::transformer::flex::{NormOperands, shape};
use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use std::sync::Arc;

impl PreNormOps for Flex {
    fn norm_rows(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        NormOperands::alone([gamma, beta], epsilon).norm(x)
    }

    fn relu_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        probability: f64,
        seed: u64,
    ) -> FloatTensor<Self> {
        relu(&x, &bias, Dropout { probability, seed })
    }

    fn add_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        probability: f64,
        seed: u64,
    ) -> FloatTensor<Self> {
        add([&x, &residual], &bias, Dropout { probability, seed })
    }

    fn mean_rows(x: FloatTensor<Self>, sentences: Arc<Sentences>) -> FloatTensor<Self> {
        mean(&x, &sentences)
    }
}

/// `dropout(relu(x + bias))`
pub(super) fn relu(
    x: &FloatTensor<Flex>,
    bias: &FloatTensor<Flex>,
    dropout: Dropout,
) -> FloatTensor<Flex> {
    sum(x, bias, Kind::Rectified, dropout)
}

/// `residual + dropout(x + bias)`
pub(super) fn add(
    [x, residual]: [&FloatTensor<Flex>; 2],
    bias: &FloatTensor<Flex>,
    dropout: Dropout,
) -> FloatTensor<Flex> {
    let residual = residual.to_contiguous();
    sum(x, bias, Kind::Added(host(&residual)), dropout)
}

fn sum(
    x: &FloatTensor<Flex>,
    bias: &FloatTensor<Flex>,
    kind: Kind<'_>,
    dropout: Dropout,
) -> FloatTensor<Flex> {
    let (x, bias) = (x.to_contiguous(), bias.to_contiguous());
    let mut y = vec![0.0; host(&x).len()];
    sums::forward(host(&x), host(&bias), kind, dropout, &mut y);
    tensor(y, shape(&x))
}

/// Gradients of `x` and the bias, given `y` of [`relu`].
pub(super) fn relu_gradients(
    y: &FloatTensor<Flex>,
    d_y: &FloatTensor<Flex>,
    dropout: Dropout,
) -> [FloatTensor<Flex>; 2] {
    sum_gradients(d_y, Slope::Rectified(host(y)), dropout)
}

/// Gradients of `x` and the bias of [`add`].
pub(super) fn add_gradients(d_y: &FloatTensor<Flex>, dropout: Dropout) -> [FloatTensor<Flex>; 2] {
    sum_gradients(d_y, Slope::Added, dropout)
}

fn sum_gradients(
    d_y: &FloatTensor<Flex>,
    slope: Slope<'_>,
    dropout: Dropout,
) -> [FloatTensor<Flex>; 2] {
    let d_y = d_y.to_contiguous();
    let [rows, columns] = shape(&d_y);
    let (mut d_x, mut d_bias) = (vec![0.0; rows * columns], vec![0.0; columns]);
    sums::backward(host(&d_y), slope, dropout, &mut d_x, &mut d_bias);
    [tensor(d_x, [rows, columns]), tensor(d_bias, [columns])]
}

pub(super) fn mean(x: &FloatTensor<Flex>, sentences: &Sentences) -> FloatTensor<Flex> {
    let x = x.to_contiguous();
    let [_, columns] = shape(&x);
    let mut means = vec![0.0; sentences.count() * columns];
    means::forward(host(&x), sentences.all_ranges(), &mut means);
    tensor(means, [sentences.count(), columns])
}

pub(super) fn mean_gradient(
    d_means: &FloatTensor<Flex>,
    sentences: &Sentences,
) -> FloatTensor<Flex> {
    let d_means = d_means.to_contiguous();
    let [_, columns] = shape(&d_means);
    let mut d_x = vec![0.0; sentences.rows() * columns];
    means::backward(host(&d_means), sentences.all_ranges(), &mut d_x);
    tensor(d_x, [sentences.rows(), columns])
}

//! The kernels for the CPU behind the operations.

use crate::cpu::buffer::any_values;
use crate::cpu::linear;
use crate::cpu::matrix::Rows;
use crate::flex::{give_back, host, tensor};
use crate::linear::ops::LinearOps;
use crate::transformer::flex::shape;
use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;

impl LinearOps for Flex {
    fn product_rows(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let y = forward([&x, &weight], None, any_values);
        give_back(x);
        y
    }

    fn linear_rows(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let y = forward([&x, &weight], Some(&bias), any_values);
        give_back(x);
        y
    }
}

/// The product of a factor and a weight, written to `memory` of so many numbers.
pub(super) fn forward(
    [x, weight]: [&FloatTensor<Flex>; 2],
    bias: Option<&FloatTensor<Flex>>,
    memory: impl FnOnce(usize) -> Vec<f32>,
) -> FloatTensor<Flex> {
    let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
    let bias = bias.map(|bias| bias.to_contiguous());
    let [[rows, _], [_, d_output]] = [shape(&x), shape(&weight)];
    let mut y = memory(rows * d_output);
    linear::forward(matrix(&x), matrix(&weight), bias.as_ref().map(host), &mut y);
    tensor(y, [rows, d_output])
}

pub(super) fn input_gradient(
    d_y: &FloatTensor<Flex>,
    weight: &FloatTensor<Flex>,
) -> FloatTensor<Flex> {
    let (d_y, weight) = (d_y.to_contiguous(), weight.to_contiguous());
    let [[rows, _], [d_input, _]] = [shape(&d_y), shape(&weight)];
    let mut d_x = vec![0.0; rows * d_input];
    linear::input_gradient(matrix(&d_y), matrix(&weight), &mut d_x);
    tensor(d_x, [rows, d_input])
}

pub(super) fn weight_gradient(x: &FloatTensor<Flex>, d_y: &FloatTensor<Flex>) -> FloatTensor<Flex> {
    let (x, d_y) = (x.to_contiguous(), d_y.to_contiguous());
    let [[_, d_input], [_, d_output]] = [shape(&x), shape(&d_y)];
    let mut d_weight = vec![0.0; d_input * d_output];
    linear::weight_gradient(matrix(&x), matrix(&d_y), &mut d_weight);
    tensor(d_weight, [d_input, d_output])
}

pub(super) fn bias_gradient(d_y: &FloatTensor<Flex>) -> FloatTensor<Flex> {
    let d_y = d_y.to_contiguous();
    let [_, d_output] = shape(&d_y);
    let mut d_bias = vec![0.0; d_output];
    linear::bias_gradient(matrix(&d_y), &mut d_bias);
    tensor(d_bias, [d_output])
}

fn matrix(tensor: &FloatTensor<Flex>) -> Rows<'_> {
    let [_, columns] = shape(tensor);
    Rows::new(host(tensor), columns)
}

//! The kernels for the CPU behind the operations.

use crate::CrossAttention;
use crate::cpu::attention::{Attention, Projected};
use crate::cpu::buffer::{Buffer, any_values};
use crate::cpu::mask::Dropout;
use crate::cpu::norm::{Gradients, Terms, Trace};
use crate::cpu::{self};
use crate::flex::{give_back, host, owned, tensor};
use crate::transformer::ops::TransformerOps;
use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use std::sync::Arc;

impl TransformerOps for Flex {
    fn gelu_rows(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let mut x = owned(x);
        cpu::gelu::gelu_in_place(x.storage_mut());
        x
    }

    fn attend(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        _: FloatTensor<Self>,
        attention: Arc<CrossAttention>,
        seed: u64,
    ) -> FloatTensor<Self> {
        let inputs = [queries, keys, values];
        let (output, trace) = attend(inputs, attention, seed, any_values);
        trace.inputs.into_iter().for_each(give_back);
        output
    }

    fn add_norm(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        dropout: f64,
        seed: u64,
    ) -> FloatTensor<Self> {
        let shape = NormShape {
            epsilon,
            dropout,
            seed,
        };
        let operands = NormOperands::new([Some(bias), Some(residual)], [gamma, beta], shape);
        let y = operands.norm(x);
        operands.residual.into_iter().for_each(give_back);
        y
    }
}

pub(super) fn gelu(x: &FloatTensor<Flex>) -> FloatTensor<Flex> {
    let x = x.to_contiguous();
    let mut y = vec![0.0; host(&x).len()];
    cpu::gelu::gelu(host(&x), &mut y);
    tensor(y, shape(&x))
}

pub(super) fn gelu_gradient(x: &FloatTensor<Flex>, d_y: &FloatTensor<Flex>) -> FloatTensor<Flex> {
    let (x, d_y) = (x.to_contiguous(), d_y.to_contiguous());
    let mut d_x = vec![0.0; host(&x).len()];
    cpu::gelu::gelu_gradient(host(&x), host(&d_y), &mut d_x);
    tensor(d_x, shape(&x))
}

/// What the backward pass of attention needs.
#[derive(Clone, Debug)]
pub(super) struct AttentionTrace {
    attention: Arc<CrossAttention>,
    seed: u64,
    /// Queries, keys and values.
    inputs: [FloatTensor<Flex>; 3],
    probabilities: Arc<Buffer>,
}

/// The output, written to `memory` of so many numbers, and what its gradients need.
pub(super) fn attend(
    inputs: [FloatTensor<Flex>; 3],
    attention: Arc<CrossAttention>,
    seed: u64,
    memory: impl FnOnce(usize) -> Vec<f32>,
) -> (FloatTensor<Flex>, AttentionTrace) {
    let inputs = inputs.map(|tensor| tensor.to_contiguous());
    let [rows, d_model] = shape(&inputs[0]);
    let mut output = memory(rows * d_model);
    let kernel = kernel(&attention, seed, d_model);
    let probabilities = kernel.forward(projected(&inputs), &mut output);
    let trace = AttentionTrace {
        attention,
        seed,
        inputs,
        probabilities: Arc::new(probabilities),
    };
    (tensor(output, [rows, d_model]), trace)
}

fn kernel(attention: &CrossAttention, seed: u64, d_model: usize) -> Attention<'_> {
    Attention {
        sequences: attention.queries.all_ranges(),
        sources: attention.keys.all_ranges(),
        n_keys: attention.keys.keys(),
        n_heads: attention.n_heads,
        d_model,
        dropout: Dropout {
            probability: attention.dropout,
            seed,
        },
    }
}

fn projected(inputs: &[FloatTensor<Flex>; 3]) -> Projected<&[f32]> {
    let [queries, keys, values] = inputs.each_ref().map(host);
    Projected {
        queries,
        keys,
        values,
    }
}

impl AttentionTrace {
    /// Gradients of queries, keys, values and the bias of the keys.
    pub(super) fn gradients(self, d_output: &FloatTensor<Flex>) -> [FloatTensor<Flex>; 4] {
        let d_output = d_output.to_contiguous();
        let shapes = self.inputs.each_ref().map(shape);
        let d_model = shapes[0][1];
        let [mut queries, mut keys, mut values] =
            shapes.map(|[rows, d_model]| vec![0.0; rows * d_model]);
        kernel(&self.attention, self.seed, d_model).backward(
            projected(&self.inputs),
            &self.probabilities,
            host(&d_output),
            Projected {
                queries: &mut queries,
                keys: &mut keys,
                values: &mut values,
            },
        );
        let [d_queries, d_keys, d_values] = shapes;
        [
            tensor(queries, d_queries),
            tensor(keys, d_keys),
            tensor(values, d_values),
            tensor(vec![0.0; d_model], [d_model]),
        ]
    }
}

/// Settings of a norm.
#[derive(Clone, Copy, Debug)]
pub(super) struct NormShape {
    pub(super) epsilon: f64,
    pub(super) dropout: f64,
    pub(super) seed: u64,
}

/// What the backward pass of a norm needs.
#[derive(Clone, Debug)]
pub(crate) struct NormTrace {
    gamma: FloatTensor<Flex>,
    beta: FloatTensor<Flex>,
    shape: NormShape,
    trace: Arc<Trace>,
}

/// What a norm has beside the `x` that it is written over.
pub(crate) struct NormOperands {
    bias: Option<FloatTensor<Flex>>,
    residual: Option<FloatTensor<Flex>>,
    gamma: FloatTensor<Flex>,
    beta: FloatTensor<Flex>,
    shape: NormShape,
}

impl NormOperands {
    pub(super) fn new(
        terms: [Option<FloatTensor<Flex>>; 2],
        affine: [FloatTensor<Flex>; 2],
        shape: NormShape,
    ) -> Self {
        let [bias, residual] = terms.map(|term| term.map(|term| term.to_contiguous()));
        let [gamma, beta] = affine.map(|row| row.to_contiguous());
        Self {
            bias,
            residual,
            gamma,
            beta,
            shape,
        }
    }

    /// Without other terms and without dropout.
    pub(crate) fn alone(affine: [FloatTensor<Flex>; 2], epsilon: f64) -> Self {
        let shape = NormShape {
            epsilon,
            dropout: 0.0,
            seed: 0,
        };
        Self::new([None, None], affine, shape)
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            bias: self.bias.as_ref().map(host),
            residual: self.residual.as_ref().map(host),
        }
    }

    /// The norm of `x` and the other terms.
    pub(crate) fn norm(&self, x: FloatTensor<Flex>) -> FloatTensor<Flex> {
        let mut y = owned(x);
        norm(&self.gamma, &self.beta, self.shape).forward(self.terms(), y.storage_mut());
        y
    }

    /// [`Self::norm`], and what its gradients need.
    pub(crate) fn traced(self, x: FloatTensor<Flex>) -> (FloatTensor<Flex>, NormTrace) {
        let mut y = owned(x);
        let norm = norm(&self.gamma, &self.beta, self.shape);
        let trace = norm.traced(self.terms(), y.storage_mut());
        let trace = NormTrace {
            gamma: self.gamma,
            beta: self.beta,
            shape: self.shape,
            trace: Arc::new(trace),
        };
        (y, trace)
    }
}

fn norm<'a>(
    gamma: &'a FloatTensor<Flex>,
    beta: &'a FloatTensor<Flex>,
    shape: NormShape,
) -> cpu::norm::Norm<'a> {
    cpu::norm::Norm {
        gamma: host(gamma),
        beta: host(beta),
        epsilon: shape.epsilon as f32,
        dropout: Dropout {
            probability: shape.dropout,
            seed: shape.seed,
        },
    }
}

impl NormTrace {
    /// Gradients of `[x, bias, residual, gamma, beta]`, those that are `wanted`.
    pub(crate) fn gradients(
        self,
        d_output: &FloatTensor<Flex>,
        wanted: [bool; 5],
    ) -> [Option<FloatTensor<Flex>>; 5] {
        let d_output = d_output.to_contiguous();
        let [rows, d_model] = shape(&d_output);
        let mut residual = vec![0.0; rows * d_model];
        let drops = self.shape.dropout > 0.0;
        let mut x = (wanted[0] && drops).then(|| vec![0.0; rows * d_model]);
        let row = |input: usize| wanted[input].then(|| vec![0.0; d_model]);
        let [mut bias, mut gamma, mut beta] = [row(1), row(3), row(4)];
        norm(&self.gamma, &self.beta, self.shape).backward(
            &self.trace,
            host(&d_output),
            Gradients {
                residual: &mut residual,
                x: x.as_deref_mut(),
                bias: bias.as_deref_mut(),
                gamma: gamma.as_deref_mut(),
                beta: beta.as_deref_mut(),
            },
        );
        let residual = tensor(residual, [rows, d_model]);
        let x = if drops {
            x.map(|x| tensor(x, [rows, d_model]))
        } else {
            Some(residual.clone())
        };
        let sum = |row: Option<Vec<f32>>| row.map(|row| tensor(row, [d_model]));
        [x, sum(bias), Some(residual), sum(gamma), sum(beta)]
    }
}

pub(crate) fn shape(tensor: &FloatTensor<Flex>) -> [usize; 2] {
    let dims = tensor.layout().shape();
    [dims[0], dims[1]]
}

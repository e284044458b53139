//! The kernels for GPUs behind the operation.
//!
//! Each step of a layer is a product of matrices and one launch, in both directions at once.

mod gru;
mod layer;
mod lstm;
mod place;

use crate::Layer;
use crate::ops::{RecurrentKernel, RecurrentOps, Saved, Weights, WeightsMetadata};
use burn::backend::fusion::Fusion;
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, ExtensionType, backend_extension};
use burn::tensor::Shape;
use burn_cubecl::CubeBackend;
use std::sync::Arc;

/// What a forward pass records for its gradients.
#[derive(Clone, Debug, ExtensionType)]
#[extension_type(fusion)]
pub struct Trace<B: Backend> {
    /// `[rows, 2 * gates * d_hidden]`: the values of the gates.
    pub gates: FloatTensor<B>,
    /// `[rows, 2 * d_hidden]`: of an LSTM its memory, of a GRU the candidate's recurrent product.
    pub memory: FloatTensor<B>,
    /// `[rows, 2 * d_hidden]`: the state that each step started from.
    pub earlier: FloatTensor<B>,
}

/// Both passes as operations that fusion can defer.
#[backend_extension(Cube, Fusion)]
pub trait Passes: Backend {
    /// The states and what they leave.
    #[fusion(meta = read)]
    fn recurrent_forward(
        input: FloatTensor<Self>,
        #[extension_type] forward: Weights<Self>,
        #[extension_type] backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> (FloatTensor<Self>, Trace<Self>);

    /// Gradients of the input and of both directions' weights, given that of the states.
    #[fusion(meta = gradients)]
    fn recurrent_backward(
        input: FloatTensor<Self>,
        #[extension_type] forward: Weights<Self>,
        #[extension_type] backward: Weights<Self>,
        #[extension_type] trace: Trace<Self>,
        d_states: FloatTensor<Self>,
        layer: Arc<Layer>,
    ) -> (FloatTensor<Self>, Weights<Self>, Weights<Self>);
}

fn read(
    input: &TensorSpec,
    _: &WeightsMetadata,
    _: &WeightsMetadata,
    layer: &Arc<Layer>,
) -> (TensorSpec, TraceMetadata) {
    let rows = layer.steps.rows();
    let matrix = |shape: [usize; 2]| TensorSpec::new(Shape::from(shape), input.dtype);
    let width = 2 * layer.d_hidden;
    let trace = TraceMetadata {
        gates: matrix([rows, layer.cell.gates() * width]),
        memory: matrix([rows, width]),
        earlier: matrix([rows, width]),
    };
    (matrix([rows + layer.memories(), width]), trace)
}

fn gradients(
    input: &TensorSpec,
    forward: &WeightsMetadata,
    backward: &WeightsMetadata,
    _: &TraceMetadata,
    _: &TensorSpec,
    _: &Arc<Layer>,
) -> (TensorSpec, WeightsMetadata, WeightsMetadata) {
    (input.clone(), forward.clone(), backward.clone())
}

impl Passes for CubeBackend {
    fn recurrent_forward(
        input: FloatTensor<Self>,
        forward: Weights<Self>,
        backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> (FloatTensor<Self>, Trace<Self>) {
        layer::forward(&layer, input, [forward, backward])
    }

    fn recurrent_backward(
        input: FloatTensor<Self>,
        forward: Weights<Self>,
        backward: Weights<Self>,
        trace: Trace<Self>,
        d_states: FloatTensor<Self>,
        layer: Arc<Layer>,
    ) -> (FloatTensor<Self>, Weights<Self>, Weights<Self>) {
        layer::backward(&layer, input, [forward, backward], trace, d_states)
    }
}

impl RecurrentOps for Fusion<CubeBackend> {
    fn bidirectional(
        input: FloatTensor<Self>,
        forward: Weights<Self>,
        backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> FloatTensor<Self> {
        Self::recurrent_forward(input, forward, backward, layer).0
    }
}

impl RecurrentKernel for Fusion<CubeBackend> {
    type Trace = Trace<Self>;

    fn read(
        layer: &Arc<Layer>,
        input: &FloatTensor<Self>,
        weights: &[Weights<Self>; 2],
    ) -> (FloatTensor<Self>, Self::Trace) {
        let [forward, backward] = weights.clone();
        Self::recurrent_forward(input.clone(), forward, backward, layer.clone())
    }

    fn gradients(
        saved: Saved<Self>,
        d_states: FloatTensor<Self>,
        _: bool,
    ) -> (Option<FloatTensor<Self>>, [Weights<Self>; 2]) {
        let [forward, backward] = saved.weights;
        let (d_input, d_forward, d_backward) = Self::recurrent_backward(
            saved.input,
            forward,
            backward,
            saved.trace,
            d_states,
            saved.layer,
        );
        (Some(d_input), [d_forward, d_backward])
    }
}

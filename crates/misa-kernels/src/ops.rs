//! The layer as one operation of Burn, with its gradients.

use crate::{Layer, adam::Factors};
use burn::backend::{
    Autodiff, Backend, ExtensionType,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    tensor::FloatTensor,
};
use std::sync::Arc;

/// Weights of one direction, in PyTorch's layout.
#[derive(Clone, Debug, ExtensionType)]
pub struct Weights<B: Backend> {
    /// `[gates * d_hidden, d_input]`
    pub input: FloatTensor<B>,
    /// `[gates * d_hidden, d_hidden]`
    pub hidden: FloatTensor<B>,
    /// `[gates * d_hidden]`
    pub input_bias: FloatTensor<B>,
    /// `[gates * d_hidden]`
    pub hidden_bias: FloatTensor<B>,
}

/// What a pass over the layer leaves for its gradients, `rows` standing for all real steps.
#[derive(Clone, Debug)]
pub struct Recorded<B: Backend> {
    /// `[rows (+ sequences), 2 * d_hidden]`
    pub states: FloatTensor<B>,
    /// `[2, rows, gates * d_hidden]`
    pub gates: FloatTensor<B>,
    /// `[2, rows, d_hidden]`
    pub memory: FloatTensor<B>,
}

/// Inputs of the layer and what it made of them.
#[derive(Clone, Debug)]
pub struct Saved<B: Backend> {
    layer: Arc<Layer>,
    input: FloatTensor<B>,
    weights: [Weights<B>; 2],
    recorded: Recorded<B>,
}

/// A backend with kernels of its own.
pub trait RecurrentKernel: Backend {
    /// Reads every sequence in both directions; `input` is `[rows, d_input]`.
    fn read(
        layer: &Layer,
        input: &FloatTensor<Self>,
        weights: &[Weights<Self>; 2],
    ) -> Recorded<Self>;

    /// Gradients of the input and the weights, given that of the states.
    fn gradients(
        layer: &Layer,
        input: FloatTensor<Self>,
        weights: [Weights<Self>; 2],
        recorded: Recorded<Self>,
        d_states: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, [Weights<Self>; 2]);
}

/// The operation, chosen by the device of its input.
#[backend_extension(Autodiff, Flex: cfg(feature = "flex"))]
pub trait RecurrentOps: Backend {
    /// Reads every sequence in both directions.
    fn bidirectional(
        input: FloatTensor<Self>,
        #[extension_type] forward: Weights<Self>,
        #[extension_type] backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> FloatTensor<Self>;
}

/// Work on plain numbers, without gradients.
#[backend_extension(Flex: cfg(feature = "flex"))]
pub trait AdamOps: Backend {
    /// The parameter and both moments after one step.
    fn adam(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

#[derive(Debug)]
struct Bidirectional;

impl<B: RecurrentKernel, C: CheckpointStrategy> RecurrentOps for Autodiff<B, C> {
    fn bidirectional(
        input: FloatTensor<Self>,
        forward: Weights<Self>,
        backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> FloatTensor<Self> {
        let (input, input_node) = input.into_parts();
        let mut nodes = vec![input_node];
        let weights = [forward, backward].map(|weights| {
            let mut part = |tensor: FloatTensor<Self>| {
                let (tensor, node) = tensor.into_parts();
                nodes.push(node);
                tensor
            };
            Weights {
                input: part(weights.input),
                hidden: part(weights.hidden),
                input_bias: part(weights.input_bias),
                hidden_bias: part(weights.hidden_bias),
            }
        });
        let recorded = B::read(&layer, &input, &weights);
        let states = recorded.states.clone();
        let nodes = <[_; 9]>::try_from(nodes).expect("an input and two directions of four weights");
        match (Bidirectional.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => {
                let saved = Saved {
                    layer,
                    input,
                    weights,
                    recorded,
                };
                prepared.finish(saved, states)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(states),
        }
    }
}

impl<B: RecurrentKernel> Backward<B, 9> for Bidirectional {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Saved<B>, 9>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_states = grads.consume::<B>(&ops.node);
        let Saved {
            layer,
            input,
            weights,
            recorded,
        } = ops.state;
        let (d_input, d_weights) = B::gradients(&layer, input, weights, recorded, d_states);
        let mut all = vec![d_input];
        for weights in d_weights {
            all.extend([
                weights.input,
                weights.hidden,
                weights.input_bias,
                weights.hidden_bias,
            ]);
        }
        for (parent, gradient) in ops.parents.into_iter().zip(all) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

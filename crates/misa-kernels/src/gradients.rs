//! The layer as one differentiable operation.

use crate::Layer;
use crate::ops::{RecurrentKernel, RecurrentOps, Saved, Weights};
use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use std::sync::Arc;

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
        let (states, trace) = B::read(&layer, &input, &weights);
        let nodes = <[_; 9]>::try_from(nodes).expect("an input and two directions of four weights");
        match (Bidirectional.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => {
                let saved = Saved {
                    layer,
                    input,
                    weights,
                    states: states.clone(),
                    trace,
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
        // Features of a file have no gradient.
        let wants_input = ops.parents[0].is_some();
        let (d_input, d_weights) = B::gradients(ops.state, d_states, wants_input);
        let mut all = vec![d_input];
        for weights in d_weights {
            let weights = [
                weights.input,
                weights.hidden,
                weights.input_bias,
                weights.hidden_bias,
            ];
            all.extend(weights.map(Some));
        }
        for (parent, gradient) in ops.parents.into_iter().zip(all) {
            if let (Some(parent), Some(gradient)) = (parent, gradient) {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

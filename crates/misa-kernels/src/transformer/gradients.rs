//! The operations of a transformer layer, differentiable.

use crate::CrossAttention;
use crate::flex::zeros;
use crate::transformer::flex::{self, AttentionTrace, NormOperands, NormShape, NormTrace};
use crate::transformer::ops::TransformerOps;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use std::sync::Arc;

impl<C: CheckpointStrategy> TransformerOps for Autodiff<Flex, C> {
    fn gelu_rows(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let y = flex::gelu(&x);
        match (Gelu.prepare::<C>([node]).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(x, y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn attend(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        key_bias: FloatTensor<Self>,
        attention: Arc<CrossAttention>,
        seed: u64,
    ) -> FloatTensor<Self> {
        let [queries, keys, values, key_bias] =
            [queries, keys, values, key_bias].map(FloatTensor::<Self>::into_parts);
        let nodes = [queries.1, keys.1, values.1, key_bias.1];
        let (output, trace) = flex::attend([queries.0, keys.0, values.0], attention, seed, zeros);
        match (Attend.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(trace, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
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
        let [x, bias, residual, gamma, beta] =
            [x, bias, residual, gamma, beta].map(FloatTensor::<Self>::into_parts);
        let nodes = [x.1, bias.1, residual.1, gamma.1, beta.1];
        let shape = NormShape {
            epsilon,
            dropout,
            seed,
        };
        let terms = [Some(bias.0), Some(residual.0)];
        let operands = NormOperands::new(terms, [gamma.0, beta.0], shape);
        let (output, trace) = operands.traced(x.0);
        match (Norm.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(trace, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

#[derive(Debug)]
struct Gelu;

impl Backward<Flex, 1> for Gelu {
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let d_x = flex::gelu_gradient(&ops.state, &d_y);
        let [parent] = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, [parent], [Some(d_x)]);
    }
}

#[derive(Debug)]
struct Attend;

impl Backward<Flex, 4> for Attend {
    type State = AttentionTrace;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_output = grads.consume::<Flex>(&ops.node);
        let gradients = ops.state.gradients(&d_output);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, parents, gradients.map(Some));
    }
}

#[derive(Debug)]
struct Norm;

impl Backward<Flex, 5> for Norm {
    type State = NormTrace;

    fn backward(self, ops: Ops<Self::State, 5>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_output = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        let gradients = ops
            .state
            .gradients(&d_output, parents.map(|parent| parent.is_some()));
        register(grads, parents, gradients);
    }
}

pub(crate) fn register<const N: usize>(
    grads: &mut Gradients,
    parents: [Option<NodeId>; N],
    gradients: [Option<FloatTensor<Flex>>; N],
) {
    for (parent, gradient) in parents.into_iter().zip(gradients) {
        if let (Some(parent), Some(gradient)) = (parent, gradient) {
            grads.register::<Flex>(parent, gradient);
        }
    }
}

//! The operations of a pre-norm transformer layer, differentiable.

use crate::Sentences;
use crate::cpu::mask::Dropout;
use crate::pre_norm::flex;
use crate::pre_norm::ops::PreNormOps;
use crate::transformer::flex::{NormOperands, NormTrace};
use crate::transformer::gradients::register;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use std::sync::Arc;

impl<C: CheckpointStrategy> PreNormOps for Autodiff<Flex, C> {
    fn norm_rows(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let [x, gamma, beta] = [x, gamma, beta].map(FloatTensor::<Self>::into_parts);
        let nodes = [x.1, gamma.1, beta.1];
        let (output, trace) = NormOperands::alone([gamma.0, beta.0], epsilon).traced(x.0);
        match (Norm.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(trace, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn relu_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        probability: f64,
        seed: u64,
    ) -> FloatTensor<Self> {
        let [x, bias] = [x, bias].map(FloatTensor::<Self>::into_parts);
        let dropout = Dropout { probability, seed };
        let output = flex::relu(&x.0, &bias.0, dropout);
        match (Relu.prepare::<C>([x.1, bias.1]).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish((output.clone(), dropout), output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn add_rows(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        probability: f64,
        seed: u64,
    ) -> FloatTensor<Self> {
        let [x, bias, residual] = [x, bias, residual].map(FloatTensor::<Self>::into_parts);
        let dropout = Dropout { probability, seed };
        let output = flex::add([&x.0, &residual.0], &bias.0, dropout);
        let nodes = [x.1, bias.1, residual.1];
        match (Add.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(dropout, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }

    fn mean_rows(x: FloatTensor<Self>, sentences: Arc<Sentences>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let means = flex::mean(&x, &sentences);
        match (Mean.prepare::<C>([node]).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(sentences, means),
            OpsKind::UnTracked(prepared) => prepared.finish(means),
        }
    }
}

#[derive(Debug)]
struct Norm;

impl Backward<Flex, 3> for Norm {
    type State = NormTrace;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_output = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        let [_, gamma, beta] = parents.map(|parent| parent.is_some());
        let wanted = [false, false, true, gamma, beta];
        let [_, _, d_x, d_gamma, d_beta] = ops.state.gradients(&d_output, wanted);
        register(grads, parents, [d_x, d_gamma, d_beta]);
    }
}

#[derive(Debug)]
struct Relu;

impl Backward<Flex, 2> for Relu {
    type State = (FloatTensor<Flex>, Dropout);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let (y, dropout) = ops.state;
        let gradients = flex::relu_gradients(&y, &d_y, dropout);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, parents, gradients.map(Some));
    }
}

#[derive(Debug)]
struct Add;

impl Backward<Flex, 3> for Add {
    type State = Dropout;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let [d_x, d_bias] = flex::add_gradients(&d_y, ops.state);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, parents, [d_x, d_bias, d_y].map(Some));
    }
}

#[derive(Debug)]
struct Mean;

impl Backward<Flex, 1> for Mean {
    type State = Arc<Sentences>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_means = grads.consume::<Flex>(&ops.node);
        let d_x = flex::mean_gradient(&d_means, &ops.state);
        let [parent] = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, [parent], [Some(d_x)]);
    }
}

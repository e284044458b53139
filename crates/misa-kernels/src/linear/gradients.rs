//! A product with a weight, differentiable.

use crate::linear::flex;
use crate::linear::ops::LinearOps;
use crate::transformer::gradients::register;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};

impl<C: CheckpointStrategy> LinearOps for Autodiff<Flex, C> {
    fn product_rows(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let [x, weight] = [x, weight].map(FloatTensor::<Self>::into_parts);
        let y = flex::forward(&x.0, &weight.0, None);
        match (Product.prepare::<C>([x.1, weight.1]).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.0, weight.0], y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn linear_rows(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let [x, weight, bias] = [x, weight, bias].map(FloatTensor::<Self>::into_parts);
        let y = flex::forward(&x.0, &weight.0, Some(&bias.0));
        let nodes = [x.1, weight.1, bias.1];
        match (Linear.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish([x.0, weight.0], y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// What both products keep for their gradients: `x` and the weight.
type Factors = [FloatTensor<Flex>; 2];

#[derive(Debug)]
struct Product;

impl Backward<Flex, 2> for Product {
    type State = Factors;

    fn backward(self, ops: Ops<Factors, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        let wanted = parents.map(|parent| parent.is_some());
        register(grads, parents, gradients(&ops.state, &d_y, wanted));
    }
}

#[derive(Debug)]
struct Linear;

impl Backward<Flex, 3> for Linear {
    type State = Factors;

    fn backward(self, ops: Ops<Factors, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        let [x, weight, bias] = parents.map(|parent| parent.is_some());
        let [d_x, d_weight] = gradients(&ops.state, &d_y, [x, weight]);
        let d_bias = bias.then(|| flex::bias_gradient(&d_y));
        register(grads, parents, [d_x, d_weight, d_bias]);
    }
}

/// Gradients of `x` and the weight, those that are wanted.
fn gradients(
    [x, weight]: &Factors,
    d_y: &FloatTensor<Flex>,
    wanted: [bool; 2],
) -> [Option<FloatTensor<Flex>>; 2] {
    [
        wanted[0].then(|| flex::input_gradient(d_y, weight)),
        wanted[1].then(|| flex::weight_gradient(x, d_y)),
    ]
}

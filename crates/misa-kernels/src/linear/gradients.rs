//! A product with a weight, differentiable.

use crate::flex::zeros;
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
        let wanted = [x.is_tracked(), weight.is_tracked()];
        let [x, weight] = [x, weight].map(FloatTensor::<Self>::into_parts);
        let y = flex::forward([&x.0, &weight.0], None, zeros);
        match (Product.prepare::<C>([x.1, weight.1]).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(Factors::new(x.0, weight.0, wanted), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn linear_rows(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let wanted = [x.is_tracked(), weight.is_tracked()];
        let [x, weight, bias] = [x, weight, bias].map(FloatTensor::<Self>::into_parts);
        let y = flex::forward([&x.0, &weight.0], Some(&bias.0), zeros);
        let nodes = [x.1, weight.1, bias.1];
        match (Linear.prepare::<C>(nodes).compute_bound()).stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(Factors::new(x.0, weight.0, wanted), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// What both products keep for their gradients: each factor if the gradient of the other one is wanted.
#[derive(Clone, Debug)]
struct Factors {
    x: Option<FloatTensor<Flex>>,
    weight: Option<FloatTensor<Flex>>,
}

impl Factors {
    /// `wanted`: whether the gradient of `x` is, and that of the weight.
    fn new(x: FloatTensor<Flex>, weight: FloatTensor<Flex>, wanted: [bool; 2]) -> Self {
        Self {
            x: wanted[1].then_some(x),
            weight: wanted[0].then_some(weight),
        }
    }

    /// Gradients of `x` and the weight, those that are wanted.
    fn gradients(&self, d_y: &FloatTensor<Flex>) -> [Option<FloatTensor<Flex>>; 2] {
        let (x, weight) = (self.x.as_ref(), self.weight.as_ref());
        [
            weight.map(|weight| flex::input_gradient(d_y, weight)),
            x.map(|x| flex::weight_gradient(x, d_y)),
        ]
    }
}

#[derive(Debug)]
struct Product;

impl Backward<Flex, 2> for Product {
    type State = Factors;

    fn backward(self, ops: Ops<Factors, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        register(grads, parents, ops.state.gradients(&d_y));
    }
}

#[derive(Debug)]
struct Linear;

impl Backward<Flex, 3> for Linear {
    type State = Factors;

    fn backward(self, ops: Ops<Factors, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let d_y = grads.consume::<Flex>(&ops.node);
        let parents = ops.parents.map(|parent| parent.map(|parent| parent.id));
        let [d_x, d_weight] = ops.state.gradients(&d_y);
        let d_bias = parents[2].map(|_| flex::bias_gradient(&d_y));
        register(grads, parents, [d_x, d_weight, d_bias]);
    }
}

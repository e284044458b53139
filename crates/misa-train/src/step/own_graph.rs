//! Learners that share weights, but no graph of operations.

use crate::MisaLearner;
use burn::module::{Module, ModuleMapper, Param};
use burn::prelude::*;

/// The same learner, with parameters that begin a graph of their own.
///
/// Burn computes gradients while it holds a lock on the graph. Clones share their parameters' graph, and a thread that
/// waits for a part of one backward pass may begin the forward pass of a clone: it would wait for itself.
pub(crate) fn with_own_graph(learner: MisaLearner) -> MisaLearner {
    learner.map(&mut OwnGraph)
}

struct OwnGraph;

impl ModuleMapper for OwnGraph {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|weights| {
            if weights.is_require_grad() {
                weights.detach().require_grad()
            } else {
                weights
            }
        })
    }
}

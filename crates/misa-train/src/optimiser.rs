//! Adam as this crate trains with it.

use burn::{
    optim::{AdaptiveMomentumState, LearningRate, Optimizer},
    prelude::*,
};
use misa_kernels::Adam;

/// Adam with clipping by value, one pass over memory where the device allows, and decay of weight
/// matrices apart from the gradient.
///
/// - Source: decoupled weight decay regularisation (AdamW).
#[derive(Clone, Debug)]
pub(crate) struct ClippedAdam {
    pub(crate) adam: Adam,
    pub(crate) weight_decay: f64,
}

impl Optimizer for ClippedAdam {
    type State<const D: usize> = AdaptiveMomentumState<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdaptiveMomentumState<D>>,
    ) -> (Tensor<D>, Option<AdaptiveMomentumState<D>>) {
        let (time, moments) = match state {
            Some(state) => (state.time + 1, Some([state.moment_1, state.moment_2])),
            None => (1, None),
        };
        let parameter = match self.weight_decay > 0.0 && D > 1 {
            true => parameter * (1.0 - learning_rate * self.weight_decay),
            false => parameter,
        };
        let (parameter, [moment_1, moment_2]) =
            (self.adam).step(learning_rate, time, parameter, gradient, moments);
        (
            parameter,
            Some(AdaptiveMomentumState::new(time, moment_1, moment_2)),
        )
    }

    fn to_device<const D: usize>(
        state: AdaptiveMomentumState<D>,
        device: &Device,
    ) -> AdaptiveMomentumState<D> {
        state.to_device(device)
    }
}

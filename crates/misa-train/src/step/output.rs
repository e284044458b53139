//! What one step gives.

use burn::{
    prelude::*,
    tensor::ExecutionError,
    train::{
        ItemLazy,
        metric::{Adaptor, LossInput},
    },
};
use misa_core::loss::{MisaLossTerms, Term};

/// Losses, predictions and targets of one batch.
#[derive(Clone, Debug)]
pub struct SentimentOutput {
    /// Every term of the objective.
    pub loss: MisaLossTerms,
    /// `[batch, 1]`, or `[batch, classes]` logits.
    pub predictions: Tensor<2>,
    /// `[batch, 1]`
    pub targets: Tensor<2>,
    /// The seed of the batch, which tells the outputs of several devices apart.
    pub seed: u64,
}

impl ItemLazy for SentimentOutput {
    fn sync(self) -> Result<Self, ExecutionError> {
        self.predictions.device().flush()?;
        Ok(self.without_autodiff())
    }
}

impl SentimentOutput {
    /// The same values, without the graph that made them.
    pub(crate) fn without_autodiff(self) -> Self {
        Self {
            loss: self.loss.map(Tensor::without_autodiff),
            predictions: self.predictions.without_autodiff(),
            targets: self.targets.without_autodiff(),
            seed: self.seed,
        }
    }

    /// The same on another device.
    pub(crate) fn to_device(&self, device: &Device) -> Self {
        Self {
            loss: self.loss.clone().map(|term| term.to_device(device)),
            predictions: self.predictions.clone().to_device(device),
            targets: self.targets.clone().to_device(device),
            seed: self.seed,
        }
    }
}

impl Adaptor<LossInput> for SentimentOutput {
    fn adapt(&self) -> LossInput {
        LossInput::new(self.loss[Term::Task].clone())
    }
}

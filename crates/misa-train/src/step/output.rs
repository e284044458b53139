//! Output of one step.

use crate::step::hidden::Hidden;
use burn::prelude::*;
use burn::tensor::ExecutionError;
use burn::train::ItemLazy;
use burn::train::metric::{Adaptor, LossInput};
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
    /// The seed of the batch, which identifies the outputs of several devices.
    pub seed: u64,
    /// What labels are generated from, where they are.
    pub(crate) hidden: Option<Hidden>,
}

impl ItemLazy for SentimentOutput {
    fn sync(self) -> Result<Self, ExecutionError> {
        self.predictions.device().flush()?;
        Ok(self.without_autodiff())
    }
}

impl SentimentOutput {
    /// The same values without their autodiff graph.
    pub(crate) fn without_autodiff(self) -> Self {
        Self {
            loss: self.loss.map(Tensor::without_autodiff),
            predictions: self.predictions.without_autodiff(),
            targets: self.targets.without_autodiff(),
            seed: self.seed,
            hidden: self
                .hidden
                .map(|hidden| hidden.map(Tensor::without_autodiff)),
        }
    }

    /// The same on another device.
    pub(crate) fn to_device(&self, device: &Device) -> Self {
        Self {
            loss: self.loss.clone().map(|term| term.to_device(device)),
            predictions: self.predictions.clone().to_device(device),
            targets: self.targets.clone().to_device(device),
            seed: self.seed,
            hidden: (self.hidden.clone()).map(|hidden| hidden.map(|x| x.to_device(device))),
        }
    }
}

impl Adaptor<LossInput> for SentimentOutput {
    fn adapt(&self) -> LossInput {
        LossInput::new(self.loss[Term::Task].clone())
    }
}

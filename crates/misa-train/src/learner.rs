//! The model and its objective as one trainable module.

use crate::SentimentOutput;
use burn::{
    prelude::*,
    train::{InferenceStep, TrainOutput, TrainStep},
};
use misa_core::{Misa, loss::MisaLoss};
use misa_data::UtteranceBatch;

/// [`Misa`] together with [`MisaLoss`].
///
/// A newtype because neither [`TrainStep`] nor [`Misa`] belongs to this crate, and because it
/// keeps the training framework out of `misa-core`.
#[derive(Module, Debug)]
pub struct MisaLearner {
    /// The model being trained.
    pub model: Misa,
    /// What it is trained on.
    pub objective: MisaLoss,
}

impl MisaLearner {
    pub(crate) fn score(&self, batch: UtteranceBatch) -> SentimentOutput {
        let output = self.model.forward(&batch.input);
        let loss = self.objective.forward(&output, batch.targets.clone());
        SentimentOutput {
            loss,
            predictions: output.prediction,
            targets: batch.targets,
            seed: batch.seed,
        }
    }
}

impl TrainStep for MisaLearner {
    type Input = UtteranceBatch;
    type Output = SentimentOutput;

    /// Dropout is a function of the batch's seed, so that a step can be repeated.
    fn step(&self, batch: UtteranceBatch) -> TrainOutput<SentimentOutput> {
        batch.targets.device().seed(batch.seed);
        let output = self.score(batch);
        TrainOutput::new(self, output.loss.total.backward(), output)
    }
}

impl InferenceStep for MisaLearner {
    type Input = UtteranceBatch;
    type Output = SentimentOutput;

    fn step(&self, batch: UtteranceBatch) -> SentimentOutput {
        self.score(batch)
    }
}

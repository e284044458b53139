//! The model and its objective as one trainable module.

use crate::{Phase, SentimentOutput, step::masking::hide};
use burn::{
    prelude::*,
    train::{InferenceStep, TrainOutput, TrainStep},
};
use misa_core::{
    Misa, Modality,
    loss::{MisaLoss, MisaLossTerms},
};
use misa_infer::{ReadyBatch, draw_presence};
use misa_terms::mix;

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
    /// What it learns now.
    #[module(skip)]
    pub phase: Phase,
    /// Probability that a modality of an utterance is missing in training.
    pub modality_dropout: f64,
    /// Share of steps hidden in [`Phase::Masked`].
    pub masked_share: f64,
}

impl MisaLearner {
    /// Learns the objective, from every modality.
    pub fn new(model: Misa, objective: MisaLoss) -> Self {
        Self {
            model,
            objective,
            phase: Phase::Joint,
            modality_dropout: 0.0,
            masked_share: 0.15,
        }
    }

    /// Predictions and losses of a batch, by what is learned now.
    pub(crate) fn score(&self, batch: &ReadyBatch) -> SentimentOutput {
        let targets = batch.targets().clone();
        let (predictions, loss) = match self.phase {
            Phase::Joint => {
                let output = self.model.forward(batch.input());
                let loss = self.objective.forward(&output, targets.clone());
                (output.prediction, loss)
            }
            Phase::Unimodal => self.score_unimodal(batch),
            Phase::Masked => self.score_masked(batch),
        };
        SentimentOutput {
            loss,
            predictions,
            targets,
            seed: batch.seed(),
        }
    }

    /// The batch without the modalities that go missing in training, a function of its seed.
    pub(crate) fn drop_modalities(&self, batch: ReadyBatch) -> ReadyBatch {
        let probability = self.modality_dropout;
        let is_complete = batch.input().presence.is_none();
        if self.phase != Phase::Joint || probability == 0.0 || !is_complete {
            return batch;
        }
        let (modalities, count) = (self.model.modalities(), batch.batch());
        let presence = draw_presence(modalities, count, probability, batch.seed());
        batch.with_presence(presence)
    }

    /// The mean of the predictions from one modality each, and the mean of their errors.
    fn score_unimodal(&self, batch: &ReadyBatch) -> (Tensor<2>, MisaLossTerms) {
        let predictions = self.model.predict_unimodal(batch.input());
        let predictions = predictions.expect("unimodal pre-training needs unimodal heads");
        let predictions = self.model.modalities().select(&predictions);
        let count = predictions.len() as f64;
        let errors = predictions.iter().map(|prediction| {
            let task = (self.objective).task(prediction.clone(), batch.targets().clone());
            task / count
        });
        let error = errors.reduce(|sum, error| sum + error);
        let mean = predictions
            .iter()
            .map(|prediction| prediction.clone() / count);
        let mean = mean.reduce(|sum, prediction| sum + prediction);
        let (mean, error) = mean.zip(error).expect("at least one modality is in use");
        (mean, MisaLossTerms::of_task(error))
    }

    /// Predicts nothing, zeros; the error is that of hidden steps.
    fn score_masked(&self, batch: &ReadyBatch) -> (Tensor<2>, MisaLossTerms) {
        let input = batch.input();
        let device = batch.targets().device();
        let hidden = |modality: Modality, features: &Tensor<3>| {
            let [_, steps, _] = features.dims();
            let seed = mix(batch.seed(), 0, modality as u64, "modality");
            let lengths = input.lengths.get(modality);
            hide(lengths, steps, self.masked_share, seed, &device)
        };
        let visual = hidden(Modality::Visual, &input.visual);
        let acoustic = hidden(Modality::Acoustic, &input.acoustic);
        let error = self.model.hidden_step_error(input, visual, acoustic);
        let columns = self.objective.task_kind().d_output();
        let nothing = Tensor::zeros([input.batch(), columns], &device);
        (nothing, MisaLossTerms::of_task(error))
    }
}

impl TrainStep for MisaLearner {
    type Input = ReadyBatch;
    type Output = SentimentOutput;

    /// Dropout is a function of the batch's seed, so that a step can be repeated.
    fn step(&self, batch: ReadyBatch) -> TrainOutput<SentimentOutput> {
        batch.targets().device().seed(batch.seed());
        let output = self.score(&self.drop_modalities(batch));
        TrainOutput::new(self, output.loss.total.backward(), output)
    }
}

impl InferenceStep for MisaLearner {
    type Input = ReadyBatch;
    type Output = SentimentOutput;

    fn step(&self, batch: ReadyBatch) -> SentimentOutput {
        self.score(&batch)
    }
}

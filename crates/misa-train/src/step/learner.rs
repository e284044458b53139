//! The model and its objective as one trainable module.

use crate::step::hidden::Hidden;
use crate::step::masking::hide;
use crate::{Phase, SentimentOutput};
use burn::prelude::*;
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use misa_core::loss::{MisaLoss, MisaLossTerms, Targets, UnimodalLabels};
use misa_core::{Misa, MisaOutput, Modality, PerModality, Presence};
use misa_infer::{Answer, ReadyBatch, draw_presence, unimodal_predictions};
use misa_terms::mix;

/// [`Misa`] together with [`MisaLoss`].
///
/// A type of its own, because this crate defines neither [`TrainStep`] nor [`Misa`], and because
/// `misa-core` does not depend on Burn's training framework.
#[derive(Module, Debug)]
pub struct MisaLearner {
    /// The model being trained.
    pub model: Misa,
    /// The objective.
    pub objective: MisaLoss,
    /// The current phase of training.
    #[module(skip)]
    pub phase: Phase,
    /// Probability that a modality of an utterance is missing in training.
    pub modality_dropout: f64,
    /// Share of steps hidden in [`Phase::Masked`].
    pub masked_share: f64,
}

impl MisaLearner {
    /// A learner of the objective, without dropout of modalities.
    pub fn new(model: Misa, objective: MisaLoss) -> Self {
        Self {
            model,
            objective,
            phase: Phase::Joint,
            modality_dropout: 0.0,
            masked_share: 0.15,
        }
    }

    /// Predictions and losses of a batch in the current phase.
    pub(crate) fn score(&self, batch: &ReadyBatch) -> SentimentOutput {
        let targets = batch.targets().clone();
        let mut hidden = None;
        let (predictions, loss) = match self.phase {
            Phase::Joint => {
                let (output, loss) = self.forward(batch);
                if self.generates_labels() {
                    hidden = Some(Hidden::of(&output));
                }
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
            hidden,
        }
    }

    /// What an evaluation needs of a batch, as [`Self::score`], with the predictions from one modality each.
    pub(crate) fn answer(&self, batch: &ReadyBatch) -> Answer {
        if self.phase != Phase::Joint {
            let output = self.score(batch);
            return Answer {
                losses: Some(output.loss.to_host()),
                predictions: output.predictions,
                unimodal: PerModality::default(),
            };
        }
        let (output, loss) = self.forward(batch);
        Answer {
            losses: Some(loss.to_host()),
            unimodal: unimodal_predictions(&output),
            predictions: output.prediction,
        }
    }

    /// The output of the model, and every term of the objective.
    fn forward(&self, batch: &ReadyBatch) -> (MisaOutput, MisaLossTerms) {
        let output = self.model.forward(batch.input());
        let loss = self.objective.forward(&output, self.targets(batch));
        (output, loss)
    }

    /// Whether the labels of single modalities are generated.
    fn generates_labels(&self) -> bool {
        self.objective.unimodal_labels() == Some(UnimodalLabels::Generated)
    }

    /// The labels of a batch that the objective is computed with.
    fn targets(&self, batch: &ReadyBatch) -> Targets {
        Targets {
            utterance: batch.targets().clone(),
            alone: match self.objective.unimodal_labels() {
                Some(UnimodalLabels::Modality) => batch.modality_targets().clone(),
                Some(UnimodalLabels::Generated) => {
                    let generated = batch.generated();
                    PerModality::from_fn(|modality| generated.map(|all| all.get(modality).clone()))
                }
                _ => PerModality::default(),
            },
        }
    }

    /// The batch with modalities dropped at random, by its seed, but one of those that each utterance
    /// has; only in [`Phase::Joint`], and unless it is said already which are missing.
    pub(crate) fn drop_modalities(&self, batch: ReadyBatch) -> ReadyBatch {
        let probability = self.modality_dropout;
        let is_complete = batch.input().presence.is_none();
        if self.phase != Phase::Joint || probability == 0.0 || !is_complete {
            return batch;
        }
        let (modalities, count) = (self.model.modalities(), batch.batch());
        let found = batch.input().found_presence(modalities);
        let presence = draw_presence(modalities, count, probability, batch.seed(), found.as_ref());
        batch.with_presence(presence)
    }

    /// The mean of the unimodal predictions over the modalities that each utterance has, and the mean of
    /// the errors of modalities, each over the utterances that have it.
    fn score_unimodal(&self, batch: &ReadyBatch) -> (Tensor<2>, MisaLossTerms) {
        let predictions = (self.model)
            .predict_unimodal(batch.input())
            .expect("unimodal pre-training needs unimodal heads");
        let presence = batch.input().found_presence(self.model.modalities());
        let error = self.unimodal_error(&predictions, &self.targets(batch), presence.as_ref());
        let mean = self.unimodal_mean(&predictions, presence.as_ref());
        (mean, MisaLossTerms::of_task(error))
    }

    fn unimodal_error(
        &self,
        predictions: &PerModality<Tensor<2>>,
        targets: &Targets,
        presence: Option<&Presence>,
    ) -> Tensor<1> {
        let errors = self.model.modalities().iter().filter_map(|modality| {
            let rows = |x: &Tensor<2>| match presence {
                None => Some(x.clone()),
                Some(presence) => presence.rows_of(&[modality], x),
            };
            let prediction = rows(predictions.get(modality))?;
            Some(self.objective.task(prediction, rows(targets.of(modality))?))
        });
        let errors: Vec<Tensor<1>> = errors.collect();
        let count = errors.len() as f64;
        errors
            .into_iter()
            .map(|error| error / count)
            .reduce(|sum, error| sum + error)
            .expect("an utterance has a modality in use")
    }

    /// `[batch, d_output]`
    fn unimodal_mean(
        &self,
        predictions: &PerModality<Tensor<2>>,
        presence: Option<&Presence>,
    ) -> Tensor<2> {
        let modalities = self.model.modalities();
        let device = predictions.text.device();
        let masks = presence
            .map(|presence| PerModality::from_fn(|modality| presence.mask(modality, &device)));
        let sum = |values: Vec<Tensor<2>>| {
            let sum = values.into_iter().reduce(|sum, value| sum + value);
            sum.expect("at least one modality is in use")
        };
        let of_each = modalities.select(predictions).into_iter();
        let Some(masks) = masks else {
            let count = modalities.count() as f64;
            return sum(of_each.map(|prediction| prediction / count).collect());
        };
        let masks = modalities.select(&masks);
        let count = sum(masks.clone());
        let shares = of_each.zip(masks);
        sum(shares
            .map(|(prediction, mask)| prediction * mask / count.clone())
            .collect())
    }

    /// Zeros as predictions, and the error of hidden steps.
    fn score_masked(&self, batch: &ReadyBatch) -> (Tensor<2>, MisaLossTerms) {
        let input = batch.input();
        let device = batch.targets().device();
        let hidden = |modality: Modality, features: &Tensor<3>| {
            let [_, steps, _] = features.dims();
            let seed = mix(batch.seed(), 0, modality as u64, "modality");
            let lengths = input.lengths.get(modality);
            let absent = input.absent.get(modality).as_ref();
            hide(lengths, absent, steps, self.masked_share, seed, &device)
        };
        let visual = hidden(Modality::Visual, &input.visual);
        let acoustic = hidden(Modality::Acoustic, &input.acoustic);
        let error = self.model.hidden_step_error(input, visual, acoustic);
        let columns = self.objective.task_kind().d_output();
        let predictions = Tensor::zeros([input.batch(), columns], &device);
        (predictions, MisaLossTerms::of_task(error))
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

//! Predictions and losses of a model on a split.

use crate::frozen::Frozen;
use crate::{MisaLearner, ModalityScore, TrainError, score};
use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use burn::tensor::Tensor;
use burn::train::TrainingError;
use misa_core::{Modality, PerModality, Task};
use misa_data::{Split, Utterance, UtteranceBatch, UtteranceLoader};
use misa_infer::{Answer, Evaluation, evaluate_batches};

/// Predicts every utterance of `loader`.
///
/// `learner` must be in evaluation form, see [`burn::module::Module::valid`].
///
/// # Errors
///
/// [`TrainError`] if the loader or the device fails.
pub fn evaluate(
    learner: &MisaLearner,
    loader: &UtteranceLoader,
    task: Task,
) -> Result<Evaluation, TrainError> {
    evaluate_with(learner, loader, task, &Frozen::default())
}

/// [`evaluate`] with the known outputs of BERT's frozen part.
pub(crate) fn evaluate_with(
    learner: &MisaLearner,
    loader: &UtteranceLoader,
    task: Task,
    frozen: &Frozen,
) -> Result<Evaluation, TrainError> {
    let batches = (loader.iter()).map(|batch| frozen.ready(accept(batch)?));
    evaluate_batches(batches, task, |batch| {
        let output = learner.score(batch);
        Ok(Answer {
            losses: Some(output.loss.to_host()),
            predictions: output.predictions,
        })
    })
}

/// Scores of the predictions from one modality each against its own labels, as far as the learner makes
/// such predictions, of numbers, and the utterances of `loader` have such labels.
pub(crate) fn modality_scores(
    learner: &MisaLearner,
    loader: &UtteranceLoader,
    frozen: &Frozen,
) -> Result<Vec<ModalityScore>, TrainError> {
    let has_labels = |utterance: &Utterance| {
        let labels = utterance.modality_labels.as_ref().into_array();
        labels.iter().any(|label| label.is_some())
    };
    let is_number = learner.objective.task_kind() == Task::Regression;
    if !is_number || !loader.utterances().first().is_some_and(has_labels) {
        return Ok(Vec::new());
    }
    let mut found = PerModality::<Compared>::default();
    for batch in loader.iter() {
        let batch = frozen.ready(accept(batch)?)?;
        let output = learner.model.forward(batch.input());
        let Some(predictions) = &output.unimodal else {
            return Ok(Vec::new());
        };
        for modality in output.modalities.iter() {
            if let Some(labels) = batch.modality_targets().get(modality) {
                let has = |row| (output.presence.as_ref()).is_none_or(|all| all.has(row, modality));
                let of_modality = found.get_mut(modality);
                of_modality.add(predictions.get(modality), labels, has);
            }
        }
    }
    let scores = Modality::ALL.into_iter();
    let scores = scores.filter_map(|modality| found.get(modality).score(loader.split(), modality));
    Ok(scores.collect())
}

/// Predictions from one modality and its labels.
#[derive(Default)]
struct Compared {
    predictions: Vec<f32>,
    labels: Vec<f32>,
}

impl Compared {
    /// Adds the rows of a batch for which `has` holds.
    fn add(&mut self, predictions: &Tensor<2>, labels: &Tensor<2>, has: impl Fn(usize) -> bool) {
        let [predictions, labels] = [predictions, labels].map(Tensor::to_data);
        let rows = predictions.iter::<f32>().zip(labels.iter::<f32>());
        for (_, (prediction, label)) in rows.enumerate().filter(|(row, _)| has(*row)) {
            self.predictions.push(prediction);
            self.labels.push(label);
        }
    }

    /// `None` without rows.
    fn score(&self, split: Split, modality: Modality) -> Option<ModalityScore> {
        let (predictions, labels) = (&self.predictions, &self.labels);
        (!labels.is_empty()).then(|| ModalityScore {
            split,
            modality,
            utterances: labels.len(),
            mae: score::mean_absolute_error(predictions, labels),
            corr: Some(score::pearson_correlation(predictions, labels)).filter(|x| x.is_finite()),
        })
    }
}

/// The batch, or why it could not be loaded.
pub(crate) fn accept(
    batch: Result<UtteranceBatch, DatasetError>,
) -> Result<UtteranceBatch, TrainError> {
    batch.map_err(|error| TrainError::Training(Box::new(TrainingError::Dataset(error))))
}

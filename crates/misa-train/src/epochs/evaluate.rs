//! Predictions and losses of a model on a split.

use crate::frozen::Frozen;
use crate::{MisaLearner, TrainError};
use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use burn::train::TrainingError;
use misa_core::Task;
use misa_data::{UtteranceBatch, UtteranceLoader};
use misa_infer::{Evaluation, evaluate_batches};

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
    evaluate_batches(batches, task, |batch| Ok(learner.answer(batch)))
}

/// The batch, or why it could not be loaded.
pub(crate) fn accept(
    batch: Result<UtteranceBatch, DatasetError>,
) -> Result<UtteranceBatch, TrainError> {
    batch.map_err(|error| TrainError::Training(Box::new(TrainingError::Dataset(error))))
}

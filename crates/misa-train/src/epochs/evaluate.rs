//! A model and a split to predictions and losses.

use crate::{MisaLearner, TrainError, frozen::Frozen};
use burn::{
    data::{dataloader::DataLoader, dataset::DatasetError},
    train::TrainingError,
};
use misa_core::Task;
use misa_data::{UtteranceBatch, UtteranceLoader};
use misa_infer::{Answer, Evaluation, evaluate_batches};
use std::sync::Arc;

/// Predicts every utterance that `loader` gives.
///
/// `learner` must be in evaluation form, see [`burn::module::Module::valid`].
///
/// # Errors
///
/// Whatever stops the loader or the device.
pub fn evaluate(
    learner: &MisaLearner,
    loader: &UtteranceLoader,
    task: Task,
) -> Result<Evaluation, TrainError> {
    evaluate_with(learner, loader, task, &Frozen::default())
}

/// [`evaluate`] with what is known of BERT's frozen part.
pub(crate) fn evaluate_with(
    learner: &MisaLearner,
    loader: &UtteranceLoader,
    task: Task,
    frozen: &Frozen,
) -> Result<Evaluation, TrainError> {
    let batches = (loader.iter()).map(|batch| frozen.ready(accept(batch)?, false));
    evaluate_batches(batches, task, |batch| {
        let output = learner.score(batch);
        Ok(Answer {
            losses: Some(output.loss.to_host()),
            predictions: output.predictions,
        })
    })
}

/// The batch, or why it could not be loaded.
pub(crate) fn accept(
    batch: Result<UtteranceBatch, DatasetError>,
) -> Result<UtteranceBatch, TrainError> {
    batch.map_err(|error| TrainError::Training(Arc::new(TrainingError::Dataset(error))))
}

//! A model and a split to predictions and scores.

use crate::{
    ConfusionMatrix, MisaLearner, SentimentOutput, TrainError,
    frozen::Frozen,
    history::TermMeans,
    score::{decide, scores},
};
use burn::{
    data::dataloader::DataLoader,
    train::{InferenceStep, TrainingError},
};
use misa_core::{Task, loss::Term};
use misa_data::{UtteranceBatch, UtteranceLoader};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a model says of a split, utterance by utterance in their order there.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Names of the utterances.
    pub ids: Vec<String>,
    /// The prediction of each, a class where the task has classes.
    pub predictions: Vec<f32>,
    /// The target of each.
    pub targets: Vec<f32>,
    /// Mean over the batches of each loss term.
    pub losses: TermMeans,
    /// The place of each utterance in the split.
    places: Vec<usize>,
}

/// Which utterance each row of a batch is.
pub(crate) struct Rows {
    ids: Vec<String>,
    places: Vec<usize>,
}

/// The scores of one split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Number of utterances scored.
    pub utterances: usize,
    /// Task loss, the mean of its batches.
    pub task_loss: f64,
    /// Each score under its name; `null` where a score is not defined, such as the correlation of
    /// a constant.
    pub scores: Vec<(String, Option<f64>)>,
    /// Which classes are taken for which, where the task has classes.
    #[serde(default)]
    pub confusion: Option<ConfusionMatrix>,
}

impl Evaluation {
    /// Applies every score of the task.
    pub fn scores(&self, task: Task) -> Scores {
        Scores {
            utterances: self.predictions.len(),
            task_loss: self.losses[Term::Task],
            scores: named_scores(task, &self.predictions, &self.targets),
            confusion: match task {
                Task::Regression => None,
                Task::Classification { classes } => {
                    let (predictions, targets) = (&self.predictions, &self.targets);
                    Some(ConfusionMatrix::new(classes, predictions, targets))
                }
            },
        }
    }

    pub(crate) fn named_scores(&self, task: Task) -> Vec<(String, Option<f64>)> {
        named_scores(task, &self.predictions, &self.targets)
    }

    /// Adds what the model says of a batch, whose rows are ordered by length; [`Self::in_order`]
    /// comes last.
    pub(crate) fn add(&mut self, output: &SentimentOutput, rows: Rows, task: Task) {
        let values: Vec<f32> = output.predictions.to_data().iter::<f32>().collect();
        let predictions = decide(task, &values);
        let targets: Vec<f32> = output.targets.to_data().iter::<f32>().collect();
        let mut order: Vec<usize> = (0..rows.places.len()).collect();
        order.sort_by_key(|&row| rows.places[row]);
        for row in order {
            self.places.push(rows.places[row]);
            self.ids.push(rows.ids[row].clone());
            self.predictions.push(predictions[row]);
            self.targets.push(targets[row]);
        }
    }

    /// The same in the order of the split: whole videos may come in another.
    pub(crate) fn in_order(mut self) -> Self {
        if !self.places.is_sorted() {
            let mut order: Vec<usize> = (0..self.places.len()).collect();
            order.sort_by_key(|&index| self.places[index]);
            self.ids = order.iter().map(|&index| self.ids[index].clone()).collect();
            self.predictions = order.iter().map(|&index| self.predictions[index]).collect();
            self.targets = order.iter().map(|&index| self.targets[index]).collect();
            self.places.sort_unstable();
        }
        self
    }
}

impl Rows {
    pub(crate) fn of(batch: &UtteranceBatch) -> Self {
        Self {
            ids: batch.ids.clone(),
            places: batch.places.clone(),
        }
    }

    /// The same, where the batch was made of the utterances at `places` of a split.
    pub(crate) fn at(self, places: &[usize]) -> Self {
        let own = self.places.into_iter().map(|place| places[place]);
        Self {
            places: own.collect(),
            ..self
        }
    }
}

impl Scores {
    /// The score called `name`, if it is defined.
    pub fn get(&self, name: &str) -> Option<f64> {
        let mut named = self.scores.iter().filter(|(found, _)| found == name);
        named.next()?.1
    }
}

/// Predicts every utterance that `loader` gives.
///
/// `learner` must be in evaluation form, see [`Module::valid`].
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
    let mut evaluation = Evaluation::default();
    let mut losses = Vec::new();
    for batch in loader.iter() {
        let batch =
            batch.map_err(|error| TrainError::Training(Arc::new(TrainingError::Dataset(error))));
        let mut batch: UtteranceBatch = batch?;
        frozen.fill(&mut batch.input, false)?;
        let rows = Rows::of(&batch);
        let output = InferenceStep::step(learner, batch);
        losses.push(output.loss.to_host());
        evaluation.add(&output, rows, task);
    }
    evaluation.losses = TermMeans::mean(&losses);
    Ok(evaluation.in_order())
}

pub(crate) fn named_scores(
    task: Task,
    predictions: &[f32],
    targets: &[f32],
) -> Vec<(String, Option<f64>)> {
    let named = scores(task).iter().map(|named| {
        let value = (named.score)(predictions, targets);
        (
            named.name.to_string(),
            Some(value).filter(|value| value.is_finite()),
        )
    });
    named.collect()
}

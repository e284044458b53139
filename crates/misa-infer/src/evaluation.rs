//! Predictions and losses of a model on a split.

use crate::score::{NamedScore, decide, scores_of};
use crate::scores::named_scores;
use crate::{
    Checkpoint, ConfusionMatrix, ConstantScores, Coverage, HalfWidth, NamedScores, ReadyBatch,
    Scores,
};
use burn::tensor::Tensor;
use misa_core::loss::{PerTerm, Term};
use misa_core::{MisaOutput, Modality, PerModality};
use misa_terms::{ConstantPredictor, LabelScale, Task};

/// Each term of the objective, without its weight, as a mean over batches.
pub type TermMeans = PerTerm<f64>;

/// Predictions and losses of a model on a split, in the order of its utterances.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Names of the utterances.
    pub ids: Vec<String>,
    /// The prediction of each: a class if the task has classes, a number otherwise.
    pub predictions: Vec<f32>,
    /// The target of each.
    pub targets: Vec<f32>,
    /// The prediction of each from one modality alone, as a number; empty without such predictions, `None` where the
    /// modality is missing.
    pub unimodal: PerModality<Vec<Option<f32>>>,
    /// Mean of each loss term over the batches; NaN if no losses were computed.
    pub losses: TermMeans,
    /// The scale of the labels of the whole data set, by which predictions are scored; `None` if it is not known: that
    /// which the targets show.
    pub scale: Option<LabelScale>,
    /// The index of each utterance in the split.
    places: Vec<usize>,
}

/// Predictions and losses of a model on one batch.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `[batch, 1]`, or `[batch, classes]` logits.
    pub predictions: Tensor<2>,
    /// The losses of the batch, if there is an objective.
    pub losses: Option<PerTerm<f64>>,
    /// Of each row, the predictions from one modality alone, see [`unimodal_predictions`].
    pub unimodal: PerModality<Vec<Option<f32>>>,
}

/// The predictions of a model from one modality each, by row; empty for a model without unimodal heads, or of classes.
pub fn unimodal_predictions(output: &MisaOutput) -> PerModality<Vec<Option<f32>>> {
    PerModality::from_fn(|modality| {
        let heads = output.unimodal.as_ref();
        let heads = heads.filter(|_| output.modalities.contains(modality));
        let Some(predictions) = heads.map(|heads| heads.get(modality)) else {
            return Vec::new();
        };
        if predictions.dims()[1] != 1 {
            return Vec::new();
        }
        let has = |row| (output.presence.as_ref()).is_none_or(|all| all.has(row, modality));
        let data = predictions.to_data();
        let values = data.iter::<f32>().enumerate();
        values
            .map(|(row, value)| has(row).then_some(value))
            .collect()
    })
}

/// The loop of every evaluation: calls `answer` for each batch and collects predictions, targets
/// and losses.
///
/// # Errors
///
/// The first error of `batches` or of `answer`.
pub fn evaluate_batches<E>(
    batches: impl IntoIterator<Item = Result<ReadyBatch, E>>,
    task: Task,
    mut answer: impl FnMut(&ReadyBatch) -> Result<Answer, E>,
) -> Result<Evaluation, E> {
    let mut evaluation = Evaluation::default();
    let mut losses = Vec::new();
    for batch in batches {
        let batch = batch?;
        let answer = answer(&batch)?;
        evaluation.add(&batch, &answer, task);
        losses.extend(answer.losses);
    }
    evaluation.losses = TermMeans::mean(&losses);
    Ok(evaluation.in_order())
}

impl Evaluation {
    /// Every score of the task.
    pub fn scores(&self, task: Task) -> Scores {
        self.scores_beside(task, None)
    }

    /// Every score of the task, beside those of a constant predictor.
    pub fn scores_beside(&self, task: Task, constant: Option<ConstantPredictor>) -> Scores {
        let reason = |named: &NamedScore| {
            let reason = named.reason(&self.predictions, &self.targets)?;
            Some((named.name.to_string(), reason))
        };
        let scale = self.scale();
        let constant_scores = |predictor| ConstantScores::on(predictor, task, scale, &self.targets);
        Scores {
            undefined: scores_of(task, scale).filter_map(reason).collect(),
            constant: constant.map(constant_scores),
            utterances: self.predictions.len(),
            task_loss: self.losses[Term::Task],
            scores: self.named_scores(task),
            coverage: Vec::new(),
            confusion: match task {
                Task::Regression => None,
                Task::Classification { classes } => {
                    let (predictions, targets) = (&self.predictions, &self.targets);
                    Some(ConfusionMatrix::new(classes, predictions, targets))
                }
            },
        }
    }

    /// How often the intervals of a model that reads all its modalities contain the label.
    pub fn coverage(&self, checkpoint: &Checkpoint) -> Vec<Coverage> {
        let calibration = checkpoint.calibration.as_ref();
        let set = calibration
            .and_then(|calibration| calibration.of(checkpoint.config.settings.modalities));
        let half_widths = set.map_or(&[][..], |set| &set.half_widths);
        let errors: Vec<f64> = (self.predictions.iter().zip(&self.targets))
            .map(|(prediction, target)| f64::from(prediction - target).abs())
            .collect();
        let coverage = |half: &HalfWidth| Coverage {
            level: half.level,
            half_width: half.half_width,
            share: errors
                .iter()
                .filter(|&&error| error <= half.half_width)
                .count() as f64
                / errors.len() as f64,
        };
        if errors.is_empty() {
            return Vec::new();
        }
        half_widths.iter().map(coverage).collect()
    }

    /// Every score of the task by its name.
    pub fn named_scores(&self, task: Task) -> NamedScores {
        named_scores(task, self.scale(), &self.predictions, &self.targets)
    }

    fn scale(&self) -> LabelScale {
        let shown = || LabelScale::of(&self.targets);
        self.scale.unwrap_or_else(shown)
    }

    /// Adds the predictions of a batch, whose rows are ordered by length.
    fn add(&mut self, batch: &ReadyBatch, answer: &Answer, task: Task) {
        let values: Vec<f32> = answer.predictions.to_data().iter::<f32>().collect();
        let predictions = decide(task, &values);
        let targets: Vec<f32> = batch.targets().to_data().iter::<f32>().collect();
        let places = batch.places();
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&row| places[row]);
        for row in order {
            self.places.push(places[row]);
            self.ids.push(batch.ids()[row].clone());
            self.predictions.push(predictions[row]);
            self.targets.push(targets[row]);
            for modality in Modality::ALL {
                let of_row = answer.unimodal.get(modality).get(row);
                self.unimodal.get_mut(modality).extend(of_row);
            }
        }
    }

    /// The same in the order of the split, from which the order of batches may differ.
    fn in_order(mut self) -> Self {
        if !self.places.is_sorted() {
            let mut order: Vec<usize> = (0..self.places.len()).collect();
            order.sort_by_key(|&index| self.places[index]);
            self.ids = order.iter().map(|&index| self.ids[index].clone()).collect();
            self.predictions = order.iter().map(|&index| self.predictions[index]).collect();
            self.targets = order.iter().map(|&index| self.targets[index]).collect();
            for modality in Modality::ALL {
                let unimodal = self.unimodal.get_mut(modality);
                if !unimodal.is_empty() {
                    *unimodal = order.iter().map(|&index| unimodal[index]).collect();
                }
            }
            self.places.sort_unstable();
        }
        self
    }
}

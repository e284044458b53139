//! One Burn metric for every score of a whole split, and one for every loss term.

use crate::{PredictionInput, TermsInput};
use burn::{
    tensor::TensorReadError,
    train::metric::{
        Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes,
        NumericEntry, SerializedEntry, format_float,
    },
};
use misa_core::{Task, loss::Term};
use misa_infer::score::{Goal, NamedScore, decide};
use std::sync::Arc;

/// Applies a score once per epoch, to every prediction of the split.
///
/// Averaging per-batch values would be wrong for correlations and F1 scores.
#[derive(Clone)]
pub struct EpochMetric {
    name: MetricName,
    score: NamedScore,
    task: Task,
    predictions: Vec<f32>,
    targets: Vec<f32>,
    value: Option<f64>,
}

impl EpochMetric {
    /// Creates the metric, shown and logged under the score's name.
    pub fn new(score: NamedScore, task: Task) -> Self {
        Self {
            name: Arc::new(score.name.to_string()),
            score,
            task,
            predictions: Vec::new(),
            targets: Vec::new(),
            value: None,
        }
    }
}

impl Metric for EpochMetric {
    type Input = PredictionInput;

    fn update(
        &mut self,
        batch: &PredictionInput,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let predictions = batch.predictions.clone().try_into_vec_as::<f32>()?;
        let targets = batch.targets.clone().try_into_vec_as::<f32>()?;
        self.predictions.extend(decide(self.task, &predictions));
        self.targets.extend(targets);
        Ok(SerializedEntry::not_available(None))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        let value = (self.score.score)(&self.predictions, &self.targets);
        self.value = Some(value);
        Ok(entry(NumericEntry::Final(value)))
    }

    fn clear(&mut self) {
        self.predictions.clear();
        self.targets.clear();
        self.value = None;
    }

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn attributes(&self) -> MetricAttributes {
        attributes(self.score.goal)
    }
}

impl Numeric for EpochMetric {
    fn value(&self) -> Option<NumericEntry> {
        self.value.map(NumericEntry::Value)
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.value()
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.value.unwrap_or(f64::NAN))
    }
}

/// Mean over the batches of one term of the objective.
#[derive(Clone)]
pub struct TermMetric {
    name: MetricName,
    term: Term,
    sum: f64,
    batches: usize,
    last: f64,
}

impl TermMetric {
    /// Creates the metric of `term`, shown and logged under `name`.
    pub fn new(name: &str, term: Term) -> Self {
        Self {
            name: Arc::new(name.to_string()),
            term,
            sum: 0.0,
            batches: 0,
            last: f64::NAN,
        }
    }

    fn mean(&self) -> NumericEntry {
        NumericEntry::Aggregated {
            aggregated_value: self.sum / self.batches as f64,
            count: self.batches,
        }
    }
}

impl Metric for TermMetric {
    type Input = TermsInput;

    fn update(
        &mut self,
        TermsInput(terms): &TermsInput,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let value = terms[self.term].clone().try_into_vec_as::<f32>()?;
        self.last = value.into_iter().map(f64::from).sum();
        self.sum += self.last;
        self.batches += 1;
        Ok(entry(NumericEntry::Value(self.last)))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(entry(self.mean()))
    }

    fn clear(&mut self) {
        *self = Self::new(&self.name, self.term);
    }

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn attributes(&self) -> MetricAttributes {
        attributes(Goal::Lower)
    }
}

impl Numeric for TermMetric {
    fn value(&self) -> Option<NumericEntry> {
        (self.batches > 0).then_some(NumericEntry::Value(self.last))
    }

    fn running_value(&self) -> Option<NumericEntry> {
        (self.batches > 0).then(|| self.mean())
    }

    fn final_value(&self) -> NumericEntry {
        self.mean()
    }
}

fn entry(value: NumericEntry) -> SerializedEntry {
    SerializedEntry::new(format_float(value.current(), 4), value.serialize())
}

fn attributes(goal: Goal) -> MetricAttributes {
    NumericAttributes {
        unit: None,
        higher_is_better: goal == Goal::Higher,
    }
    .into()
}

//! What live plots show, as metrics of Burn: values that the loop has computed already.

use burn::{
    tensor::{ExecutionError, TensorReadError},
    train::{
        ItemLazy,
        metric::{
            Adaptor, Metric, MetricAttributes, MetricMetadata, MetricName, Numeric,
            NumericAttributes, NumericEntry, SerializedEntry, format_float,
            state::{FormatOptions, NumericMetricState},
        },
    },
};
use misa_core::loss::Term;
use misa_infer::{
    NamedScores, TermMeans,
    score::{Goal, NamedScore},
};
use std::sync::Arc;

/// Digits after the point.
const PRECISION: usize = 4;

/// What the loop measured at one batch.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Losses of the batch.
    pub(crate) losses: TermMeans,
    /// Scores of a whole split, under their names, with its last batch.
    pub(crate) scores: NamedScores,
}

impl Measured {
    /// Losses of one batch.
    pub(crate) fn batch(losses: TermMeans) -> Self {
        Self {
            losses,
            scores: Vec::new(),
        }
    }
}

impl ItemLazy for Measured {
    /// There is nothing to wait for.
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<TermMeans> for Measured {
    fn adapt(&self) -> TermMeans {
        self.losses
    }
}

impl Adaptor<NamedScores> for Measured {
    fn adapt(&self) -> NamedScores {
        self.scores.clone()
    }
}

/// Mean over the batches of one term of the objective.
#[derive(Clone)]
pub(crate) struct TermMetric {
    name: MetricName,
    term: Term,
    state: NumericMetricState,
}

impl TermMetric {
    /// Creates the metric of `term`, shown under `name`.
    pub(crate) fn new(name: &str, term: Term) -> Self {
        Self {
            name: Arc::new(name.to_string()),
            term,
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).precision(PRECISION)
    }
}

impl Metric for TermMetric {
    type Input = TermMeans;

    fn update(
        &mut self,
        losses: &TermMeans,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        self.state.update(losses[self.term], 1);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
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
        Some(self.state.current_value())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}

/// One score of a whole split.
///
/// Averaging per-batch values would be wrong for correlations and F1 scores.
#[derive(Clone)]
pub(crate) struct ScoreMetric {
    name: MetricName,
    goal: Goal,
    /// Nothing before the last batch of the split, and where the score is not defined.
    value: Option<f64>,
}

impl ScoreMetric {
    /// Creates the metric, shown under the score's name.
    pub(crate) fn new(score: &NamedScore) -> Self {
        Self {
            name: Arc::new(score.name.to_string()),
            goal: score.goal,
            value: None,
        }
    }
}

impl Metric for ScoreMetric {
    type Input = NamedScores;

    fn update(
        &mut self,
        scores: &NamedScores,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let named = scores.iter().find(|(name, _)| name == self.name.as_str());
        self.value = named.and_then(|(_, value)| *value);
        Ok(SerializedEntry::not_available(None))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        let value = self.final_value();
        let text = format_float(value.current(), PRECISION);
        Ok(SerializedEntry::new(text, value.serialize()))
    }

    fn clear(&mut self) {
        self.value = None;
    }

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn attributes(&self) -> MetricAttributes {
        attributes(self.goal)
    }
}

impl Numeric for ScoreMetric {
    /// A batch has no score.
    fn value(&self) -> Option<NumericEntry> {
        None
    }

    fn running_value(&self) -> Option<NumericEntry> {
        None
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.value.unwrap_or(f64::NAN))
    }
}

fn attributes(goal: Goal) -> MetricAttributes {
    NumericAttributes {
        unit: None,
        higher_is_better: goal == Goal::Higher,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::data::dataloader::Progress;
    use misa_core::Task;
    use misa_infer::score::scores;

    fn metadata() -> MetricMetadata {
        MetricMetadata {
            progress: Progress::new(1, 1, None),
            iteration: None,
            lr: None,
        }
    }

    #[test]
    fn a_term_is_shown_as_the_mean_of_its_batches() {
        let mut metric = TermMetric::new("Difference", Term::Difference);
        for loss in [1.0, 2.0] {
            let losses = TermMeans::default().with(Term::Difference, loss);
            metric.update(&losses, &metadata()).unwrap();
        }
        metric.compute().unwrap();
        assert_eq!(metric.value().unwrap().current(), 2.0);
        assert_eq!(metric.final_value().current(), 1.5);
    }

    #[test]
    fn a_score_is_shown_as_it_was_measured() {
        let score = &scores(Task::Regression)[0];
        let mut metric = ScoreMetric::new(score);
        let measured = vec![(score.name.to_string(), Some(0.123_45))];
        metric.update(&Vec::new(), &metadata()).unwrap();
        metric.update(&measured, &metadata()).unwrap();
        assert_eq!(metric.compute().unwrap().serialized, "0.12345,final");
        metric.clear();
        assert!(metric.final_value().current().is_nan());
    }
}

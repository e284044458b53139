//! What the scores of a run are read beside: intervals, and the scores of a constant prediction.

use super::entries::{metrics, metrics_named};
use misa_core::Task;
use misa_infer::{NamedScores, Predictions};
use misa_report::ScoreContext;
use misa_report::compare::{Prediction, utterance_intervals};
use misa_terms::{ConstantKind, ConstantPredictor};

/// Resamples of an interval: its ends then vary by about one part in a hundred.
const RESAMPLES: usize = 2_000;
/// Any seed serves; a fixed one gives equal pages for equal runs.
const SEED: u64 = 0;

/// A constant prediction in words; a class by its name.
pub(super) fn constant_words(constant: ConstantPredictor, classes: &[String]) -> String {
    let name = match constant.kind {
        ConstantKind::Majority => classes.get(constant.value as usize),
        _ => None,
    };
    name.map_or_else(
        || constant.to_string(),
        |name| format!("`{name}`, the most frequent class of the train split"),
    )
}

/// The context of each score of `predictions` that has one of these names.
pub(super) fn contexts(
    task: Task,
    scores: &NamedScores,
    predictions: &Predictions,
    constant: Option<ConstantPredictor>,
) -> Vec<ScoreContext> {
    let rows: Vec<Prediction> = (predictions.0.iter())
        .map(|row| Prediction {
            id: row.id.clone(),
            prediction: row.prediction,
            target: row.target,
        })
        .collect();
    let targets: Vec<f32> = rows.iter().map(|row| row.target).collect();
    let metrics = metrics_named(task, scores.iter().map(|(name, _)| name.as_str()));
    let intervals = utterance_intervals(&rows, &metrics, RESAMPLES, SEED);
    let context = |(metric, interval): (&misa_report::compare::Metric, _)| ScoreContext {
        name: metric.name.to_string(),
        is_better_high: metric.is_better_high,
        is_share: metric.is_share,
        interval,
        constant: constant.and_then(|constant| {
            let value = (metric.score)(&vec![constant.value; targets.len()], &targets);
            Some(value).filter(|value| value.is_finite())
        }),
    };
    metrics.iter().zip(intervals).map(context).collect()
}

/// What is known of the scores for a task without predictions: their kind.
pub(super) fn kinds(task: Task) -> Vec<ScoreContext> {
    let metrics = metrics(task);
    let kind = |metric: &misa_report::compare::Metric| ScoreContext {
        name: metric.name.to_string(),
        is_better_high: metric.is_better_high,
        is_share: metric.is_share,
        ..ScoreContext::default()
    };
    metrics.iter().map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_class_has_its_name() {
        let classes = Task::Classification { classes: 3 };
        let class = ConstantPredictor::of(classes, &[2.0, 1.0, 2.0, 1.0, 0.0]).unwrap();
        let names = ["no", "yes", "maybe"].map(String::from);
        assert_eq!(
            constant_words(class, &names),
            "`yes`, the most frequent class of the train split"
        );
        let mean = ConstantPredictor::of(Task::Regression, &[1.0, -2.0, 2.5]).unwrap();
        assert_eq!(
            constant_words(mean, &[]),
            "0.5000, the mean label of the train split"
        );
    }
}

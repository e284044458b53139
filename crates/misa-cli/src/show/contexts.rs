//! What the scores of a run are read beside: intervals, and the scores of a constant prediction.

use super::entries::metrics;
use misa_core::Task;
use misa_infer::Predictions;
use misa_report::ScoreContext;
use misa_report::compare::{Prediction, utterance_intervals};
use std::collections::BTreeMap;

/// Resamples of an interval: its ends then vary by about one part in a hundred.
const RESAMPLES: usize = 2_000;
/// Any seed serves; a fixed one gives equal pages for equal runs.
const SEED: u64 = 0;

/// The prediction that is best for every utterance alike, chosen on the train split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Constant {
    /// A number, or the index of a class.
    value: f32,
    task: Task,
}

impl Constant {
    /// The mean of the targets, or their most frequent class, the first of equally frequent ones;
    /// `None` without targets.
    pub(super) fn of(task: Task, targets: &[f32]) -> Option<Self> {
        let value = match task {
            Task::Regression if targets.is_empty() => None,
            Task::Regression => {
                let sum: f64 = targets.iter().copied().map(f64::from).sum();
                Some((sum / targets.len() as f64) as f32)
            }
            Task::Classification { .. } => most_frequent(targets),
        };
        value.map(|value| Self { value, task })
    }

    /// It in words; a class by its name.
    pub(super) fn words(self, classes: &[String]) -> String {
        match self.task {
            Task::Regression => format!("{:.3}, the mean of the train split", self.value),
            Task::Classification { .. } => {
                let name = classes.get(self.value as usize);
                let name = name.cloned().unwrap_or_else(|| self.value.to_string());
                format!("`{name}`, the most frequent class of the train split")
            }
        }
    }
}

fn most_frequent(targets: &[f32]) -> Option<f32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for target in targets {
        *counts.entry(*target as u32).or_default() += 1;
    }
    // The first of the largest counts: `max_by_key` returns the last.
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(class, _)| class as f32)
}

/// The context of each score of `predictions`.
pub(super) fn contexts(
    task: Task,
    predictions: &Predictions,
    constant: Option<Constant>,
) -> Vec<ScoreContext> {
    let metrics = metrics(task);
    let rows: Vec<Prediction> = (predictions.0.iter())
        .map(|row| Prediction {
            id: row.id.clone(),
            prediction: row.prediction,
            target: row.target,
        })
        .collect();
    let targets: Vec<f32> = rows.iter().map(|row| row.target).collect();
    let intervals = utterance_intervals(&rows, &metrics, RESAMPLES, SEED);
    let context = |(metric, interval): (&misa_report::compare::Metric, _)| ScoreContext {
        name: metric.name.to_string(),
        is_better_high: metric.is_better_high,
        interval,
        constant: constant.and_then(|constant| {
            let value = (metric.score)(&vec![constant.value; targets.len()], &targets);
            Some(value).filter(|value| value.is_finite())
        }),
    };
    metrics.iter().zip(intervals).map(context).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: Task = Task::Classification { classes: 3 };

    #[test]
    fn a_constant_is_the_mean_or_the_most_frequent_class() {
        let mean = Constant::of(Task::Regression, &[1.0, -2.0, 2.5]).unwrap();
        assert_eq!(mean.words(&[]), "0.500, the mean of the train split");
        let class = Constant::of(CLASSES, &[2.0, 1.0, 2.0, 1.0, 0.0]).unwrap();
        assert_eq!(class.value, 1.0);
        let names = ["no", "yes", "maybe"].map(String::from);
        assert_eq!(
            class.words(&names),
            "`yes`, the most frequent class of the train split"
        );
        assert_eq!(Constant::of(Task::Regression, &[]), None);
        assert_eq!(Constant::of(CLASSES, &[]), None);
    }
}

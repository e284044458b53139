//! One prediction for every utterance, which a model has to beat.

use crate::Task;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The best that can be predicted without looking at an utterance: the mean label of the train split,
/// or its most frequent class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConstantPredictor {
    /// How the value follows from the labels.
    pub kind: ConstantKind,
    /// What is predicted: a number, or the index of a class.
    pub value: f32,
}

/// How a constant prediction follows from labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConstantKind {
    /// Their mean, of a regression.
    Mean,
    /// The most frequent of them, of classes; of several, the lowest.
    Majority,
}

impl ConstantPredictor {
    /// The constant for a task, from the labels of the train split; `None` without labels.
    pub fn of(task: Task, labels: &[f32]) -> Option<Self> {
        if labels.is_empty() {
            return None;
        }
        Some(match task {
            Task::Regression => {
                let sum: f64 = labels.iter().map(|&label| f64::from(label)).sum();
                Self {
                    kind: ConstantKind::Mean,
                    value: (sum / labels.len() as f64) as f32,
                }
            }
            Task::Classification { .. } => Self {
                kind: ConstantKind::Majority,
                value: majority(labels),
            },
        })
    }
}

fn majority(labels: &[f32]) -> f32 {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for &label in labels {
        *counts.entry(label.round() as i64).or_default() += 1;
    }
    // The last of several maxima is the lowest class.
    let most = counts.into_iter().rev().max_by_key(|&(_, count)| count);
    most.map_or(0.0, |(class, _)| class as f32)
}

impl fmt::Display for ConstantPredictor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        match self.kind {
            ConstantKind::Mean => write!(f, "{value:.4}, the mean label of the train split"),
            ConstantKind::Majority => {
                write!(f, "class {value}, the most frequent of the train split")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regression_has_the_mean_and_classes_have_the_most_frequent() {
        let of = |task, labels: &[f32]| ConstantPredictor::of(task, labels);
        let mean = of(Task::Regression, &[1.0, 2.0, -0.5, 0.5]).unwrap();
        assert_eq!((mean.kind, mean.value), (ConstantKind::Mean, 0.75));
        assert_eq!(
            mean.to_string(),
            "0.7500, the mean label of the train split"
        );
        let classes = Task::Classification { classes: 3 };
        let most = of(classes, &[2.0, 0.0, 2.0, 1.0]).unwrap();
        assert_eq!((most.kind, most.value), (ConstantKind::Majority, 2.0));
        assert_eq!(
            most.to_string(),
            "class 2, the most frequent of the train split"
        );
        // Of several, the lowest.
        assert_eq!(of(classes, &[2.0, 1.0, 1.0, 2.0]).unwrap().value, 1.0);
        assert_eq!(of(classes, &[]), None);
    }
}

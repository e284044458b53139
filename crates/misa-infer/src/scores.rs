//! The scores of a split.

use crate::ConfusionMatrix;
use crate::score::scores_of;
use misa_terms::{ConstantPredictor, LabelScale, Task};
use serde::{Deserialize, Serialize};

/// Each score by its name; `None` if it is not defined.
pub type NamedScores = Vec<(String, Option<f64>)>;

/// The scores of one split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scores {
    /// Number of utterances scored.
    pub utterances: usize,
    /// Task loss, the mean of its batches.
    pub task_loss: f64,
    /// Each score by its name; `null` if a score is not defined, such as the correlation with a
    /// constant.
    pub scores: NamedScores,
    /// The confusion matrix, if the task has classes.
    #[serde(default)]
    pub confusion: Option<ConfusionMatrix>,
    /// Why a score is not defined, by its name; of releases before 0.2, the reasons are not known.
    #[serde(default)]
    pub undefined: Vec<(String, String)>,
    /// The scores of the constant predictor on the same utterances, if it is known.
    #[serde(default)]
    pub constant: Option<ConstantScores>,
    /// How often the intervals of the model contain the label, narrowest first; empty if it has none.
    #[serde(default)]
    pub coverage: Vec<Coverage>,
}

/// How often an interval contains the label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// The share of labels that it was made to contain.
    pub level: f64,
    /// Half its width.
    pub half_width: f64,
    /// The share of labels that it contains.
    pub share: f64,
}

/// The scores of a constant prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConstantScores {
    /// What is predicted, and how it follows from the train split.
    pub predictor: ConstantPredictor,
    /// Each score by its name; `null` if it is not defined, as the correlation never is.
    pub scores: NamedScores,
}

impl ConstantScores {
    /// The scores of predicting the same for every target, on the scale that the targets show.
    pub fn of(predictor: ConstantPredictor, task: Task, targets: &[f32]) -> Self {
        Self::on(predictor, task, LabelScale::of(targets), targets)
    }

    /// [`Self::of`], on this scale.
    pub fn on(
        predictor: ConstantPredictor,
        task: Task,
        scale: LabelScale,
        targets: &[f32],
    ) -> Self {
        let predictions = vec![predictor.value; targets.len()];
        Self {
            predictor,
            scores: named_scores(task, scale, &predictions, targets),
        }
    }

    /// The score called `name`, if it is defined.
    pub fn get(&self, name: &str) -> Option<f64> {
        let mut scores = self.scores.iter();
        scores.find(|(known, _)| known == name)?.1
    }
}

impl Scores {
    /// The score called `name`, if it is defined.
    pub fn get(&self, name: &str) -> Option<f64> {
        let mut scores = self.scores.iter();
        scores.find(|(known, _)| known == name)?.1
    }
}

/// What the coverages say, in a sentence; `None` if there are none.
#[doc(hidden)]
pub fn coverage_text(coverages: &[Coverage]) -> Option<String> {
    let part = |coverage: &Coverage| {
        let Coverage {
            level,
            half_width,
            share,
        } = coverage;
        let (level, share) = (100.0 * level, 100.0 * share);
        format!("{share:.1} % of the labels are in the {level:.0} % interval, ±{half_width:.3}")
    };
    let parts: Vec<String> = coverages.iter().map(part).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Every score of the task on this scale, for one prediction per target.
pub fn named_scores(
    task: Task,
    scale: LabelScale,
    predictions: &[f32],
    targets: &[f32],
) -> NamedScores {
    scores_of(task, scale)
        .map(|named| {
            let value = (named.score)(predictions, targets);
            (
                named.name.to_string(),
                Some(value).filter(|value| value.is_finite()),
            )
        })
        .collect()
}

//! What happened, epoch by epoch.

use serde::{Deserialize, Serialize};

/// Mean over the batches of an epoch of each term of the objective, unweighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TermMeans {
    /// Error of the prediction.
    pub task: f64,
    /// Similarity loss.
    pub similarity: f64,
    /// Difference loss.
    pub difference: f64,
    /// Reconstruction loss.
    pub reconstruction: f64,
    /// Discrimination loss.
    pub discrimination: f64,
    /// Weighted sum.
    pub total: f64,
}

/// One epoch of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number, from 1.
    pub epoch: usize,
    /// Losses of the train split, dropout included.
    pub train: TermMeans,
    /// Task loss of the valid split, which chooses the model: the mean of its batches, the last
    /// and shorter one counting as much as the others, as in the official code.
    pub valid_task: f64,
    /// Scores of the valid split, under their names; `null` where a score is not defined.
    pub valid: Vec<(String, Option<f64>)>,
    /// Whether the model of this epoch was the best so far.
    pub improved: bool,
    /// Seconds since the start of the run.
    pub seconds: f64,
}

impl TermMeans {
    /// The mean of batch values given as task, similarity, difference, reconstruction,
    /// discrimination and total.
    pub(crate) fn of(batches: &[[f64; 6]]) -> Self {
        let mean = |term: usize| {
            let sum: f64 = batches.iter().map(|batch| batch[term]).sum();
            sum / batches.len() as f64
        };
        Self {
            task: mean(0),
            similarity: mean(1),
            difference: mean(2),
            reconstruction: mean(3),
            discrimination: mean(4),
            total: mean(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_batch_counts_the_same() {
        let means = TermMeans::of(&[
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            [3.0, 0.0, 3.0, 0.0, 5.0, 0.0],
        ]);
        assert_eq!((means.task, means.similarity, means.total), (2.0, 1.0, 3.0));
    }
}

//! What happened, epoch by epoch.

use crate::Phase;
use misa_infer::TermMeans;
use serde::{Deserialize, Serialize};

/// One epoch of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number, from 1.
    pub epoch: usize,
    /// What the epoch was for; what it learned stands as the task.
    #[serde(default)]
    pub phase: Phase,
    /// Losses of the train split, dropout included.
    pub train: TermMeans,
    /// Losses of the valid split, of which that of the task chooses the model. The last and shorter
    /// batch counts as much as the others, as in the official code.
    pub valid_terms: TermMeans,
    /// The factor of each term at the end of the epoch, under its name; empty where weights are
    /// fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<(String, f64)>,
    /// Scores of the valid split, under their names; `null` where a score is not defined.
    pub valid: Vec<(String, Option<f64>)>,
    /// Whether the model of this epoch was the best so far.
    pub improved: bool,
    /// Seconds since the start of the run.
    pub seconds: f64,
}

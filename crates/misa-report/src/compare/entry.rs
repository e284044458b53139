//! One scored run.

use super::FEWEST_UTTERANCES;
use serde::{Deserialize, Serialize};

/// The scores of a run on one split.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Folder of the run.
    pub run: String,
    /// Name of all its settings except the seed.
    pub model: String,
    /// Name of the data.
    pub data: String,
    /// The corpus of the data, such as `mosi`; `None` if it is unknown.
    pub corpus: Option<String>,
    /// Whether the corpus was recognised in the data itself, rather than named in the settings.
    pub is_recognised: bool,
    /// Checksum of the data; runs on different data are never summarised together.
    pub data_checksum: String,
    /// Seed.
    pub seed: u64,
    /// Name of the split.
    pub split: String,
    /// Name and value of each score; `None` if it is undefined.
    pub scores: Vec<(String, Option<f64>)>,
    /// The prediction for each utterance; empty if they are unknown.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
    /// How often the test split was opened, including for these scores; 0 on other splits.
    pub openings: usize,
    /// Whether training continued after the test split was opened.
    pub trained_after_opening: bool,
    /// Versions, device, checksums.
    pub provenance: Vec<(String, String)>,
}

impl Entry {
    /// Whether it is known to have too few utterances for an interval.
    pub(super) fn has_few_utterances(&self) -> bool {
        (1..FEWEST_UTTERANCES).contains(&self.predictions.len())
    }
}

/// The prediction for one utterance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// Name of the utterance.
    pub id: String,
    /// The prediction: a number, or the index of a class.
    pub prediction: f32,
    /// The label.
    pub target: f32,
}

/// A score, and how to read it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether higher values are better.
    pub is_better_high: bool,
    /// Whether it is a share, which is usually printed in percent.
    pub is_share: bool,
    /// Its lowest and highest possible value; infinite where it has no bound.
    pub range: (f64, f64),
    /// Its value for predictions and targets of equal length.
    pub score: fn(&[f32], &[f32]) -> f64,
}

//! One scored run.

use serde::{Deserialize, Serialize};

/// What a run came to on one split.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Folder of the run.
    pub run: String,
    /// Name of everything it was told but the seed.
    pub model: String,
    /// Name of the data.
    pub data: String,
    /// Corpus that the data is of, such as `mosi`; nothing where that is not known.
    pub corpus: Option<String>,
    /// Checksum of the data: runs on other data are never summed up together.
    pub data_checksum: String,
    /// Seed.
    pub seed: u64,
    /// Name of the split.
    pub split: String,
    /// Name and value of each score; `None` where it is not defined.
    pub scores: Vec<(String, Option<f64>)>,
    /// What the model said of each utterance; empty where that is not known.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
    /// Looks at the test split up to these scores; 0 on other splits.
    pub openings: usize,
    /// Whether training went on after the test split was looked at.
    pub trained_after_opening: bool,
    /// Versions, device, checksums.
    pub provenance: Vec<(String, String)>,
}

/// What a model said of one utterance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// Name of the utterance.
    pub id: String,
    /// The prediction: a number, or a class.
    pub prediction: f32,
    /// The label.
    pub target: f32,
}

/// A score, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether more is better.
    pub is_better_high: bool,
    /// Whether it is a share, which the field prints in percent.
    pub is_share: bool,
    /// Its value, given predictions and targets of one length.
    pub score: fn(&[f32], &[f32]) -> f64,
}

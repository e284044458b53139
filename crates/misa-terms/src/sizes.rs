//! The feature sizes of a data set.

use crate::BertConfig;
use serde::{Deserialize, Serialize};

/// Feature sizes of a data set, on which the shapes of the model depend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureSizes {
    /// Form and size of the text.
    pub text: TextSize,
    /// Features of a visual step.
    pub visual: usize,
    /// Features of an acoustic step.
    pub acoustic: usize,
}

/// The form of the text, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// Word ids in `0..vocabulary`.
    Words {
        /// Number of distinct ids, unknown and padding included.
        vocabulary: usize,
    },
    /// Precomputed vectors, one per step.
    Features {
        /// Features of a step.
        d_input: usize,
    },
    /// Token ids, read by a BERT of these sizes.
    Bert(BertConfig),
}

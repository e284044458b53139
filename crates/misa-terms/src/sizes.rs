//! The feature sizes of a data set.

use crate::BertConfig;
use serde::{Deserialize, Serialize};

/// Feature sizes of a data set, all the model needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureSizes {
    /// How text arrives.
    pub text: TextSize,
    /// Features of a visual step.
    pub visual: usize,
    /// Features of an acoustic step.
    pub acoustic: usize,
}

/// How text arrives, and how large it is.
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

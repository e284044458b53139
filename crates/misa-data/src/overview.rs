//! What is known of a data set besides its utterances.

use crate::{Format, Note, Split, Vocabulary};
use misa_terms::FeatureSizes;

/// Everything about a data set but the utterances themselves.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Where the data came from.
    pub format: Format,
    /// What a model needs to know of the data.
    pub sizes: FeatureSizes,
    /// The words, when text is word ids.
    pub vocabulary: Option<Vocabulary>,
    /// What was dropped, replaced or found odd, with counts.
    pub notes: Vec<Note>,
    /// Utterances in train, valid and test.
    pub counts: [usize; 3],
}

impl Overview {
    /// Number of utterances of a split.
    pub fn count(&self, split: Split) -> usize {
        self.counts[split.index()]
    }
}

//! The facts about a data set besides its utterances.

use crate::{Format, Note, Split, Vocabulary};
use misa_terms::{FeatureSizes, Recipes};

/// Everything about a data set except its utterances.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Overview {
    /// Where the data came from.
    pub format: Format,
    /// The sizes that a model needs to know.
    pub sizes: FeatureSizes,
    /// The words, if the text is word ids.
    pub vocabulary: Option<Vocabulary>,
    /// Dropped, replaced and unusual values, with counts.
    pub notes: Vec<Note>,
    /// How the features were made, as far as the files say.
    pub recipes: Recipes,
    /// Utterances in train, valid and test.
    pub counts: [usize; 3],
}

impl Overview {
    /// Number of utterances of a split.
    pub fn count(&self, split: Split) -> usize {
        self.counts[split.index()]
    }
}

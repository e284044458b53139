//! How BERT reads a text.

use super::{BertFreezing, TextPooling};

misa_terms::settings! {
    /// How BERT reads a text, whatever its sizes.
    ///
    /// | Field | Default | Meaning |
    /// | --- | --- | --- |
    /// | `pooling` | masked mean | how tokens become one vector |
    /// | `freezing` | none | which parts keep their weights |
    /// | `frozen_dropout` | true | dropout in frozen parts, too |
    #[derive(Copy, PartialEq, Eq)]
    pub struct BertReading {
        /// How the tokens of a sentence become one vector.
        pub pooling: TextPooling = TextPooling::MaskedMean, with_pooling;
        /// Which parts keep their weights.
        pub freezing: BertFreezing = BertFreezing::None, with_freezing;
        /// Whether frozen parts have dropout in training, too, as in the official code.
        pub frozen_dropout: bool = true, with_frozen_dropout;
    }
}

impl BertReading {
    /// Whether a first part of BERT always computes the same from a sentence: it is frozen, has no
    /// dropout, and does not depend on padding.
    pub fn computes_frozen(&self, in_training: bool) -> bool {
        self.freezing.embeddings()
            && self.pooling == TextPooling::MaskedMean
            && !(in_training && self.frozen_dropout)
    }
}

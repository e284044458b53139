//! What nearly every program with a data set needs: `use misa_data::prelude::*`.

pub use crate::{
    DataError, Development, Format, LockedTest, Normalisation, OpenOptions, Overview, Policy,
    Scaling, Sequence, Split, SyntheticConfig, TextSequence, Utterance, UtteranceDataset,
    Vocabulary,
};
#[cfg(feature = "tensors")]
pub use crate::{LoaderConfig, UtteranceBatch, UtteranceBatcher, UtteranceLoader};

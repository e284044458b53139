//! What several test files need.

pub mod pickled;

use misa_data::{Clip, Split, UtteranceDataset};

/// The clips of the utterances of a data set.
pub fn clips_of(data: &UtteranceDataset) -> Vec<Clip> {
    let splits = Split::ALL.into_iter();
    splits
        .flat_map(|split| data.split(split))
        .map(Clip::from)
        .collect()
}

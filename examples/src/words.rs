//! The words of a data set.

use misa_data::{Split, UtteranceDataset};
use std::collections::BTreeSet;

/// Every word of every split in lower case, each once, in alphabetical order.
pub fn lower_case_words(data: &UtteranceDataset) -> Vec<String> {
    let utterances = Split::ALL.into_iter().flat_map(|split| data.split(split));
    let words = utterances.flat_map(|utterance| &utterance.words);
    let words = words.flat_map(|word| word.split_whitespace());
    let words: BTreeSet<String> = words.map(str::to_lowercase).collect();
    words.into_iter().collect()
}

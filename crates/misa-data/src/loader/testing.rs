//! Small data sets for the tests of loaders.

use crate::{
    LoaderConfig, Order, Sequence, Split, TextSequence, Utterance, UtteranceDataset,
    UtteranceLoader,
};
use burn::prelude::*;
use std::sync::Arc;

/// Utterance `i` has `1 + i % 5` steps of text.
pub(super) fn dataset(count: usize) -> Arc<UtteranceDataset> {
    let utterance = |i: usize| {
        let features = Sequence::new(1, vec![i as f32]).unwrap();
        let text = TextSequence::Words(vec![2; 1 + i % 5]);
        Utterance::new(i.to_string(), vec![], text, features.clone(), features, 0.0).unwrap()
    };
    let train = (0..count).map(utterance).collect();
    Arc::new(UtteranceDataset::from_splits(train, vec![], vec![], None).unwrap())
}

pub(super) fn loader(count: usize, order: Order) -> UtteranceLoader {
    let config = LoaderConfig::new(4).with_order(order).with_seed(9);
    UtteranceLoader::new(dataset(count), Split::Train, config, &Device::flex())
}

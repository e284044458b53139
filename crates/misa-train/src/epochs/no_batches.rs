//! The loader that Burn asks for and nobody reads.

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderIterator, Progress},
        dataset::DatasetError,
    },
    tensor::Device,
};
use misa_infer::ReadyBatch;
use std::{iter::Empty, sync::Arc};

/// Nothing: Burn wants loaders for its own loop, which [`crate::fit::Fit`] stands in for.
#[derive(Clone, Debug)]
pub(crate) struct NoBatches;

impl DataLoader<ReadyBatch> for NoBatches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ReadyBatch> + 'a> {
        Box::new(Nothing(std::iter::empty()))
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _: &Device) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }

    fn slice(&self, _: usize, _: usize) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }
}

struct Nothing(Empty<Result<ReadyBatch, DatasetError>>);

impl Iterator for Nothing {
    type Item = Result<ReadyBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl DataLoaderIterator<ReadyBatch> for Nothing {
    fn progress(&self) -> Progress {
        Progress::new(0, 0, None)
    }
}

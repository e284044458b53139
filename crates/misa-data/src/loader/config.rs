//! How a loader divides a split into batches, and in which order.

use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// The order in which a loader returns utterances.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Order {
        /// The order of the file in every epoch, for evaluation.
        File,
        /// A different random order in every epoch.
        Shuffled,
        /// A random order with utterances of similar length in the same batch, which saves padding.
        Bucketed {
            /// Number of batches whose utterances, or videos with a context, are sorted by length together. More
            /// batches mean less padding and less random batches. Range: `[1, inf)`.
            batches: usize,
        },
    }
}

/// How a loader divides a split into batches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoaderConfig {
    /// Utterances in a batch; the last one of an epoch may have fewer.
    pub batch_size: usize,
    /// The order. Default: that of the file.
    pub order: Order,
    /// Whether all utterances of a video are in one batch. A batch then has at most `batch_size`
    /// utterances, or one longer video, and the order is an order of videos, each of which is as long as its
    /// longest utterance. Default: no.
    pub whole_videos: bool,
    /// Seed of the order, and of the seeds that batches carry. Default: 0.
    pub seed: u64,
}

impl LoaderConfig {
    /// Batches of `batch_size` utterances, and the defaults.
    pub fn new(batch_size: usize) -> Self {
        Self {
            batch_size,
            order: Order::File,
            whole_videos: false,
            seed: 0,
        }
    }
}

misa_terms::builder! {
    LoaderConfig {
        with_batch_size, batch_size: usize;
        with_order, order: Order;
        with_whole_videos, whole_videos: bool;
        with_seed, seed: u64;
    }
}

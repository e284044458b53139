//! How BERT reads the text of a run.

use misa_core::ConfigError;
use misa_core::encoder::bert::{BertFreezing, BertReading, TextPooling};
use misa_data::Truncation;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

misa_terms::described! {
    /// Settings of BERT in a run.
    ///
    /// | Field | Default | Range | Meaning |
    /// | --- | --- | --- | --- |
    /// | `truncation` | full | | how many tokens of a sentence are read |
    /// | `freezing` | none | | which parts are not trained |
    /// | `frozen_dropout` | true | | whether frozen parts have dropout |
    /// | `learning_rate` | the run's | `(0, inf)` | learning rate of the other parts of BERT |
    /// | `cache_limit` | 4 GiB | | most bytes of cached outputs of the frozen part |
    ///
    /// If the frozen part begins with the embeddings, its output for a sentence is computed once and
    /// cached: always in evaluation, and in training unless `frozen_dropout` is on.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    pub struct BertSettings {
        /// Folder of the pre-trained weights, as Hugging Face stores them.
        pub folder: PathBuf,
        /// How many tokens of a sentence are read.
        #[serde(default)]
        pub truncation: Truncation,
        /// How BERT reads tokens; in files, these are fields of the BERT settings themselves.
        #[serde(flatten)]
        pub reading: BertReading,
        /// Learning rate of BERT; without it, that of the run. Range: `(0, inf)`.
        pub learning_rate: Option<f64>,
        /// Folder that caches outputs of the frozen part for later runs; without it, memory.
        pub cache: Option<PathBuf>,
        /// Most bytes of the cache.
        #[serde(default = "cache_limit")]
        pub cache_limit: u64,
    }
}

misa_terms::builder! {
    BertSettings {
        with_truncation, truncation: Truncation;
        with_reading, reading: BertReading;
        with_pooling, reading.pooling: TextPooling;
        with_freezing, reading.freezing: BertFreezing;
        with_frozen_dropout, reading.frozen_dropout: bool;
        with_learning_rate, learning_rate: Option<f64>;
        with_cache, cache: Option<PathBuf>;
        with_cache_limit, cache_limit: u64;
    }
}

/// 4 GiB.
fn cache_limit() -> u64 {
    1 << 32
}

impl BertSettings {
    /// The defaults, for the BERT in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            truncation: Truncation::default(),
            reading: BertReading::new(),
            learning_rate: None,
            cache: None,
            cache_limit: cache_limit(),
        }
    }

    /// Checks every range that does not depend on the BERT.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let Some(rate) = self.learning_rate else {
            return Ok(());
        };
        let holds = rate > 0.0 && rate.is_finite();
        ConfigError::check("bert.learning_rate", rate, "(0, inf)", holds)
    }
}

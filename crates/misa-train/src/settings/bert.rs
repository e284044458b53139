//! How BERT reads the text of a run.

use burn::config::Config;
use misa_core::{
    ConfigError,
    encoder::bert::{BertFreezing, TextPooling},
};
use misa_data::Truncation;
use std::path::PathBuf;

/// Settings of BERT in a run.
///
/// | Field | Default | Range | Meaning |
/// | --- | --- | --- | --- |
/// | `truncation` | full | | how many tokens of a sentence are read |
/// | `freezing` | none | | which parts keep their weights |
/// | `frozen_dropout` | true | | dropout in frozen parts, too |
/// | `learning_rate` | the run's | `(0, inf)` | of what is trained of BERT |
/// | `cache_limit` | 4 GiB | | bytes kept of what the frozen part gives |
///
/// Where the frozen part begins with the embeddings, what it gives for a sentence is computed once
/// and kept: in training unless `frozen_dropout` is on, in evaluation always.
#[derive(Config, Debug)]
pub struct BertSettings {
    /// Folder of the pre-trained weights, as Hugging Face stores them.
    pub folder: PathBuf,
    /// How many tokens of a sentence are read.
    #[config(default = "Truncation::Full")]
    pub truncation: Truncation,
    /// How tokens become one vector.
    #[config(default = "TextPooling::MaskedMean")]
    pub pooling: TextPooling,
    /// Which parts keep their weights.
    #[config(default = "BertFreezing::None")]
    pub freezing: BertFreezing,
    /// Whether frozen parts have dropout in training, too, as in the official code.
    #[config(default = true)]
    pub frozen_dropout: bool,
    /// Learning rate of BERT; without it, that of the run.
    pub learning_rate: Option<f64>,
    /// Folder for what the frozen part gives, for later runs; without it, it stays in memory.
    pub cache: Option<PathBuf>,
    /// Bytes of it that are kept at most.
    #[config(default = 4_294_967_296)]
    pub cache_limit: u64,
}

impl BertSettings {
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

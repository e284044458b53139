//! Everything that can stop a run.

use burn::train::TrainingError;
use misa_core::{ConfigError, Modality, WeightsError};
use misa_data::{DataError, Split};
use std::{io, path::PathBuf, sync::Arc};
use thiserror::Error;

/// Why a run ended without a report.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting outside its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A preset that does not exist.
    #[error("preset `{preset}` has no values for `{corpus}`, expected one of {expected}")]
    Preset {
        /// Name of the preset.
        preset: &'static str,
        /// Name of the corpus.
        corpus: &'static str,
        /// Corpora the preset knows.
        expected: &'static str,
    },
    /// The data cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A split that training needs has no utterances.
    #[error("split `{split}` has no utterances, expected at least 1")]
    EmptySplit {
        /// The split.
        split: Split,
    },
    /// A label that is no class.
    #[error("{split}: utterance `{id}`: label {label}, expected a class from 0 to {last}")]
    Class {
        /// Where the utterance is.
        split: Split,
        /// Its id.
        id: String,
        /// Its label.
        label: f32,
        /// The last class.
        last: usize,
    },
    /// The loss is no longer a number.
    #[error(
        "epoch {epoch}, step {step}: loss is {value}, expected a finite number; \
         utterances of the batch: {}", .ids.join(", ")
    )]
    NonFiniteLoss {
        /// Epoch, from 1.
        epoch: usize,
        /// Step of the epoch, from 1.
        step: usize,
        /// Loss found.
        value: f64,
        /// Utterances of the batch.
        ids: Vec<String>,
    },
    /// The loss of the valid split is no longer a number.
    #[error("epoch {epoch}: loss of the valid split is {value}, expected a finite number")]
    NonFiniteValid {
        /// Epoch, from 1.
        epoch: usize,
        /// Loss found.
        value: f64,
    },
    /// An utterance does not have the features a model was trained on.
    #[error("utterance `{id}`: {modality} has {found}, the model expects {expected}")]
    Features {
        /// The utterance.
        id: String,
        /// The modality that differs.
        modality: Modality,
        /// What the model reads.
        expected: String,
        /// What the utterance has.
        found: String,
    },
    /// The vocabulary of a checkpoint is not that of its model.
    #[error("{path}: {found} words, expected {expected}", path = path.display())]
    Vocabulary {
        /// File at hand.
        path: PathBuf,
        /// Words of the model.
        expected: usize,
        /// Words of the file.
        found: usize,
    },
    /// A file of the run cannot be written or read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File or folder at hand.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file of the run is not what it should be.
    #[error("{path}: {source}", path = path.display())]
    Json {
        /// File at hand.
        path: PathBuf,
        /// Cause.
        source: serde_json::Error,
    },
    /// The weights of a checkpoint cannot be used.
    #[error("{path}: {source}", path = path.display())]
    Weights {
        /// File at hand.
        path: PathBuf,
        /// Cause.
        source: WeightsError,
    },
    /// The user stopped the run.
    #[error("stopped before the end: {reason}")]
    Interrupted {
        /// Reason given.
        reason: String,
    },
    /// The framework stopped the run.
    #[error("training stopped: {0}")]
    Training(#[source] Arc<TrainingError>),
}

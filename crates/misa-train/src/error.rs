//! Everything that can stop a run.

use crate::{NonFiniteGradient, WorkerError, run::resume::Misfit};
use burn::train::TrainingError;
use misa_core::{ConfigError, WeightsError};
use misa_data::{DataError, Split};
use misa_infer::InferError;
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
    /// A model cannot be loaded, saved or used.
    #[error(transparent)]
    Infer(Box<InferError>),
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
    /// Context without two utterances of one video.
    #[error(
        "train: no two utterances are of one video, expected ids such as `video[4]` or \
         `video$_$4` for context, found `{id}`"
    )]
    NoVideos {
        /// The first id.
        id: String,
    },
    /// More devices than batches that one optimiser step adds up.
    #[error(
        "{devices} devices share the batches of one optimiser step, \
         expected accumulation of at least {devices}, found {accumulation}"
    )]
    Devices {
        /// Devices of the run.
        devices: usize,
        /// Batches of an optimiser step.
        accumulation: usize,
    },
    /// A device failed while others worked beside it.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The loss is no longer a number.
    #[error(
        "epoch {epoch}, step {step}: {term} loss is {value}, expected a finite number; \
         utterances of the batch: {}", .ids.join(", ")
    )]
    NonFiniteLoss {
        /// Epoch, from 1.
        epoch: usize,
        /// Step of the epoch, from 1.
        step: usize,
        /// The first term of the objective that is none.
        term: &'static str,
        /// Loss found.
        value: f64,
        /// Utterances of the batch.
        ids: Vec<String>,
    },
    /// A gradient is no longer a number; nothing was updated.
    #[error(
        "epoch {epoch}, step {step}: {source}; utterances of the batch: {}", .ids.join(", ")
    )]
    NonFiniteGradient {
        /// Epoch, from 1.
        epoch: usize,
        /// Step of the epoch, from 1.
        step: usize,
        /// The parameter and the norm found.
        source: NonFiniteGradient,
        /// Utterances of the batches that the gradient is of.
        ids: Vec<String>,
    },
    /// A loss of the valid split is no longer a number.
    #[error("valid split: {0}")]
    Valid(Box<TrainError>),
    /// The folder holds a run already.
    #[error(
        "{path}: holds a run, expected an empty folder: resume it, replace it or choose another",
        path = path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes to the folder.
    #[error("{path}: another process is at work in this folder", path = path.display())]
    Busy {
        /// Its lock.
        path: PathBuf,
    },
    /// A run that is not finished has no results.
    #[error("{path}: the run is not finished, expected a finished one: resume it", path = path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// The run in the folder is another one.
    #[error(
        "{path}: {what} changed since the run began: expected checksum {expected}, found {found}",
        path = path.display()
    )]
    Changed {
        /// The folder.
        path: PathBuf,
        /// Settings or data.
        what: &'static str,
        /// Checksum of the run.
        expected: String,
        /// Checksum of what is given.
        found: String,
    },
    /// A file is not the one that was written.
    #[error("{path}: SHA-256 is {found}, expected {expected}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Checksum of what was written.
        expected: String,
        /// Checksum of what is there.
        found: String,
    },
    /// A state does not fit the model of its run.
    #[error("{path}: {source}", path = path.display())]
    Misfit {
        /// The folder.
        path: PathBuf,
        /// Cause.
        source: Misfit,
    },
    /// The run was asked to stop, and can be taken up again.
    #[error("{path}: stopped on request after {updates} optimiser steps, can be resumed", path = path.display())]
    Stopped {
        /// The folder.
        path: PathBuf,
        /// Optimiser steps that are kept.
        updates: usize,
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
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights of a checkpoint cannot be used.
    #[error("{path}: {source}", path = path.display())]
    Weights {
        /// File at hand.
        path: PathBuf,
        /// Cause.
        source: WeightsError,
    },
    /// The framework stopped the run.
    #[error("training stopped: {0}")]
    Training(#[source] Arc<TrainingError>),
}

impl From<InferError> for TrainError {
    /// What both crates meet has one variant; the rest is wrapped, with its own message.
    fn from(error: InferError) -> Self {
        match error {
            InferError::Config(source) => Self::Config(source),
            InferError::Io { path, source } => Self::Io { path, source },
            InferError::Json { path, source } => Self::Json { path, source },
            InferError::Weights { path, source } => Self::Weights { path, source },
            other => Self::Infer(Box::new(other)),
        }
    }
}

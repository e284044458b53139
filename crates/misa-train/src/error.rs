//! Everything that can stop a run.

use crate::run::change::SettingChange;
use crate::run::resume::Misfit;
use crate::{NonFiniteGradient, WorkerError};
use misa_core::{ConfigError, Modality, WeightsError};
use misa_data::{DataError, Split};
use misa_infer::InferError;
use std::io;
use std::path::PathBuf;
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
    /// The model whose weights are to be taken over cannot be read.
    #[error("training.transfer: {0}")]
    Transfer(Box<TrainError>),
    /// A split that training needs has no utterances.
    #[error("split `{split}` has no utterances, expected at least 1")]
    EmptySplit {
        /// The split.
        split: Split,
    },
    /// A split of which every utterance lacks a modality that the model uses.
    #[error(
        "split `{split}`: each of its {count} utterances lacks a modality in use, expected at least 1 that has all \
         of them"
    )]
    NoneWhole {
        /// The split.
        split: Split,
        /// Its utterances.
        count: usize,
    },
    /// A label that is not a class.
    #[error("{split}: utterance `{id}`: label {label}, expected a class from 0 to {last}")]
    Class {
        /// Split of the utterance.
        split: Split,
        /// Its id.
        id: String,
        /// Its label.
        label: f32,
        /// The last class.
        last: usize,
    },
    /// Labels by a modality are requested that the data does not have.
    #[error(
        "{split}: no labels of {modality} alone, expected one for each utterance: set \
         training.loss.unimodal.labels to \"utterance\" or \"generated\""
    )]
    NoModalityLabels {
        /// The split.
        split: Split,
        /// The modality.
        modality: Modality,
    },
    /// Labels that none can be generated from: none on one side of 0, or some beyond the bound.
    #[error(
        "train: labels from {min} to {max}, expected some below and some above 0, and all within \
         {bound} of it, to generate labels from them: set training.loss.unimodal.labels to \
         \"utterance\", or training.loss.unimodal.bound to the highest label"
    )]
    OneSided {
        /// The lowest label.
        min: f32,
        /// The highest label.
        max: f32,
        /// The bound of generated labels.
        bound: f64,
    },
    /// Context is requested, but no two utterances are from one video.
    #[error(
        "train: no two utterances are from one video, expected ids such as `video[4]` or \
         `video$_$4` for context, found `{id}`"
    )]
    NoVideos {
        /// The first id.
        id: String,
    },
    /// More devices than batches in an optimiser step.
    #[error(
        "{devices} devices share the batches of one optimiser step, \
         expected accumulation of at least {devices}, found {accumulation}"
    )]
    Devices {
        /// Devices of the run.
        devices: usize,
        /// Batches in an optimiser step.
        accumulation: usize,
    },
    /// The events for TensorBoard cannot be written.
    #[error(transparent)]
    Events(Box<misa_studies::EventError>),
    /// One of several devices failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The loss is NaN or infinite.
    #[error(
        "epoch {epoch}, step {step}: {term} loss is {value}, expected a finite number; \
         utterances of the batch: {}", .ids.join(", ")
    )]
    NonFiniteLoss {
        /// Epoch, from 1.
        epoch: usize,
        /// Step of the epoch, from 1.
        step: usize,
        /// The first term of the objective that is not finite.
        term: &'static str,
        /// Its value.
        value: f64,
        /// Utterances of the batch.
        ids: Vec<String>,
    },
    /// A gradient is NaN or infinite; nothing was updated.
    #[error(
        "epoch {epoch}, step {step}: {source}; utterances of the batch: {}", .ids.join(", ")
    )]
    NonFiniteGradient {
        /// Epoch, from 1.
        epoch: usize,
        /// Step of the epoch, from 1.
        step: usize,
        /// The parameter and the norm of its gradient.
        source: NonFiniteGradient,
        /// Utterances of the batches from which the gradient was computed.
        ids: Vec<String>,
    },
    /// A loss of the valid split is NaN or infinite.
    #[error("valid split: {0}")]
    Valid(Box<TrainError>),
    /// The folder holds a run already.
    #[error(
        "{path}: holds a run, expected an empty folder: resume it (`--resume`), replace it \
         (`--replace`) or choose another",
        path = path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else than a run.
    #[error(
        "{path}: holds no run, but {found}: expected an empty folder or that of a run",
        path = path.display()
    )]
    NotRun {
        /// The folder.
        path: PathBuf,
        /// Some of the files and folders in it.
        found: String,
    },
    /// Another process writes to the folder.
    #[error("{path}: another process is using this folder", path = path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// The folder cannot be locked.
    #[error(
        "{path}: cannot be locked ({source}), so another process could write to the same run: expected a \
         folder on a file system with locks (flock)",
        path = path.display()
    )]
    NoLocks {
        /// The lock file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The saved state of a run is gone.
    #[error(
        "{path}: not found, expected the saved state of the run: put the file back, replace the run \
         (`--replace`) or train in another folder",
        path = path.display()
    )]
    LostState {
        /// Where the state was.
        path: PathBuf,
    },
    /// The frozen weights of BERT are not those that the run was trained with.
    #[error(
        "{folder}: this BERT is not the one that the run was trained with: its frozen weights have SHA-256 {found}, \
         expected {expected}: put the first one back, replace the run (`--replace`) or train in another folder",
        folder = folder.display()
    )]
    OtherBert {
        /// The folder of BERT.
        folder: PathBuf,
        /// Checksum of the weights of the run.
        expected: String,
        /// Checksum of the weights in the folder.
        found: String,
    },
    /// The run has no results, because it is not finished.
    #[error("{path}: the run is not finished; resume it with `--resume`", path = path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a run with other settings.
    #[error(
        "{path}: settings changed since the run began: {}; expected those of the run, or another \
         folder", changed(.changes), path = path.display()
    )]
    ChangedSettings {
        /// The folder.
        path: PathBuf,
        /// The settings that differ.
        changes: Vec<SettingChange>,
    },
    /// The data is not that of the run.
    #[error("{path}: data changed since the run began: {}", .changes.join("; "), path = path.display())]
    ChangedData {
        /// The folder.
        path: PathBuf,
        /// What differs, in words: files, counts, or checksums if nothing else is known.
        changes: Vec<String>,
    },
    /// A run that cannot be given this number of epochs.
    #[error(
        "{path}: `epochs` was {before}, now {now}: {reason}; train in another folder, or replace \
         the run (`--replace`)",
        path = path.display()
    )]
    Epochs {
        /// The folder.
        path: PathBuf,
        /// The number when the run began.
        before: String,
        /// The number now.
        now: String,
        /// Why it cannot be changed.
        reason: String,
    },
    /// The weights of single epochs are needed, but not all of them were kept.
    #[error(
        "{path}: the weights of {kept} of {epochs} epochs were kept, expected those of every epoch: train \
         with `--keep-epochs`",
        path = path.display()
    )]
    NotKept {
        /// The folder.
        path: PathBuf,
        /// Epochs of the objective whose weights are there.
        kept: usize,
        /// Epochs of the objective.
        epochs: usize,
    },
    /// A file is not as the run wrote it.
    #[error("{path}: SHA-256 is {found}, expected {expected}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Checksum recorded by the run.
        expected: String,
        /// Checksum of the file.
        found: String,
    },
    /// A saved state does not fit the model of its run.
    #[error("{path}: {source}", path = path.display())]
    Misfit {
        /// The folder.
        path: PathBuf,
        /// Cause.
        source: Misfit,
    },
    /// The run stopped on request, and can be resumed.
    #[error("{path}: stopped on request after {updates} optimiser steps, can be resumed", path = path.display())]
    Stopped {
        /// The folder.
        path: PathBuf,
        /// Optimiser steps that are saved.
        updates: usize,
    },
    /// A file of the run cannot be written or read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A JSON file of the run is not valid.
    #[error("{path}: {source}", path = path.display())]
    Json {
        /// File.
        path: PathBuf,
        /// Cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A line of `metrics.jsonl` that no run wrote.
    #[error(
        "{path}: line {line} is not of this run, expected a JSON object with type, epoch and step; \
         to resume without the lines so far, move the file away", path = path.display()
    )]
    MetricsLine {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
    },
    /// The weights of a checkpoint cannot be used.
    #[error("{path}: {source}", path = path.display())]
    Weights {
        /// File.
        path: PathBuf,
        /// Cause.
        source: WeightsError,
    },
    /// Burn stopped the run; the cause is of a private type.
    #[error("training stopped: {0}")]
    Training(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Settings that an error lists; of another preset, many differ.
const LISTED: usize = 8;

fn changed(changes: &[SettingChange]) -> String {
    let listed = changes.iter().take(LISTED).map(ToString::to_string);
    let mut text = listed.collect::<Vec<_>>().join("; ");
    if changes.len() > LISTED {
        text.push_str(&format!("; and {} more", changes.len() - LISTED));
    }
    text
}

impl From<InferError> for TrainError {
    /// Errors that both crates can report become the same variant; the rest is wrapped.
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

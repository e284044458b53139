//! How a run is carried out.

use crate::{Corpus, Progress, RunStart, Stop};
use burn::prelude::Device;
use misa_core::ConfigError;
use serde_json::Value;
use std::path::PathBuf;

/// How a run is carried out; no option changes the trained model.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// What to show.
    pub progress: Progress,
    /// Name of the data, to be shown; may be empty.
    pub data: String,
    /// What to do if the folder already holds a run.
    pub start: RunStart,
    /// Optimiser steps between two saved states, in addition to those at the end of epochs. Range:
    /// `[1, inf)`.
    pub save_every: Option<usize>,
    /// Further devices that share the batches of an optimiser step with the first one. All devices
    /// together must be at most [`TrainingConfig::accumulation`]. Without dropout, results differ
    /// by rounding only. With dropout, such a run cannot be repeated, because devices of one kind
    /// draw from the same random state at the same time.
    ///
    /// [`TrainingConfig::accumulation`]: crate::TrainingConfig::accumulation
    pub devices: Vec<Device>,
    /// Through which the run can be requested to stop.
    pub stop: Stop,
    /// Recorded in the manifest for the program that starts the run, such as the path of the data.
    pub settings: Value,
    /// File or folder that the data was read from. Names, sizes and times of its files are recorded,
    /// so that a refusal to resume can name the file that changed.
    pub data_path: Option<PathBuf>,
    /// The corpus of the data, if the settings name it.
    pub corpus: Option<Corpus>,
    /// Whether a finished run keeps its last state and its best model, so that it can be given more
    /// epochs. They take about four times the space of the model.
    pub keep_state: bool,
    /// Whether the run keeps the trained weights of every epoch of its objective, for
    /// [`score_epochs`](crate::score_epochs). They take the space of the model without what is frozen,
    /// for each epoch.
    pub keep_epochs: bool,
    /// The epoch after which the run is paused: its state is saved, and it ends as if a stop had been requested then.
    /// A run that is resumed afterwards ends with the same bytes as one that was never paused.
    pub pause_after: Option<usize>,
    /// Whether a new run may have settings without effect, as one that goes on may: those of a sweep that began with them,
    /// see [`TrainingConfig::validate_recorded`].
    ///
    /// [`TrainingConfig::validate_recorded`]: crate::TrainingConfig::validate_recorded
    pub allows_unread: bool,
    /// Whether the run writes events for TensorBoard, in the folder `tensorboard` of its own.
    pub tensorboard: bool,
    /// All settings of the run as TOML; written to `run.toml` in the folder.
    pub resolved: Option<String>,
}

impl RunOptions {
    /// Checks the range of every field.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let steps = self.save_every.unwrap_or(1);
        ConfigError::check("save_every", steps as f64, "[1, inf)", steps >= 1)
    }
}

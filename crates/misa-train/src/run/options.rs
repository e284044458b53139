//! How a run is carried out.

use crate::{Progress, RunStart, Stop};
use burn::prelude::Device;
use misa_core::ConfigError;
use serde_json::Value;

/// How a run is carried out; nothing of it changes what is learned.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// What to show.
    pub progress: Progress,
    /// What to do with a run that is in the folder already.
    pub start: RunStart,
    /// Optimiser steps between two states, besides those at the end of epochs. Range: `[1, inf)`.
    pub save_every: Option<usize>,
    /// Further devices that share the batches of an optimiser step with the first, up to as many
    /// as [`TrainingConfig::accumulation`] adds up. Without dropout they change no result but for
    /// rounding; with it, devices of one kind draw from one random state at the same time, so that
    /// such a run cannot be repeated.
    ///
    /// [`TrainingConfig::accumulation`]: crate::TrainingConfig::accumulation
    pub devices: Vec<Device>,
    /// Who may ask the run to stop.
    pub stop: Stop,
    /// Kept in the manifest for the program that starts the run, such as where the data lies.
    pub settings: Value,
    /// Everything the run was told, for people; becomes `run.toml` in the folder.
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

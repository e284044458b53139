//! What a run folder says of itself.

use crate::{
    DataSummary, EpochRecord, Patience, System, TrainError, TrainingConfig, files,
    schedule::Plateau, state::Times,
};
use misa_data::Split;
use misa_infer::TermValues;
use misa_terms::hex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Name of the file.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Version of the layout that this program writes.
const VERSION: u32 = 1;

/// The one file that says what in a run folder counts: states and results that it does not name do
/// not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout.
    pub version: u32,
    /// How far the run is.
    pub status: Status,
    /// The settings.
    pub config: TrainingConfig,
    /// SHA-256 of the settings, in hexadecimal.
    pub config_checksum: String,
    /// What the program that started the run was told besides, such as where the data lies.
    pub settings: Value,
    /// The data; its checksum is that of all splits as they were read.
    pub data: DataSummary,
    /// Every start of the run, the first one and those that took it up again.
    pub sessions: Vec<Session>,
    /// The last complete state; nothing before the first and after the end.
    pub(crate) state: Option<Committed>,
    /// The best model so far; nothing before the first and after the end.
    pub(crate) best: Option<Committed>,
    /// Where the run stands.
    pub(crate) progress: RunProgress,
    /// Every look at the test split.
    pub openings: Vec<Opening>,
    /// SHA-256 of every file of the result, by its path in the folder.
    pub files: BTreeMap<String, String>,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At work, or killed.
    Running,
    /// Asked to stop; can be taken up again.
    Stopped,
    /// Stopped by an error; can be taken up again from the last state.
    Failed {
        /// The error.
        message: String,
    },
    /// Done.
    Finished,
}

/// One start of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Seconds since 1970.
    pub started: u64,
    /// Optimiser steps that were done already.
    pub updates: usize,
    /// Versions and machine.
    pub system: System,
}

/// One look at the test split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Seconds since 1970.
    pub at: u64,
    /// Epochs trained before.
    pub epochs: usize,
    /// Checksum of the data that the split belongs to.
    pub data: String,
    /// The command line.
    pub command: Vec<String>,
}

/// A file that holds a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Committed {
    /// Path in the run folder.
    pub file: String,
    /// SHA-256 in hexadecimal.
    pub checksum: String,
    /// Optimiser steps before it.
    pub updates: usize,
    /// Steps that each parameter has made.
    pub times: Times,
}

/// Where a run stands, between two optimiser steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// The epoch at work, from 1.
    pub epoch: usize,
    /// Losses of those of its batches that are learned.
    pub losses: Vec<TermValues>,
    /// Whether no epoch is to follow.
    pub is_done: bool,
    /// Whether patience ran out.
    pub stopped_early: bool,
    pub patience: Patience,
    pub plateau: Plateau,
    /// What trials have made of the learning rate.
    pub scale: f64,
    pub best_epoch: usize,
    pub history: Vec<EpochRecord>,
    /// Wall time so far.
    pub seconds: f64,
}

impl RunProgress {
    pub(crate) fn new(config: &TrainingConfig) -> Self {
        Self {
            epoch: 1,
            losses: Vec::new(),
            is_done: false,
            stopped_early: false,
            patience: Patience::new(config.patience, config.trials),
            plateau: Plateau::default(),
            scale: 1.0,
            best_epoch: 0,
            history: Vec::new(),
            seconds: 0.0,
        }
    }
}

impl Manifest {
    pub(crate) fn new(config: &TrainingConfig, settings: Value, data: DataSummary) -> Self {
        Self {
            version: VERSION,
            status: Status::Running,
            config_checksum: checksum(config),
            config: config.clone(),
            settings,
            data,
            sessions: Vec::new(),
            state: None,
            best: None,
            progress: RunProgress::new(config),
            openings: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Reads that of a run folder.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if there is none, it is damaged, or a newer program wrote it.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        let path = folder.as_ref().join(MANIFEST);
        // Asked first: a later layout need not have the fields of this one.
        let value: Value = files::read_json(&path)?;
        let version = value.get("version").and_then(Value::as_u64).unwrap_or(0);
        if version != u64::from(VERSION) {
            return Err(TrainError::Version {
                path,
                found: version,
                expected: VERSION,
            });
        }
        serde_json::from_value(value).map_err(|source| TrainError::Json { path, source })
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), TrainError> {
        Ok(files::write_json(&folder.join(MANIFEST), self)?)
    }

    /// Every file that counts with its checksum.
    pub(crate) fn expected(&self) -> Vec<(String, String)> {
        let states = [&self.state, &self.best].into_iter().flatten();
        let states = states.map(|state| (state.file.clone(), state.checksum.clone()));
        let results = self
            .files
            .iter()
            .map(|(path, checksum)| (path.clone(), checksum.clone()));
        states.chain(results).collect()
    }

    /// Optimiser steps of the last complete state.
    pub fn updates(&self) -> usize {
        self.state.as_ref().map_or(0, |state| state.updates)
    }

    /// Epochs trained so far.
    pub fn epochs(&self) -> usize {
        self.progress.history.len()
    }

    /// Whether training went on after the test split of the run's own data was looked at.
    pub fn trained_after_opening(&self) -> bool {
        let trained = self.epochs();
        self.own_openings().any(|opening| opening.epochs < trained)
    }

    fn own_openings(&self) -> impl Iterator<Item = &Opening> {
        let openings = self.openings.iter();
        openings.filter(|opening| opening.data == self.data.checksum)
    }

    /// How often the test split of the run's own data was looked at.
    pub fn test_openings(&self) -> usize {
        self.own_openings().count()
    }

    /// Utterances of a split.
    pub fn utterances(&self, split: Split) -> usize {
        let mut counts = self.data.utterances.iter();
        counts
            .find(|(found, _)| *found == split)
            .map_or(0, |(_, count)| *count)
    }
}

/// SHA-256 of settings, whatever the order of their fields.
pub(crate) fn checksum(config: &TrainingConfig) -> String {
    // A configuration is plain data.
    let value = serde_json::to_value(config).expect("settings have a JSON form");
    hex(&Sha256::digest(sorted(&value).to_string()))
}

/// The same value with the keys of every object in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.iter().collect();
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_every_setting() {
        let config = TrainingConfig::new();
        assert_eq!(checksum(&config), checksum(&config.clone()));
        assert_ne!(
            checksum(&config),
            checksum(&config.clone().with_dropout(0.25))
        );
        assert_ne!(checksum(&config), checksum(&config.with_seed(1)));
    }
}

//! The record of a run in its folder.

use crate::run::state::Times;
use crate::settings::schedule::Plateau;
use crate::{
    DataSummary, EpochRecord, Patience, System, TrainError, TrainingConfig, TransferSummary,
};
use misa_data::Split;
use misa_infer::TermMeans;
use misa_infer::versioned::Layout;
use misa_terms::hex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const LAYOUT: Layout = Layout {
    newest: 2,
    beside: &[],
};

/// The record of a run: settings, data, status, and the checksums of its files. States and results
/// that it does not name are ignored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Whether the run is finished.
    pub status: Status,
    /// The settings.
    pub config: TrainingConfig,
    /// SHA-256 of the settings, in hexadecimal.
    pub config_checksum: String,
    /// Settings of the program that started the run, such as the path of the data.
    pub settings: Value,
    /// The folder in which that program was started, and from which relative paths in `settings` and
    /// `config` are seen; `None` in manifests of version 1.
    #[serde(default)]
    pub directory: Option<PathBuf>,
    /// The data; its checksum covers all splits as they were read.
    pub data: DataSummary,
    /// Every start of the run: the first one, and each time it was resumed.
    pub sessions: Vec<Session>,
    /// The last complete state; `None` before the first one, and after the end if it was not kept.
    pub(crate) state: Option<Committed>,
    /// The best model so far; `None` before the first one, and after the end if it was not kept.
    pub(crate) best: Option<Committed>,
    /// SHA-256 of BERT's frozen weights, in hexadecimal; `None` before the first state, without frozen weights, and
    /// in runs of misa 0.1.0 whose states hold them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) frozen_bert: Option<String>,
    /// What the initial weights took over from another model; `None` if they did not, and in earlier runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transfer: Option<TransferSummary>,
    /// Progress at the last complete state.
    pub(crate) progress: RunProgress,
    /// The weights of epochs that the run was asked to keep, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) kept: Vec<KeptEpoch>,
    /// Every opening of the test split.
    pub openings: Vec<Opening>,
    /// SHA-256 of every result file, by its path in the folder.
    pub files: BTreeMap<String, String>,
}

/// Whether a run is finished, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Running, or killed.
    Running,
    /// Stopped on request; can be resumed.
    Stopped,
    /// Stopped by an error; can be resumed from the last state.
    Failed {
        /// The error.
        message: String,
    },
    /// Finished.
    Finished,
}

/// One start of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Seconds since 1970.
    pub started: u64,
    /// Optimiser steps made before this start.
    pub updates: usize,
    /// Versions and machine.
    pub system: System,
    /// What a scheduler said of the job that started it, see [`ScheduledJob`](crate::ScheduledJob).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub job: BTreeMap<String, String>,
}

/// One opening of the test split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Seconds since 1970.
    pub at: u64,
    /// Epochs trained before it.
    pub epochs: usize,
    /// Checksum of the data set that contains the split.
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
    /// Optimiser steps of each parameter.
    pub times: Times,
}

/// A file that holds the trained weights of an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptEpoch {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Path in the run folder.
    pub file: String,
    /// SHA-256 in hexadecimal.
    pub checksum: String,
}

/// The progress of a run, between two optimiser steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// Number of the current epoch, from 1.
    pub epoch: usize,
    /// Losses of the batches of this epoch so far.
    #[serde(with = "crate::epochs::history::rows")]
    pub losses: Vec<TermMeans>,
    /// Whether training has ended.
    pub is_done: bool,
    /// Whether patience ran out.
    pub stopped_early: bool,
    pub patience: Patience,
    pub plateau: Plateau,
    /// Factor of the learning rate after the trials so far.
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
    /// Name of the file in the folder of a run.
    pub const FILE: &str = "manifest.json";

    pub(crate) fn new(config: &TrainingConfig, settings: Value, data: DataSummary) -> Self {
        Self {
            status: Status::Running,
            config_checksum: checksum(config),
            config: config.clone(),
            settings,
            directory: env::current_dir().ok(),
            data,
            sessions: Vec::new(),
            state: None,
            best: None,
            frozen_bert: None,
            transfer: None,
            progress: RunProgress::new(config),
            kept: Vec::new(),
            openings: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Reads the manifest of a run folder.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if it does not exist, is damaged, or was written by a newer version.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        Ok(LAYOUT.read(&folder.as_ref().join(Self::FILE))?)
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), TrainError> {
        Ok(LAYOUT.write(&folder.join(Self::FILE), self)?)
    }

    /// The path and checksum of every file that the run must have.
    pub(crate) fn expected_files(&self) -> Vec<(String, String)> {
        let states = [&self.state, &self.best]
            .into_iter()
            .flatten()
            .map(|state| (state.file.clone(), state.checksum.clone()));
        let kept = (self.kept.iter()).map(|kept| (kept.file.clone(), kept.checksum.clone()));
        let results = self
            .files
            .iter()
            .map(|(path, checksum)| (path.clone(), checksum.clone()));
        states.chain(kept).chain(results).collect()
    }

    /// Whether the run has something that is worth keeping: it is finished, or has a state that it can be resumed from.
    pub fn is_worth_keeping(&self) -> bool {
        self.status == Status::Finished || self.state.is_some()
    }

    /// Optimiser steps of the last complete state.
    pub fn updates(&self) -> usize {
        self.state.as_ref().map_or(0, |state| state.updates)
    }

    /// Epochs trained so far.
    pub fn epochs(&self) -> usize {
        self.progress.history.len()
    }

    /// Every epoch trained so far, pre-training included.
    pub fn history(&self) -> &[EpochRecord] {
        &self.progress.history
    }

    /// Whether training continued after the test split of the run's data was opened.
    pub fn trained_after_opening(&self) -> bool {
        let trained = self.epochs();
        self.openings_of_data()
            .any(|opening| opening.epochs < trained)
    }

    /// The openings of the test split of the run's data.
    ///
    /// A run that was replaced may have left openings of other data.
    fn openings_of_data(&self) -> impl Iterator<Item = &Opening> {
        self.openings
            .iter()
            .filter(|opening| opening.data == self.data.checksum)
    }

    /// How often the test split of the run's data was opened.
    pub fn test_openings(&self) -> usize {
        self.openings_of_data().count()
    }

    /// Number of utterances of a split.
    pub fn utterances(&self, split: Split) -> usize {
        self.data
            .utterances
            .iter()
            .find(|(counted, _)| *counted == split)
            .map_or(0, |(_, count)| *count)
    }
}

/// SHA-256 of settings; it does not depend on the order of their fields.
pub(crate) fn checksum(config: &TrainingConfig) -> String {
    let value = serde_json::to_value(config).expect("settings are plain data");
    hex(&Sha256::digest(sorted(&value).to_string()))
}

/// The same value with the keys of every object in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let by_key: BTreeMap<_, _> = fields.iter().collect();
            let sorted_fields = by_key
                .into_iter()
                .map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(sorted_fields.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BertSettings, PretrainingConfig};
    use misa_core::loss::{
        ContrastLossConfig, MisaLossConfig, PrototypeLossConfig, TripletLossConfig,
        UnimodalLossConfig,
    };
    use misa_core::{ContextConfig, MutualAttentionConfig};
    use misa_data::Normalisation;
    use serde_json::json;

    /// Words that are values of some setting.
    const WORDS: &[&str] = &[
        "file",
        "batch",
        "plain_mean",
        "all",
        "train",
        "gru",
        "tanh",
        "early",
        "shared",
        "concatenation",
        "mmd",
        "cosine",
        "absolute",
        "learned",
        "modality",
    ];

    /// A configuration in which every optional setting is set.
    fn full() -> Value {
        let loss = MisaLossConfig::new()
            .with_triplet(Some(TripletLossConfig::new()))
            .with_prototype(Some(PrototypeLossConfig::new()))
            .with_contrast(Some(ContrastLossConfig::new()))
            .with_unimodal(Some(UnimodalLossConfig::new()));
        let bert = BertSettings::new("folder".into())
            .with_learning_rate(Some(0.5))
            .with_cache(Some("cache".into()));
        let config = TrainingConfig::new()
            .with_loss(loss)
            .with_bert(Some(bert))
            .with_normalisation(Some(Normalisation::Utterance))
            .with_adversary_learning_rate(Some(0.25))
            .with_glove(Some("glove".into()))
            .with_transfer(Some("run".into()))
            .with_pretraining(Some(PretrainingConfig::new()))
            .with_mutual_attention(Some(MutualAttentionConfig::new()))
            .with_context(Some(ContextConfig::new()));
        serde_json::to_value(config).unwrap()
    }

    /// JSON pointers to every value that is not an object.
    fn leaves(value: &Value, above: &str) -> Vec<String> {
        match value {
            Value::Object(fields) => (fields.iter())
                .flat_map(|(name, value)| leaves(value, &format!("{above}/{name}")))
                .collect(),
            _ => vec![above.to_string()],
        }
    }

    /// Values other than `value` that its setting may accept.
    fn others(value: &Value) -> Vec<Value> {
        match value {
            Value::Bool(value) => vec![json!(!value)],
            Value::Number(number) => match number.as_u64() {
                Some(number) => vec![json!(number + 1)],
                None => vec![json!(number.as_f64().unwrap() + 1.0)],
            },
            Value::Null => panic!("every optional setting is set"),
            other => {
                let variants = [
                    json!(["text"]),
                    json!({ "cosine": { "floor": 0.5 } }),
                    json!({ "classification": { "classes": 3 } }),
                ];
                WORDS
                    .iter()
                    .map(|word| json!(word))
                    .chain(variants)
                    .filter(|candidate| candidate != other)
                    .collect()
            }
        }
    }

    #[test]
    fn a_checksum_depends_on_every_setting() {
        let checksum_of = |value: &Value| {
            let config: Result<TrainingConfig, _> = serde_json::from_value(value.clone());
            config.ok().map(|config| checksum(&config))
        };
        let config = full();
        let expected = checksum_of(&config).unwrap();
        let leaves = leaves(&config, "");
        assert!(leaves.len() > 60, "{leaves:?}");
        let is_unseen = |leaf: &&String| {
            let others = others(config.pointer(leaf).unwrap());
            !others.into_iter().any(|other| {
                let mut changed = config.clone();
                *changed.pointer_mut(leaf).unwrap() = other;
                checksum_of(&changed).is_some_and(|checksum| checksum != expected)
            })
        };
        let unseen: Vec<&String> = leaves.iter().filter(is_unseen).collect();
        assert!(unseen.is_empty(), "{unseen:?}");
    }
}

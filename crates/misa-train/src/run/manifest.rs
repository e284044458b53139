//! What a run folder says of itself.

use crate::{
    DataSummary, EpochRecord, Patience, System, TrainError, TrainingConfig, run::state::Times,
    settings::schedule::Plateau,
};
use misa_data::Split;
use misa_infer::{TermMeans, versioned::Layout};
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
/// Of the file.
const LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};

/// The one file that says what in a run folder counts: states and results that it does not name do
/// not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
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
    #[serde(with = "crate::epochs::history::rows")]
    pub losses: Vec<TermMeans>,
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
        Ok(LAYOUT.read(&folder.as_ref().join(MANIFEST))?)
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), TrainError> {
        Ok(LAYOUT.write(&folder.join(MANIFEST), self)?)
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
    use crate::{BertSettings, PretrainingConfig};
    use misa_core::{
        ContextConfig, MutualAttentionConfig,
        loss::{
            ContrastLossConfig, MisaLossConfig, PrototypeLossConfig, TripletLossConfig,
            UnimodalLossConfig,
        },
    };
    use misa_data::Normalisation;
    use serde_json::json;

    /// Words that some setting is or may be.
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
    ];

    /// A configuration in which nothing is absent.
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
            .with_glove(Some("glove".into()))
            .with_transfer(Some("run".into()))
            .with_pretraining(Some(PretrainingConfig::new()))
            .with_mutual_attention(Some(MutualAttentionConfig::new()))
            .with_context(Some(ContextConfig::new()));
        serde_json::to_value(config).unwrap()
    }

    /// The place of every value that is no table, as JSON pointers.
    fn leaves(value: &Value, above: &str) -> Vec<String> {
        match value {
            Value::Object(fields) => (fields.iter())
                .flat_map(|(name, value)| leaves(value, &format!("{above}/{name}")))
                .collect(),
            _ => vec![above.to_string()],
        }
    }

    /// Other values that may suit where `value` stands.
    fn others(value: &Value) -> Vec<Value> {
        match value {
            Value::Bool(value) => vec![json!(!value)],
            Value::Number(number) => match number.as_u64() {
                Some(number) => vec![json!(number + 1)],
                None => vec![json!(number.as_f64().unwrap() + 1.0)],
            },
            Value::Null => panic!("nothing may be absent"),
            other => {
                let words = WORDS.iter().map(|word| json!(word));
                let lists = [json!(["text"]), json!({ "cosine": { "floor": 0.5 } })];
                let mut others: Vec<Value> = words.chain(lists).collect();
                others.retain(|found| found != other);
                others
            }
        }
    }

    #[test]
    fn a_checksum_is_that_of_every_setting() {
        let checksum_of = |value: &Value| {
            let config: Result<TrainingConfig, _> = serde_json::from_value(value.clone());
            config.ok().map(|config| checksum(&config))
        };
        let config = full();
        let expected = checksum_of(&config).unwrap();
        let leaves = leaves(&config, "");
        assert!(leaves.len() > 60, "{leaves:?}");
        for leaf in leaves {
            let mut others = others(config.pointer(&leaf).unwrap()).into_iter();
            let is_seen = others.any(|other| {
                let mut changed = config.clone();
                *changed.pointer_mut(&leaf).unwrap() = other;
                checksum_of(&changed).is_some_and(|found| found != expected)
            });
            assert!(is_seen, "{leaf}");
        }
    }
}

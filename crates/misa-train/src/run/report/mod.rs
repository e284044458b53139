//! The report of a run, as Markdown and as JSON.

mod markdown;
mod modality_score;

use crate::run::files;
use crate::run::system::{System, peak_memory};
use crate::{
    DataSummary, EpochRecord, FrozenSummary, RunFiles, Scores, TrainError, TrainingConfig,
    TransferSummary,
};
pub(crate) use markdown::trained_and_frozen;
use misa_core::{MisaConfig, ParameterCount};
use misa_data::{Split, TokenCounts};
use misa_infer::RunSummary;
use misa_infer::versioned::Layout;
pub use modality_score::ModalityScore;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Layout of `report.json`.
const REPORT_LAYOUT: Layout = Layout {
    newest: 2,
    beside: &[],
};

/// Scores, losses, settings, data and machine of a finished run. [`std::fmt::Display`] writes Markdown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Scores of the best model on the valid split, then on the test split if it was scored.
    pub scores: Vec<(Split, Scores)>,
    /// Scores of the predictions from one modality each against its own labels, on the splits of the other scores;
    /// empty without such predictions or labels.
    #[serde(default)]
    pub modality_scores: Vec<ModalityScore>,
    /// Epoch whose model is scored and saved; 0 if none improved on the initial weights.
    pub best_epoch: usize,
    /// Whether patience ran out before the last epoch.
    pub stopped_early: bool,
    /// Every epoch.
    pub history: Vec<EpochRecord>,
    /// The data.
    pub data: DataSummary,
    /// Resolved configuration of the run.
    pub config: TrainingConfig,
    /// Resolved configuration of the model.
    pub model: MisaConfig,
    /// Number of parameters.
    pub parameters: usize,
    /// Trained and frozen parameters of each part of the model; empty in reports of misa 0.1.0.
    #[serde(default)]
    pub parameter_counts: Vec<ParameterCount>,
    /// How many words have a vector in the file of word vectors.
    pub glove: Option<GloveSummary>,
    /// The BERT that reads the text.
    pub bert: Option<BertSummary>,
    /// What was taken over from another model.
    #[serde(default)]
    pub transfer: Option<TransferSummary>,
    /// Number of starts of the run; more than one if it was resumed.
    #[serde(default)]
    pub sessions: usize,
    /// How often the test split has been opened.
    #[serde(default)]
    pub test_openings: usize,
    /// Versions and machine.
    pub system: System,
    /// Wall time in seconds, from the start to the last score.
    pub seconds: f64,
    /// Largest resident memory of the process in bytes; `None` on other systems than Linux.
    pub peak_memory: Option<u64>,
    /// Folder of the run.
    pub folder: PathBuf,
}

/// How many words have a vector in the file of word vectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GloveSummary {
    /// Words with a vector.
    pub found: usize,
    /// Words that start from random values.
    pub missing: usize,
    /// Lines of the file without a vector of the right size.
    pub skipped: usize,
}

/// Where the weights of BERT came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BertSummary {
    /// File of the weights.
    pub weights: PathBuf,
    /// Tensors of the file that belong to no parameter, such as a classifier's.
    pub unused: Vec<String>,
    /// Parameters that the file lacks and the model does not use.
    pub absent: Vec<String>,
    /// How often outputs of the frozen part were computed and reused, if a part is frozen.
    pub frozen: Option<FrozenSummary>,
    /// Tensors that were converted to 32-bit floats, by their element type, such as `F16`.
    #[serde(default)]
    pub converted: BTreeMap<String, usize>,
    /// The tokens of each split, and how many are unknown or cut off. Where truncation depends on the
    /// batch, those of the train split are of the first epoch.
    #[serde(default)]
    pub tokens: Vec<(Split, TokenCounts)>,
    /// What is lost or guessed when BERT reads the text.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Report {
    /// Scores of a split, if it was scored.
    pub fn scores_of(&self, split: Split) -> Option<&Scores> {
        self.scores
            .iter()
            .find(|(scored, _)| *scored == split)
            .map(|(_, scores)| scores)
    }

    /// Writes `report.md` and `report.json` into the folder of the run; returns both paths.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the file that could not be written.
    pub fn write(&self) -> Result<Vec<PathBuf>, TrainError> {
        let names = [RunFiles::REPORT, RunFiles::REPORT_JSON];
        let [text, json] = names.map(|name| self.folder.join(name));
        files::write(&text, self.to_string().as_bytes())?;
        REPORT_LAYOUT.write(&json, self)?;
        Ok(vec![text, json])
    }

    /// Reads the `report.json` of a run.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if it is missing, damaged, or was written by a newer version.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        Ok(REPORT_LAYOUT.read(&folder.as_ref().join(RunFiles::REPORT_JSON))?)
    }

    /// What the model card states about the run.
    pub(crate) fn run_summary(&self) -> RunSummary {
        RunSummary {
            scores: self.scores.clone(),
            data: self.data.checksum.clone(),
            seed: self.config.seed,
            version: self.system.misa.clone(),
        }
    }

    /// Sets the peak memory to that of this process so far.
    pub(crate) fn with_peak_memory(self) -> Self {
        Self {
            peak_memory: peak_memory(),
            ..self
        }
    }
}

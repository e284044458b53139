//! Training, metrics and reports for [`misa_core`], on Burn's training framework.
//!
//! ```text
//! UtteranceDataset ── train ──► MisaLearner ── epochs ──► best model ── evaluate ──► Report
//!                    TrainingConfig                        Checkpoint
//! ```
//!
//! ```
//! use burn::prelude::*;
//! use misa_data::{Split, SyntheticConfig};
//! use misa_train::{Preset, Corpus, Progress, train_with};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let data = SyntheticConfig::new().with_train(32).with_valid(8).with_test(8).generate().dataset;
//! let config = Preset::Official.config(Corpus::Mosei)?.with_epochs(1).with_d_embedding(8);
//! # let folder = tempfile::tempdir()?;
//! let report = train_with(&config, data, &Device::flex(), folder.path(), Progress::Silent)?;
//! let scores = report.scores_of(Split::Test).ok_or("no test split")?;
//! assert!(scores.get("MAE").is_some());
//! # Ok(())
//! # }
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `config.rs`, `bert.rs`, `preset.rs` | settings, and published ones |
//! | `train.rs`, `start.rs` | the whole of a run, and what a model starts from |
//! | `fit.rs`, `patience.rs` | epochs, and when to stop |
//! | `trainer.rs`, `learner.rs`, `output.rs`, `optimiser.rs`, `word_vectors.rs` | one step |
//! | `frozen/` | what BERT's frozen part gives, computed once |
//! | `score.rs`, `confusion.rs`, `metric.rs`, `evaluate.rs` | what a model is worth |
//! | `report.rs`, `history.rs`, `progress.rs`, `system.rs` | what a run tells |
//! | `checkpoint.rs`, `card.rs`, `files.rs` | what a run keeps |
//! | `error.rs` | everything that can stop a run |
//!
//! Everything random in a run is a function of its seed, the epoch and the step: a run on the CPU
//! gives the same numbers each time.

mod bert;
mod card;
mod checkpoint;
mod config;
mod confusion;
mod error;
mod evaluate;
mod files;
mod fit;
mod frozen;
mod history;
mod learner;
mod metric;
mod optimiser;
mod output;
mod patience;
mod preset;
mod progress;
mod report;
pub mod score;
mod start;
mod system;
mod train;
mod trainer;
mod word_vectors;

pub use bert::BertSettings;
pub use checkpoint::Checkpoint;
pub use config::TrainingConfig;
pub use confusion::ConfusionMatrix;
pub use error::TrainError;
pub use evaluate::{Evaluation, Scores, evaluate, values as loss_values};
pub use frozen::{FrozenSummary, FrozenText};
pub use history::{EpochRecord, TermMeans};
pub use learner::MisaLearner;
pub use metric::{EpochMetric, TermMetric};
pub use misa_kernels::Adam;
pub use output::{PredictionInput, SentimentOutput, TermsInput};
pub use patience::{Patience, Verdict};
pub use preset::{Corpus, Preset, UnknownName};
pub use progress::Progress;
pub use report::{BertSummary, DataSummary, GloveSummary, Report};
pub use system::{System, peak_memory};
pub use train::{train, train_with};
pub use trainer::{LearningRates, Trainer};

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
//! | `config.rs`, `bert.rs`, `clip.rs`, `schedule.rs`, `preset.rs` | settings, and published ones |
//! | `train.rs`, `options.rs`, `requirements.rs` | the whole of a run, how it is carried out, what it asks of data |
//! | `start.rs`, `transfer.rs`, `pretraining.rs` | what a model starts from |
//! | `score_test.rs` | the one look at the test split |
//! | `fit.rs`, `epoch.rs`, `patience.rs`, `stop.rs` | epochs, and when to stop |
//! | `folder.rs`, `manifest.rs`, `state.rs`, `resume.rs` | the folder of a run, and how it is taken up again |
//! | `trainer.rs`, `learner.rs`, `output.rs`, `optimiser.rs`, `word_vectors.rs`, `random.rs` | one step |
//! | `frozen/` | what BERT's frozen part gives, computed once |
//! | `score.rs`, `confusion.rs`, `metric.rs`, `evaluate.rs`, `representations.rs` | what a model is worth |
//! | `missing.rs`, `degradation.rs` | modalities that go missing, and what a model is worth then |
//! | `report.rs`, `predictions.rs`, `history.rs`, `progress.rs`, `system.rs` | what a run tells |
//! | `checkpoint.rs`, `card.rs`, `files.rs`, `verify.rs` | what a run keeps |
//! | `error.rs` | everything that can stop a run |
//!
//! Everything random in a run is a function of its seed, the epoch and the step: a run on the CPU
//! gives the same numbers each time.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bert;
mod card;
mod checkpoint;
mod clip;
mod config;
mod confusion;
mod degradation;
mod epoch;
mod error;
mod evaluate;
mod files;
mod fit;
mod folder;
mod frozen;
mod history;
mod learner;
mod manifest;
mod metric;
mod missing;
mod optimiser;
mod options;
mod output;
mod patience;
mod predictions;
mod preset;
mod pretraining;
mod progress;
mod random;
mod report;
mod representations;
mod requirements;
mod resume;
mod schedule;
pub mod score;
mod score_test;
mod start;
mod state;
mod stop;
mod system;
mod team;
mod train;
mod trainer;
mod transfer;
mod verify;
mod word_vectors;

pub use bert::BertSettings;
pub use checkpoint::Checkpoint;
pub use clip::GradientClip;
pub use config::TrainingConfig;
pub use confusion::ConfusionMatrix;
pub use degradation::{Degradation, NamedScores};
pub use error::TrainError;
pub use evaluate::{Evaluation, Scores, evaluate, values as loss_values};
pub use folder::RunStart;
pub use frozen::{FrozenSummary, FrozenText};
pub use history::{EpochRecord, TermMeans};
pub use learner::MisaLearner;
pub use manifest::{Manifest, Opening, Session, Status};
pub use metric::{EpochMetric, TermMetric};
pub use misa_kernels::Adam;
pub use options::RunOptions;
pub use output::{PredictionInput, SentimentOutput, TermsInput};
pub use patience::{Patience, Verdict};
pub use predictions::{PredictionRow, Predictions};
pub use preset::{Corpus, Preset, UnknownName};
pub use pretraining::{Phase, PretrainingConfig};
pub use progress::Progress;
pub use report::{BertSummary, DataSummary, GloveSummary, Report};
pub use representations::Representations;
pub use resume::Misfit;
pub use schedule::Schedule;
pub use score_test::{open_test, score_test};
pub use stop::Stop;
pub use system::{System, peak_memory};
pub use train::{run, train, train_with};
pub use trainer::{LearningRates, NonFiniteGradient, Trainer, Updates, WorkerError};
pub use transfer::TransferSummary;
pub use verify::{FileState, Verification, VerifiedFile};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

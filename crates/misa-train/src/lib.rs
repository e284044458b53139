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
//! | Room | Holds |
//! | --- | --- |
//! | `settings/` | what a run is asked to do, and published settings |
//! | `step/` | one optimiser step: learner, gradients, optimiser |
//! | `frozen/` | what BERT's frozen part gives, computed once |
//! | `epochs/` | the loop over epochs, when it stops, what it records and shows |
//! | `run/` | a whole run: start, folder, state, resume, the test split, report |
//! | `error.rs` | everything that can stop a run |
//!
//! A trained model is used through [`misa_infer`], which needs nothing of this crate.
//!
//! Everything random in a run is a function of its seed, the epoch and the step: a run on the CPU
//! gives the same numbers each time.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod completion;
mod epochs;
mod error;
mod frozen;
mod run;
mod settings;
mod step;

pub use completion::{CompletionFit, CompletionTraining, train_completion};
pub use epochs::evaluate::evaluate;
pub use epochs::history::EpochRecord;
pub use epochs::patience::{Patience, Verdict};
pub use epochs::progress::Progress;
pub use epochs::stop::Stop;
pub use epochs::time_left::{TimeLeft, duration_words};
pub use error::TrainError;
pub use frozen::{FrozenSummary, FrozenText};
pub use misa_infer::{
    Checkpoint, ConfusionMatrix, Evaluation, FileState, InferError, Predictions, Scores, TermMeans,
    VerifiedFile, score,
};
pub use misa_kernels::Adam;
pub use run::change::SettingChange;
pub use run::claim::Claim;
pub use run::corpus::{CorpusEvidence, CorpusSummary};
pub use run::data::{DataFile, DataSummary, FindingSummary};
pub use run::folder::RunStart;
pub use run::job::ScheduledJob;
pub use run::kept::{EpochScores, ScoredEpochs, check_epochs, score_epochs};
pub use run::labels::LabelSummary;
pub use run::manifest::{Manifest, Opening, Session, Status};
pub use run::names::RunFiles;
pub use run::options::RunOptions;
pub use run::report::{BertSummary, GloveSummary, ModalityScore, Report};
pub use run::results::{ResultFolder, record_results};
pub use run::resume::Misfit;
pub use run::score_test::{open_test, score_test};
pub use run::system::{System, peak_memory};
pub use run::train::{run, train, train_with};
pub use run::transfer::TransferSummary;
pub use run::verify::Verification;
pub use settings::bert::BertSettings;
pub use settings::clip::GradientClip;
pub use settings::config::TrainingConfig;
pub use settings::preset::{Corpus, Preset, UnknownName};
pub use settings::pretraining::{Phase, PretrainingConfig};
pub use settings::schedule::Schedule;
pub use step::learner::MisaLearner;
pub use step::output::SentimentOutput;
pub use step::trainer::{LearningRates, NonFiniteGradient, Trainer, Updates, WorkerError};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

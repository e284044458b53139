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
//! | `settings/` | the settings of a run, and published ones |
//! | `step/` | one optimiser step: learner, gradients, optimiser |
//! | `frozen/` | the outputs of BERT's frozen part, computed once |
//! | `epochs/` | the loop over epochs, when it stops, what it records and shows |
//! | `run/` | a whole run: start, folder, state, resume, the test split, report |
//! | `error.rs` | everything that can stop a run |
//!
//! A trained model is used through [`misa_infer`], which does not depend on this crate.
//!
//! Everything random in a run is a function of its seed, the epoch and the step: a run on the CPU
//! gives the same numbers each time.

// The documentation shows which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod epochs;
mod error;
mod frozen;
mod run;
mod settings;
mod step;

pub use bert::BertSettings;
pub use clip::GradientClip;
pub use config::TrainingConfig;
use epochs::{
    adapter, epoch, evaluate, fit, fit_state, history, metric, observer, patience, progress, quiet,
    stop,
};
pub use error::TrainError;
pub use evaluate::evaluate;
pub use folder::RunStart;
pub use frozen::{FrozenSummary, FrozenText};
pub use history::EpochRecord;
pub use learner::MisaLearner;
pub use manifest::{Manifest, Opening, Session, Status};
pub use misa_infer::{
    Checkpoint, ConfusionMatrix, Evaluation, InferError, Predictions, Scores, TermMeans, score,
};
pub use misa_kernels::Adam;
pub use options::RunOptions;
pub use output::SentimentOutput;
pub use patience::{Patience, Verdict};
pub use preset::{Corpus, Preset, UnknownName};
pub use pretraining::{Phase, PretrainingConfig};
pub use progress::Progress;
pub use report::{BertSummary, DataSummary, GloveSummary, Report};
pub use resume::Misfit;
use run::{
    files, folder, manifest, options, report, resume, score_test, start, state, system, train,
    transfer, verify,
};
pub use schedule::Schedule;
pub use score_test::{open_test, score_test};
use settings::{bert, clip, config, preset, pretraining, requirements, schedule};
use step::{learner, masking, optimiser, output, team, trainer, word_vectors};
pub use stop::Stop;
pub use system::{System, peak_memory};
pub use train::{run, train, train_with};
pub use trainer::{LearningRates, NonFiniteGradient, Trainer, Updates, WorkerError};
pub use transfer::TransferSummary;
pub use verify::{FileState, Verification, VerifiedFile};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

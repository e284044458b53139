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
//! | `score.rs`, `confusion.rs`, `evaluate.rs`, `representations.rs` | how good a model is |
//! | `missing.rs`, `degradation.rs` | modalities that go missing, and what a model is worth then |
//! | `checkpoint.rs`, `card.rs`, `predictions.rs`, `files.rs` | what a run keeps |
//! | `error.rs` | everything that can stop a run |
//!
//! Everything random in a run is a function of its seed, the epoch and the step: a run on the CPU
//! gives the same numbers each time.

mod card;
mod checkpoint;
mod confusion;
mod degradation;
mod epochs;
mod error;
mod evaluate;
mod files;
mod frozen;
mod missing;
mod predictions;
mod representations;
mod run;
pub mod score;
mod settings;
mod step;
mod versioned;

use epochs::{epoch, fit, history, metric, patience, progress, stop};
use run::{
    folder, manifest, options, report, resume, score_test, start, state, system, train, transfer,
    verify,
};
use settings::{bert, clip, config, preset, pretraining, requirements, schedule};
use step::{learner, optimiser, output, random, team, trainer, word_vectors};

pub use bert::BertSettings;
pub use checkpoint::Checkpoint;
pub use clip::GradientClip;
pub use config::TrainingConfig;
pub use confusion::ConfusionMatrix;
pub use degradation::{Degradation, NamedScores};
pub use error::TrainError;
pub use evaluate::{Evaluation, Scores, evaluate};
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

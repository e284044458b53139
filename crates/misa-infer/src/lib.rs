//! Use of trained MISA models: loading, prediction, evaluation and scores.
//!
//! ```text
//! folder ── load ──► Checkpoint ── predict, evaluate, represent, degradation ──► numbers
//!                        ▲
//! Utterance ── prepare ──┘── UtteranceBatcher ──► UtteranceBatch ──► ReadyBatch ──► model
//! ```
//!
//! A program that predicts needs only this crate: no training framework, no reader of corpora, no
//! command line.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use misa_infer::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let device = Device::default();
//! let model = Checkpoint::load("runs/mosi/checkpoint", &device)?;
//! let words = vec!["what".to_string(), "fun".to_string()];
//! let utterance = Utterance::new(
//!     "clip",
//!     words,
//!     TextSequence::Words(vec![0, 0]), // looked up by their words
//!     Sequence::new(35, vec![0.0; 2 * 35]).ok_or("35 features")?,
//!     Sequence::new(74, vec![0.0; 2 * 74]).ok_or("74 features")?,
//!     0.0, // a label, which a prediction does not read
//! )?;
//! let sentiment = model.predict(&[utterance], &device)?;
//! # Ok(())
//! # }
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `checkpoint.rs`, `card.rs`, `files.rs`, `versioned.rs` | a model's folder |
//! | `predict.rs`, `representations.rs`, `degradation.rs` | predictions, inner representations, scores with missing modalities |
//! | `batch.rs`, `batcher.rs`, `ready.rs` | utterances to tensors |
//! | `bert/` | words to BERT's tokens |
//! | `evaluation.rs` | predictions and losses of a split, in one loop |
//! | `score.rs`, `score_need.rs`, `scores.rs`, `score_table.rs` | scores, which labels they need, those of a split, and a table of them |
//! | `confusion.rs`, `predictions.rs` | tables of predictions |
//! | `unread.rs` | what a model does not read of a text |
//! | `missing.rs` | random choice of missing modalities |
//! | `random.rs` | a lock of the random state of devices |
//! | `error.rs` | errors |
//! | `prelude.rs` | what nearly every program needs |
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `bert` (default) | BERT's tokeniser; without it, models with BERT cannot be loaded |
//! | `flex` (default), `wgpu`, `vulkan`, `metal`, `cuda` | devices, with our kernels for each |

// The documentation shows which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod batch;
mod batcher;
mod bert;
mod card;
mod checkpoint;
mod confusion;
mod degradation;
mod error;
mod evaluation;
#[doc(hidden)]
pub mod files;
mod missing;
mod predict;
mod predictions;
pub mod prelude;
mod random;
mod ready;
mod representations;
pub mod score;
mod score_need;
mod score_table;
mod scores;
mod unread;
#[doc(hidden)]
pub mod versioned;

pub use batch::UtteranceBatch;
pub use batcher::UtteranceBatcher;
pub use bert::{BertText, Casing, TokenCounts, Tokeniser, Truncation, UnknownTruncation};
pub use card::RunSummary;
pub use checkpoint::Checkpoint;
pub use confusion::ConfusionMatrix;
pub use degradation::Degradation;
pub use error::InferError;
pub use evaluation::{Answer, Evaluation, TermMeans, evaluate_batches};
pub use misa_core::burn;
pub use misa_terms::{
    ConstantKind, ConstantPredictor, FeatureSizes, Modalities, Modality, PerModality, Sequence,
    Split, Task, TextSequence, TextSize, Utterance, Vocabulary,
};
#[doc(hidden)]
pub use missing::draw_presence;
pub use predictions::{PredictionRow, Predictions};
#[doc(hidden)]
pub use random::lock_random_state;
pub use ready::ReadyBatch;
pub use representations::Representations;
pub use score_need::ScoreNeed;
pub use score_table::ScoreTable;
pub use scores::{ConstantScores, NamedScores, Scores};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

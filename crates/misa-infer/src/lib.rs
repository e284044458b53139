//! Use of trained MISA models: loading, prediction, evaluation and scores.
//!
//! ```text
//! folder ── load ──► Predictor ── predict, explain ──► Prediction of each Clip
//!                        │
//!                    Checkpoint ── predict, evaluate, represent, degradation ──► numbers
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
//! let predictor = Predictor::load("runs/mosi", &Device::default())?;
//! for answer in predictor.predict(&[Clip::said("What fun that was!")])? {
//!     println!("{} from {}", answer.value, answer.modalities);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `checkpoint/`, `card.rs`, `files.rs`, `source.rs`, `versioned.rs` | a model's folder, or its files in memory |
//! | `predictor/` | predictions of clips without labels, from a model shared by threads, and what they rest on |
//! | `calibration.rs` | intervals and calibrated probabilities |
//! | `predict.rs`, `representations.rs`, `degradation.rs` | predictions, inner representations, scores with missing modalities |
//! | `batch.rs`, `batcher.rs`, `ready.rs` | utterances to tensors |
//! | `bert/` | words to BERT's tokens |
//! | `evaluation.rs` | predictions and losses of a split, in one loop |
//! | `score/`, `score_need.rs`, `scores.rs`, `score_table.rs` | scores, which labels they need, those of a split, and a table of them |
//! | `confusion.rs`, `predictions.rs` | tables of predictions |
//! | `unread.rs` | what an evaluation reads of a text |
//! | `missing.rs` | random choice of missing modalities |
//! | `frames/`, `frame_degradation.rs` | missing steps, what a model gets instead, and its scores then |
//! | `recipes.rs` | how the features of a model were made |
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
mod calibration;
mod card;
mod checkpoint;
mod checksums;
mod confusion;
mod degradation;
mod error;
mod evaluation;
#[doc(hidden)]
pub mod files;
mod frame_degradation;
mod frames;
mod missing;
mod predict;
mod predictions;
mod predictor;
pub mod prelude;
mod random;
mod ready;
mod recipes;
mod representations;
pub mod score;
mod score_need;
mod score_table;
mod scores;
mod source;
mod unread;
#[doc(hidden)]
pub mod versioned;

pub use batch::UtteranceBatch;
pub use batcher::UtteranceBatcher;
pub use bert::{BertText, Casing, TokenCounts, Tokeniser, Truncation, UnknownTruncation};
pub use calibration::{Calibration, HalfWidth, Interval, SetCalibration};
pub use card::RunSummary;
pub use checkpoint::Checkpoint;
pub use checksums::{FileState, VerifiedFile};
pub use confusion::ConfusionMatrix;
pub use degradation::Degradation;
pub use error::InferError;
pub use evaluation::{Answer, Evaluation, TermMeans, evaluate_batches, unimodal_predictions};
pub use frame_degradation::{FrameDegradation, FrameProtocol, mean_over_rates};
#[doc(hidden)]
pub use frames::Twister;
pub use frames::{FrameDraws, FrameError, FrameMask, MissingFrames};
pub use misa_core::burn;
pub use misa_terms::{
    Clip, ClipText, ConstantKind, ConstantPredictor, FeatureSizes, LabelScale, Modalities,
    Modality, PerModality, RecipeScaling, RecipeStamp, Recipes, Sequence, Split, Task,
    TextSequence, TextSize, Utterance, Vocabulary,
};
#[doc(hidden)]
pub use missing::{draw_presence, found_presence};
pub use predictions::{PredictionRow, Predictions};
pub use predictor::{
    Attention, ClipError, Explanation, ModalityEffect, NamedVector, Prediction, Predictor,
    SetPrediction, TextRead, WordEffect,
};
#[doc(hidden)]
pub use random::lock_random_state;
pub use ready::ReadyBatch;
pub use recipes::RecipesFit;
pub use representations::Representations;
pub use score_need::ScoreNeed;
pub use score_table::ScoreTable;
#[doc(hidden)]
pub use scores::coverage_text;
pub use scores::{ConstantScores, Coverage, NamedScores, Scores};
pub use source::ModelFiles;

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! From a request to its answer, alike behind HTTP and in a browser.
//!
//! ```text
//! bytes ── read ──► Request ── clips ──► check ──► compute ──► PredictAnswer, ExplainAnswer
//!   └───── hear ──► Heard ────────────────┘
//! ```
//!
//! Every refusal is a [`Refusal`], which says where, what, expected and found, and of which kind it is.
//!
//! | File | Holds |
//! | --- | --- |
//! | `model.rs`, `predictor.rs` | a model that answers, and a trained model as one |
//! | `format.rs`, `request.rs` | a request from its bytes to clips that the model takes |
//! | `sound.rs` | the clip of a sound |
//! | `compute.rs` | what is computed of clips |
//! | `answer.rs`, `info.rs` | what is sent back |
//! | `refusal.rs` | why a request is not answered as asked |
//!
//! | Feature | Adds |
//! | --- | --- |
//! | `all-formats` (default) | sounds of other kinds than WAV and FLAC |
//! | `schema` | schemas of the answers, for descriptions of servers |

// The documentation shows which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod compute;
mod format;
mod info;
mod model;
mod predictor;
mod refusal;
mod request;
mod sound;

pub use answer::{ExplainAnswer, ModelName, PredictAnswer, SCHEMA};
pub use compute::{Compute, Failure, compute, finite};
pub use format::BodyFormat;
pub use info::{Info, LimitsInfo, ModelInfo, RecipeInfo};
pub use model::{Model, ModelFacts};
pub use refusal::{ErrorType, Refusal};
pub use request::{check, clips, modalities, read, read_safetensors};
pub use sound::{Heard, SoundRequest, hear};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

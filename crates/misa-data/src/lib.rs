//! Files to batches: data sets of multimodal sentiment, read safely and padded for
//! [`misa_core`].
//!
//! ```text
//! pickles, safetensors            a program
//!    │ format, OpenOptions           │ synthetic, from_splits
//!    ▼                               ▼
//! Utterance { id, words, text, visual, acoustic, label }
//!    │ checked one by one, what is replaced is counted (Note)
//!    ▼
//! UtteranceDataset { train, valid, test }, or one utterance at a time
//!    │ UtteranceLoader: order, one thread ahead
//!    │ UtteranceBatcher: pad, one upload per tensor
//!    ▼
//! UtteranceBatch { input: MisaInput, targets, ids, seed }
//! ```
//!
//! A file is not trusted: nothing in it is executed, every length is checked before memory is
//! allocated, and every fault is an error or a count.
//!
//! ```
//! use burn::prelude::*;
//! use misa_data::{Split, SyntheticConfig, UtteranceBatcher};
//!
//! let data = SyntheticConfig::new().with_train(16).generate().dataset;
//! let utterances = &data.split(Split::Train)[..4];
//! let batch = UtteranceBatcher::default().batch(utterances, &Device::flex());
//!
//! let longest = batch.input.lengths.text[0];
//! assert_eq!(batch.input.visual.dims(), [4, longest, 35]);
//! assert_eq!(batch.targets.dims(), [4, 1]);
//! ```
//!
//! | File | Holds |
//! |---|---|
//! | `utterance.rs`, `sequence.rs` | one labelled clip and its feature rows |
//! | `video.rs` | which clips are from one video |
//! | `split.rs`, `vocabulary.rs`, `note.rs` | what utterances come with |
//! | `open.rs`, `policy.rs`, `padding.rs`, `replacement.rs` | what is asked of a file |
//! | `intake.rs`, `refusal.rs`, `widths.rs` | the checks every utterance passes |
//! | `dataset.rs`, `overview.rs`, `checksum.rs` | all utterances, and what is known of them |
//! | `format/` | one file per layout on disk |
//! | `doctor/` | what a data set holds and lacks, in words |
//! | `glove.rs`, `embedding.rs` | word vectors for a vocabulary |
//! | `labels.rs` | labels without features |
//! | `prepare.rs` | the official way from word-aligned rows to utterances |
//! | `normalise.rs` | scaling of features |
//! | `batch.rs`, `batcher.rs`, `loader.rs` | utterances to tensors |
//! | `bert/` | what BERT needs of the file system, and words to its tokens |
//! | `random.rs`, `synthetic/` | seeded numbers, and data made from them |
//! | `whole.rs` | files that are whole or not there |
//! | `error.rs` | everything that can be wrong |

mod batch;
mod batcher;
mod bert;
mod checksum;
mod dataset;
pub mod doctor;
mod embedding;
mod error;
pub mod format;
mod glove;
mod intake;
mod labels;
mod loader;
mod locked;
mod normalise;
mod note;
mod open;
mod overview;
mod padding;
mod policy;
mod prepare;
mod random;
mod refusal;
mod replacement;
mod sequence;
mod split;
mod synthetic;
mod utterance;
mod video;
mod vocabulary;
mod whole;
mod widths;

pub use batch::UtteranceBatch;
pub use batcher::UtteranceBatcher;
pub use bert::{
    BertText, BertWeights, PretrainedBert, Tokeniser, Truncation, UnknownTruncation,
    read_state_dict,
};
pub use dataset::UtteranceDataset;
pub use embedding::read_embedding;
pub use error::{DataError, UtteranceError, Width};
pub use format::Format;
pub use format::safetensors::{UtteranceWriter, Written};
pub use glove::{GloveRows, read_glove};
pub use labels::{LabelRow, read_labels};
pub use loader::{LoaderConfig, Order, UtteranceLoader};
pub use locked::{Development, LockedTest};
pub use misa_files::pickle;
pub use normalise::{Normalisation, Scaling, Statistics};
pub use note::{Note, NoteKind};
pub use open::OpenOptions;
pub use overview::Overview;
pub use padding::{Padding, UnknownPadding};
pub use policy::{Policy, UnknownPolicy};
pub use prepare::{NonFinite, Prepared, RawUtterance, prepare};
pub use random::{Random, mix};
pub use sequence::Sequence;
pub use split::Split;
pub use synthetic::{Factors, SyntheticConfig, SyntheticDataset};
pub use utterance::{TextSequence, Utterance};
pub use video::{VideoPlace, video_batches};
pub use vocabulary::Vocabulary;
pub use whole::write_whole;

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

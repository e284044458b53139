//! Data sets of multimodal sentiment, read safely; with the feature `tensors`, also as padded
//! batches for `misa-core`.
//!
//! ```text
//! pickles, safetensors            a program
//!    │ format, OpenOptions           │ synthetic, from_splits
//!    ▼                               ▼
//! Utterance { id, words, text, visual, acoustic, label, modality_labels }
//!    │ checked one by one, replacements are counted (Note)
//!    ▼
//! UtteranceDataset { train, valid, test }, or one utterance at a time
//!    │ UtteranceLoader: order, one thread ahead               (feature `tensors`)
//!    │ UtteranceBatcher of misa-infer: pad, one upload per tensor
//!    ▼
//! UtteranceBatch { input: MisaInput, targets, ids, seed }
//! ```
//!
//! Files are not trusted: nothing in them is executed, every length is checked before memory is
//! allocated, and every fault is an error or is counted.
//!
//! ```
//! use misa_data::{Split, SyntheticConfig};
//!
//! let data = SyntheticConfig::new().with_train(16).generate().dataset;
//! assert_eq!(data.split(Split::Train).len(), 16);
//! assert_eq!(data.feature_sizes().visual, 35);
//! ```
//!

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(feature = "flex", doc = "```")]
#![cfg_attr(not(feature = "flex"), doc = "```ignore")]
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
//! | Feature | Brings |
//! |---|---|
//! | `tensors` (default) | the loader, and pre-trained BERTs; without it, no tensor library is built |
//! | `flex` (default) | the device that computes on the processor |
//!
//! | File | Holds |
//! |---|---|
//! | `note.rs` | what was dropped, replaced or odd |
//! | `options.rs`, `policy.rs`, `padding.rs` | options for opening a data set |
//! | `open.rs`, `replacement.rs` | how data sets are opened |
//! | `entry.rs`, `wanted.rs` | what a reader finds of an utterance, and what it is asked for |
//! | `intake/`, `finite.rs`, `labelled.rs`, `refusal.rs`, `widths.rs` | the checks of every utterance |
//! | `clips.rs` | clips to be predicted, without labels |
//! | `dataset.rs`, `overview.rs`, `checksum.rs` | all utterances, and the facts about them |
//! | `folds.rs` | files that say what belongs to which split |
//! | `locked.rs` | the test split, locked while a run trains |
//! | `format/` | one file per layout on disk |
//! | `doctor/` | the contents and faults of a data set, in words |
//! | `glove.rs`, `embedding.rs` | word vectors for a vocabulary |
//! | `recordings.rs` | utterances of recordings as our own file |
//! | `labels/` | labels without features: text tables, and dictionaries |
//! | `prepare.rs` | the official preparation of utterances from word-aligned rows |
//! | `loader/` | batches of a split, epoch after epoch |
//! | `bert/` | what BERT needs of the file system |
//! | `synthetic/` | made-up data |
//! | `error.rs` | errors |
//! | `prelude.rs` | what nearly every program needs |

#[cfg(feature = "tensors")]
mod bert;
mod checksum;
mod clips;
mod dataset;
pub mod doctor;
mod embedding;
mod entry;
mod error;
mod finite;
mod folds;
pub mod format;
mod glove;
mod intake;
mod labelled;
mod labels;
#[cfg(feature = "tensors")]
mod loader;
mod locked;
mod note;
mod open;
mod options;
mod overview;
mod padding;
mod policy;
pub mod prelude;
mod prepare;
mod recordings;
mod refusal;
mod replacement;
mod synthetic;
mod wanted;
mod widths;

#[cfg(feature = "tensors")]
pub use bert::{BertWeights, PretrainedBert, read_state_dict};
pub use clips::Clips;
pub use dataset::UtteranceDataset;
pub use embedding::read_embedding;
pub use error::{DataError, Width};
pub use folds::Folds;
pub use format::Format;
pub use format::mmsa_write::{MmsaUtterance, MmsaWritten, mmsa_vectors, write_mmsa};
pub use format::safetensors::{UtteranceWriter, Written};
pub use glove::{GloveRows, read_glove};
pub use labels::{LabelRow, read_labels};
#[cfg(feature = "tensors")]
pub use loader::{LoaderConfig, Order, UtteranceLoader};
pub use locked::{Development, LockedTest};
#[cfg(feature = "tensors")]
pub use misa_infer::{
    BertText, Casing, TokenCounts, Tokeniser, Truncation, UnknownTruncation, UtteranceBatch,
    UtteranceBatcher,
};
pub use misa_terms::{
    Clip, ClipText, ConstantKind, ConstantPredictor, ModalityLabels, Normalisation, RecipeScaling,
    RecipeStamp, Recipes, Scaling, Sequence, Split, Statistics, TextSequence, Utterance,
    UtteranceError, VideoPlace, Vocabulary, video_batches,
};
#[doc(hidden)]
pub use misa_terms::{Random, mix, write_whole};
pub use note::{Note, NoteKind};
pub use options::OpenOptions;
pub use overview::Overview;
pub use padding::{Padding, PaddingReason, PaddingSide, UnknownPadding};
pub use policy::{Policy, UnknownPolicy};
pub use prepare::{NonFinite, Prepared, RawUtterance, prepare};
pub use recordings::RecordingsWriter;
pub use synthetic::{Factors, SyntheticConfig, SyntheticDataset};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

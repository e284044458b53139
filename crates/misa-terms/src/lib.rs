//! The terms that the other crates of misa share: modalities, utterances, splits and sizes, and a
//! few tools. No tensors, no file formats.
//!
//! `misa-core`, `misa-data` and `misa-infer` re-export what their users need; depend on this crate
//! directly for data without a tensor library.
//!
//! ```
//! use misa_terms::{PerModality, Sequence, TextSequence, Utterance};
//!
//! let features = Sequence::new(2, vec![0.1, 0.2, 0.3, 0.4]).ok_or("2 steps of 2 features")?;
//! let text = TextSequence::Words(vec![2, 3]);
//! let utterance = Utterance::new("video[0]", vec![], text, features.clone(), features, 1.5)?;
//! assert_eq!(utterance.steps(), PerModality { text: 2, visual: 2, acoustic: 2 });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | File | Holds |
//! |---|---|
//! | `modality.rs`, `modalities.rs` | the three modalities, and sets of them |
//! | `task.rs`, `sizes.rs`, `bert.rs` | the kind of prediction, and feature sizes of the input |
//! | `key.rs` | names of scores as keys for programs |
//! | `scale.rs` | whose scale labels are on |
//! | `constant.rs` | the constant prediction that a model has to beat |
//! | `utterance.rs`, `sequence.rs` | one labelled clip and its feature rows |
//! | `clip.rs` | one clip without a label, any part of which may be missing |
//! | `split.rs`, `video.rs`, `vocabulary.rs` | splits, videos and words of a data set |
//! | `normalise.rs`, `statistics.rs` | scaling of features |
//! | `recipe/`, `recipes.rs` | how features were made, and whether they fit a model |
//! | `random.rs` | seeded random numbers |
//! | `whole.rs`, `hex.rs` | files written whole, bytes in hexadecimal |
//! | `plural.rs` | words that fit a number |
//! | `settings.rs` | macros that define stored configurations |
//! | `shape.rs`, `range.rs`, `meaning.rs`, `names.rs` | what each setting may be, and what it means |
//! | `error.rs` | errors of configurations and utterances |
//! | `json_fault.rs` | what is wrong with JSON, in words for people |

mod bert;
mod clip;
mod constant;
mod error;
mod hex;
mod json_fault;
mod key;
mod meaning;
mod modalities;
mod modality;
mod names;
mod normalise;
mod plural;
mod random;
mod range;
mod recipe;
mod recipes;
mod scale;
mod sequence;
mod settings;
mod shape;
mod sizes;
mod split;
mod statistics;
mod task;
mod utterance;
mod video;
mod vocabulary;
mod whole;

pub use bert::BertConfig;
pub use clip::{Clip, ClipText};
pub use constant::{ConstantKind, ConstantPredictor};
pub use error::{ConfigError, UtteranceError};
#[doc(hidden)]
pub use hex::hex;
#[doc(hidden)]
pub use json_fault::JsonFault;
pub use key::score_key;
pub use modalities::Modalities;
pub use modality::{Modality, PerModality};
pub use normalise::{Normalisation, Scaling};
#[doc(hidden)]
pub use plural::{form, plural};
#[doc(hidden)]
pub use random::{Random, mix};
pub use range::Range;
pub use recipe::{RecipeFit, RecipeMisfit, RecipeScaling, RecipeStamp, ToolVersions};
pub use recipes::Recipes;
#[doc(hidden)]
pub use recipes::{check_recipes, recipes_from_json, recipes_to_json};
pub use scale::{LabelScale, SIMS_CLASS_ENDS};
pub use sequence::Sequence;
pub use shape::{Choice, Content, Described, Field, Shape};
pub use sizes::{FeatureSizes, TextSize};
pub use split::Split;
#[doc(hidden)]
pub use statistics::EPSILON;
pub use statistics::Statistics;
pub use task::Task;
pub use utterance::{ModalityLabels, TextSequence, Utterance};
pub use video::{VideoPlace, video_batches};
#[doc(hidden)]
pub use video::{fill, videos};
#[doc(hidden)]
pub use vocabulary::Conflict;
pub use vocabulary::Vocabulary;
#[doc(hidden)]
pub use whole::{folder, write_whole};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

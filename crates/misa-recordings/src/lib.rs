//! From recordings to training data: words, faces and voices as other tools write them, on one clock.
//!
//! Every reader takes bytes of anybody: limits are checked before memory is allocated, nothing is
//! executed, every fault says where it is, and whatever is left out or replaced is counted. This crate
//! does not depend on the tensor library.
//!
//! | File | Holds |
//! |---|---|
//! | `interval.rs` | a stretch of time in seconds |
//! | `word.rs` | a word with its times, and where they come from |
//! | `track.rs` | feature rows over time |
//! | `tracks/` | files of feature rows: faces, voices, arrays |
//! | `sounds/` | features of a voice from its sound |
//! | `voice.rs` | what is used of sounds; `no_voice.rs` without the feature `sound` |
//! | `words/` | files of words: recognisers, aligners, subtitles |
//! | `segments/` | tables of segments and their labels, and who speaks when |
//! | `recipe/` | which numbers of a tool become features, and how |
//! | `align/` | words and rows on one clock |
//! | `assemble/` | from files of recordings to utterances |
//! | `decode.rs`, `number.rs` | texts of files, and the numbers in them |
//! | `named.rs` | values with names |
//! | `limits.rs` | what a file may hold at most |
//! | `error.rs` | what can be wrong with a file |

pub mod align;
pub mod assemble;
mod decode;
mod error;
mod interval;
mod limits;
mod named;
mod number;
pub mod recipe;
pub mod segments;
pub mod sounds;
mod track;
pub mod tracks;
#[cfg_attr(not(feature = "sound"), path = "no_voice.rs")]
mod voice;
mod word;
pub mod words;

pub use error::{ContainerError, Fault, FaultKind, Place, RecordingError};
pub use interval::Interval;
pub use limits::Limits;
pub use track::{Survey, Track};
pub use word::{Word, WordOrigin};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! From files of recordings to utterances.
//!
//! | File | Holds |
//! |---|---|
//! | `options.rs` | how recordings become utterances |
//! | `settings.rs` | how steps were made, as it travels with data and models |
//! | `assembler.rs` | all recordings of a table, several at a time |
//! | `choice.rs` | which columns of a modality are taken |
//! | `sources.rs`, `shelf.rs` | files by the names of their recordings |
//! | `stated.rs` | the recordings of one file by the names that it states |
//! | `job.rs`, `matching.rs` | segments with their files, and what has no counterpart |
//! | `reading.rs` | words and tracks, read from where they were found |
//! | `recording.rs` | one recording, made into utterances |
//! | `spoken.rs` | the words of segments |
//! | `steps.rs` | the steps of a modality of an utterance |
//! | `counts.rs`, `report.rs` | what became of words, rows and steps |
//! | `sentences.rs` | what became of one recording, in sentences |
//! | `picture.rs` | one utterance, from rows to steps |
//! | `clip.rs` | one recording as a model reads it |
//! | `error.rs` | what keeps a recording from becoming utterances |

mod assembler;
mod choice;
mod clip;
mod counts;
mod error;
mod job;
mod matching;
mod options;
mod picture;
mod reading;
mod recording;
mod report;
mod sentences;
mod settings;
mod shelf;
mod sources;
mod spoken;
mod stated;
mod steps;

pub use assembler::{Assembled, Assembler, Inputs, Outcome};
pub use clip::{ClipMaker, ClipMakerError, ClipParts, MadeClip};
pub use counts::{StepCounts, WordCounts};
pub use error::AssembleError;
pub use matching::{KindMatching, Matching};
pub use options::{AssembleOptions, Mode};
pub use picture::{Picture, PictureTrack, PictureWord};
pub use report::{RecordingReport, TrackReport};
use sources::names_of;
pub(crate) use sources::{Source, SourceKind, Sources};
pub use spoken::SpokenError;
pub use steps::Steps;

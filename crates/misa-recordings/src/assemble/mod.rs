//! From files of recordings to utterances.
//!
//! | File | Holds |
//! |---|---|
//! | `options.rs` | how recordings become utterances |
//! | `sources.rs` | files by the names of their recordings |
//! | `spoken.rs` | the words of segments |
//! | `steps.rs` | the steps of a modality of an utterance |
//! | `counts.rs` | what became of words and steps |

mod counts;
mod options;
mod sources;
mod spoken;
mod steps;

pub use counts::{StepCounts, WordCounts};
pub use options::{AssembleOptions, Mode};
pub use sources::{Source, SourceKind, Sources, names_of};
pub use spoken::{Spoken, SpokenError};
pub use steps::{SteppedTrack, Steps};

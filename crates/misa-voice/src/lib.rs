//! What a voice does, from its sound.
//!
//! Sounds are read from files of anybody: limits are checked before memory is allocated, and every fault
//! says where in the sound it is. Features are computed from samples alone, in pure Rust. This crate does
//! not depend on the tensor library.
//!
//! | Folder | Holds |
//! |---|---|
//! | `features/` | our own recipe `misa-voice-1`, of all of what follows |
//! | `sound/` | sounds from files, on one channel and at one rate |
//! | `pitch/` | how high a voice is, and whether there is one |
//! | `periods/` | single periods of a voice: jitter, shimmer, harmonics to noise |
//! | `formants/` | resonances of the vocal tract |
//! | `loudness.rs` | where a sound is loud enough to be speech |
//! | `librosa/` | the features of librosa that data sets of the field have |
//! | `error.rs` | what can be wrong with a sound |

mod error;
pub mod features;
pub mod formants;
pub mod librosa;
mod loudness;
pub mod periods;
pub mod pitch;
pub mod sound;

pub use error::VoiceError;
pub use loudness::{LevelMeter, loud_stretches};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! `misa-voice-1`: what a voice does, 100 times a second.
//!
//! | File | Holds |
//! |---|---|
//! | `columns.rs` | the features in order |
//! | `spectrum.rs` | the power spectrum of a stretch of sound |
//! | `shape.rs` | how power is spread over frequencies |
//! | `cepstrum.rs` | the outline of the spectrum in few numbers |
//! | `logarithm.rs` | logarithms that a processor computes several at once |
//! | `wave.rs` | energy and zero crossings of samples |
//! | `analysis.rs` | all features of a sound in memory |
//! | `stream.rs` | features of a sound of any length, in bounded memory |

mod analysis;
mod cepstrum;
mod columns;
mod logarithm;
mod shape;
mod spectrum;
mod stream;
mod wave;

pub use columns::{VOICE_COLUMNS, VoiceColumn};
pub use stream::VoiceStream;
pub(crate) use wave::QUIETEST;

/// Samples a second of the sound that is analysed.
pub const VOICE_RATE: u32 = 16_000;
/// Samples of one step: row `i` covers the samples from `160 i` up to `160 (i + 1)`.
pub const VOICE_STEP: usize = 160;

//! Sounds from files, on one channel and at one rate.
//!
//! | File | Holds |
//! |---|---|
//! | `sound.rs` | a whole sound |
//! | `stream.rs` | a sound block after block |
//! | `options.rs` | how a sound is read |
//! | `limits.rs` | how large it may be |
//! | `facts.rs` | what is known about it |
//! | `finding.rs` | what of that is worth to be told |
//! | `source.rs` | bytes of a file |
//! | `container.rs` | its format, from its first bytes |
//! | `codec.rs` | names of codecs |
//! | `opening.rs` | reader and decoder of a file |
//! | `decoder/` | blocks of samples from packets, and silence for damaged ones |
//! | `boxes.rs` | the boxes that MP4 files are made of |
//! | `riff.rs` | lengths in the header of WAV that cannot be |
//! | `fragments.rs` | fragments that would take too long to read |
//! | `tally.rs` | which bytes are in packets |
//! | `flac.rs` | frames of FLAC that are missing |
//! | `mp3.rs` | frames of MP3 that follow one another |
//! | `edit.rs` | which part of them is sound |
//! | `mono.rs` | one channel out of several |
//! | `resampler.rs` | another rate |
//! | `meter.rs` | what is measured while a sound is read |
//! | `clipping.rs` | samples that are cut off |
//! | `level.rs` | levels and silence |
//! | `wait.rs` | how long reading may take |
//! | `sums.rs` | sums that a processor computes several at once |

mod boxes;
mod clipping;
mod codec;
mod container;
mod decoder;
mod edit;
mod facts;
mod finding;
mod flac;
mod fragments;
mod level;
mod limits;
mod meter;
mod mono;
mod mp3;
mod opening;
mod options;
mod resampler;
mod riff;
#[expect(
    clippy::module_inception,
    reason = "the noun of the folder is also that of its main type"
)]
mod sound;
mod source;
mod stream;
mod sums;
mod tally;
mod wait;

pub use facts::SoundFacts;
pub use finding::SoundFinding;
pub use limits::{RATES, SoundLimits};
pub use options::SoundOptions;
pub use sound::Sound;
pub use stream::SoundStream;

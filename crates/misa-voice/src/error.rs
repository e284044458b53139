//! What can be wrong with a sound.
//!
//! Every message reads "where: expected, found; what to do". A place is the name of a file, and for what is found
//! while a sound is read the second of sound at which it was found.

use std::io;
use thiserror::Error;

/// The containers that are read.
#[cfg(feature = "all-formats")]
const CONTAINERS: &str = "WAV, FLAC, MP3, Ogg, AAC, MP4 or MKV";
#[cfg(not(feature = "all-formats"))]
const CONTAINERS: &str = "WAV or FLAC";

/// What cannot be read or asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// No file has the name.
    #[error("{name}: expected a file, found none of this name; check the path")]
    Missing {
        /// The file.
        name: String,
    },
    /// The operating system reports an error.
    #[error(
        "{name}: expected a file that can be read, found an error of the system: {source}; check the file"
    )]
    Io {
        /// The file.
        name: String,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// No bytes.
    #[error("{name}: expected a sound, found no bytes; get the file again")]
    Empty {
        /// The file.
        name: String,
    },
    /// More bytes than [`SoundLimits::bytes`](crate::sound::SoundLimits::bytes).
    #[error(
        "{name}: expected at most {most} bytes, found {found}; cut the file or raise `bytes` of the limits"
    )]
    Bytes {
        /// The file.
        name: String,
        /// Its bytes.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// The first bytes are of no format that is read.
    #[error(
        "{name}: expected {containers}, found {found}; \
         convert it: ffmpeg -i {name:?} -vn -c:a flac sound.flac",
        containers = CONTAINERS
    )]
    Unknown {
        /// The file.
        name: String,
        /// The format, where its first bytes tell it, or these bytes.
        found: String,
    },
    /// The container is read, but not the codec in it.
    #[error(
        "{name}: expected {expected}, found {found}; convert it: ffmpeg -i {name:?} -vn -c:a flac sound.flac"
    )]
    Unsupported {
        /// The file.
        name: String,
        /// What is read.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A container without sound.
    #[error(
        "{name}: expected a track of sound in {container}, found none; check that the recording has sound"
    )]
    NoTrack {
        /// The file.
        name: String,
        /// The name of the container.
        container: &'static str,
    },
    /// The beginning of the file breaks the rules of its format.
    #[error("{name}: expected a whole header of {container}, found: {found}; get the file again")]
    Header {
        /// The file.
        name: String,
        /// The name of the container.
        container: &'static str,
        /// What is wrong.
        found: String,
    },
    /// A rate outside of what is read.
    #[error(
        "{name}: expected 4000 to 384000 samples a second, found {found}; convert the file to 16000"
    )]
    Rate {
        /// The file.
        name: String,
        /// The rate that the file states.
        found: u32,
    },
    /// A rate was asked for that no sound is converted to.
    #[error(
        "rate of the options: expected 4000 to 384000 samples a second, found {found}; ask for 16000"
    )]
    AskedRate {
        /// The rate.
        found: u32,
    },
    /// No channel, or more than [`SoundLimits::channels`](crate::sound::SoundLimits::channels).
    #[error(
        "{name}: expected 1 to {most} channels, found {found}; mix them: ffmpeg -i {name:?} -ac 1 sound.flac"
    )]
    Channels {
        /// The file.
        name: String,
        /// Channels that the file states.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// Longer than [`SoundLimits::seconds`](crate::sound::SoundLimits::seconds).
    #[error(
        "{name}: expected at most {most} seconds, found {found:.3} or more; cut the file or raise `seconds` of the limits"
    )]
    Seconds {
        /// The file.
        name: String,
        /// Seconds that the file states, or that were read.
        found: f64,
        /// The limit.
        most: f64,
    },
    /// Reading takes longer than [`SoundLimits::patience`](crate::sound::SoundLimits::patience).
    #[error(
        "{name}, second {second:.3}: expected to be read in {most} seconds, found more work; \
         convert it: ffmpeg -i {name:?} -vn -c:a flac sound.flac"
    )]
    Slow {
        /// The file.
        name: String,
        /// How far it was read.
        second: f64,
        /// The limit in seconds.
        most: f64,
    },
    /// More samples to keep than [`SoundLimits::samples`](crate::sound::SoundLimits::samples).
    #[error(
        "{name}: expected at most {most} samples, found {found} or more; read it as a stream or raise `samples`"
    )]
    Samples {
        /// The file.
        name: String,
        /// Samples that the file has at the asked rate, as far as known.
        found: u64,
        /// The limit.
        most: usize,
    },
    /// A file with no samples.
    #[error(
        "{name}: expected sound, found {container} without samples; check that the file is whole"
    )]
    NoSamples {
        /// The file.
        name: String,
        /// The name of the container.
        container: &'static str,
    },
    /// The file ends before the sound does.
    #[error(
        "{name}, second {second:.3}: expected {expected}, found the end of the file; {}",
        AGAIN
    )]
    Truncated {
        /// The file.
        name: String,
        /// Where the sound breaks off.
        second: f64,
        /// What should follow.
        expected: String,
    },
    /// Bytes that break the rules of the codec or the container.
    #[error(
        "{name}, second {second:.3}: expected whole {format}, found: {found}; {}",
        AGAIN
    )]
    Damaged {
        /// The file.
        name: String,
        /// Where it was found.
        second: f64,
        /// The codec or the container.
        format: &'static str,
        /// What is wrong.
        found: String,
    },
    /// A sample that is no number, or far too large.
    #[error(
        "{name}, second {second:.3}: expected samples of -1 to 1, found {found}; {}",
        AGAIN
    )]
    Value {
        /// The file.
        name: String,
        /// Where it is.
        second: f64,
        /// The sample.
        found: f32,
    },
    /// Sound that changes its rate or channels.
    #[error(
        "{name}, second {second:.3}: expected {expected} as at the beginning, found {found}; \
         convert it: ffmpeg -i {name:?} -vn -c:a flac sound.flac"
    )]
    Change {
        /// The file.
        name: String,
        /// Where it changes.
        second: f64,
        /// Rate and channels at the beginning.
        expected: String,
        /// Rate and channels from here on.
        found: String,
    },
    /// Packets that hold nothing, one after the other.
    #[error(
        "{name}, second {second:.3}: expected sound, found {packets} packets without any in a row; {}",
        AGAIN
    )]
    Idle {
        /// The file.
        name: String,
        /// Where they begin.
        second: f64,
        /// How many.
        packets: usize,
    },
    /// The decoder panicked, which is a fault of it that bytes of this file uncover.
    #[error(
        "{name}, second {second:.3}: expected {format} that its decoder can read, found bytes it fails on; {}",
        AGAIN
    )]
    Failed {
        /// The file.
        name: String,
        /// Where it failed.
        second: f64,
        /// The container.
        format: &'static str,
    },
    /// The converter of rates failed, which is a fault of this crate.
    #[error(
        "{name}: expected to convert {from} to {to} samples a second, found: {found}; ask for the own rate"
    )]
    Convert {
        /// The file.
        name: String,
        /// The rate of the file.
        from: u32,
        /// The asked rate.
        to: u32,
        /// What is wrong.
        found: String,
    },
}

impl VoiceError {
    /// Whether the sound itself breaks, so that what comes before can be kept.
    pub fn is_of_the_sound(&self) -> bool {
        matches!(
            self,
            Self::Truncated { .. }
                | Self::Damaged { .. }
                | Self::Value { .. }
                | Self::Change { .. }
                | Self::Idle { .. }
                | Self::Failed { .. }
        )
    }

    /// Whether a limit is in the way.
    pub fn is_too_large(&self) -> bool {
        matches!(
            self,
            Self::Bytes { .. }
                | Self::Seconds { .. }
                | Self::Samples { .. }
                | Self::Channels { .. }
                | Self::Slow { .. }
        )
    }

    /// Whether the format or the codec is one that is not read.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Unsupported { .. })
    }
}

/// What to do about a sound that breaks.
const AGAIN: &str = "get the file again or set `keep_before_fault`";

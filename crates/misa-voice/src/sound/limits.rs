//! How large a sound may be.

use std::time::Duration;

/// The lowest and the highest rate, in Hz, of sounds that are read or asked for.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Limits of a sound, checked against what a file states before memory is allocated, and while it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SoundLimits {
    /// Bytes of a file: 16 GiB by default, for videos.
    pub bytes: u64,
    /// Seconds of sound: 12 hours by default.
    pub seconds: f64,
    /// Channels: 32 by default.
    pub channels: usize,
    /// Samples that [`Sound::read`](crate::sound::Sound::read) keeps: 12 hours at 16,000 Hz by default.
    pub samples: usize,
    /// How long reading may take, with all that is done between blocks: for programs that others wait for.
    /// Unlimited by default.
    pub patience: Option<Duration>,
}

impl Default for SoundLimits {
    fn default() -> Self {
        Self {
            bytes: 16 << 30,
            seconds: 43_200.0,
            channels: 32,
            samples: 43_200 * 16_000,
            patience: None,
        }
    }
}

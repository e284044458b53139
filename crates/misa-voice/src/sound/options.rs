//! How a sound is read.

use crate::sound::SoundLimits;

/// How a sound is read. By default at 16,000 Hz, and any fault is an error.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SoundOptions {
    /// Samples a second, 4,000 to 384,000, or `None` for the rate of the file.
    pub rate: Option<u32>,
    /// Whether a fault ends the sound instead of refusing it; with nothing before the fault, the sound is refused all
    /// the same. Damaged packets are then silence, as long as the longest packet before them, or as the first whole one
    /// where none is before them; [`SoundFacts`](crate::sound::SoundFacts) counts them and tells the fault.
    pub keep_before_fault: bool,
    /// How large a sound may be. These limits hold whether faults are kept or not.
    pub limits: SoundLimits,
}

impl SoundOptions {
    /// At the rate of each file.
    pub fn own_rate() -> Self {
        Self {
            rate: None,
            ..Self::default()
        }
    }

    /// At `rate` samples a second.
    pub fn at(rate: u32) -> Self {
        Self {
            rate: Some(rate),
            ..Self::default()
        }
    }
}

impl Default for SoundOptions {
    fn default() -> Self {
        Self {
            rate: Some(16_000),
            keep_before_fault: false,
            limits: SoundLimits::default(),
        }
    }
}

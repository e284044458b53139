//! What is known about a sound that was read.

use crate::sound::finding::SoundFinding;
use serde::Serialize;

/// What is known about a sound, from its file and from its samples before they are converted to another rate.
///
/// Levels are of 100 ms each, in dB: a sine of full scale has -3 dB.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SoundFacts {
    /// The format of the file, such as `WAV` or `MP4`.
    pub container: &'static str,
    /// How samples are stored in it, such as `16-bit` or `AAC`.
    pub codec: &'static str,
    /// Samples a second in the file.
    pub rate: u32,
    /// Channels in the file, whose mean the samples are.
    pub channels: usize,
    /// Samples of each channel.
    pub frames: u64,
    /// Its length.
    pub seconds: f64,
    /// Bits of a sample, where samples are stored without loss.
    pub bits: Option<u32>,
    /// The largest magnitude in any channel, at full scale 1.
    pub peak: f32,
    /// Share of samples that are clipped, 0 to 1: in runs of at least 3 samples of one sign at 0.999 of full scale or
    /// more; or in runs of at least 0.25 ms (and 3 samples) within 0.01 % of the largest magnitude of their channel, if
    /// that is at least 0.1.
    pub clipped: f64,
    /// The mean of all samples.
    pub offset: f64,
    /// Seconds in which each channel is exactly 0, for at least 10 ms at once.
    pub silent_seconds: f64,
    /// The highest level in dB, unless all is 0.
    pub loudest: Option<f64>,
    /// The lowest level in dB, of those that are not exactly 0.
    pub quietest: Option<f64>,
    /// Whether all of several channels are equal.
    pub are_channels_equal: bool,
    /// Energy of the mean of the channels over the mean of their energies: 1 if they are equal, one by the number of
    /// channels if they have nothing in common, 0 if they cancel. `None` without energy.
    pub mean_energy: Option<f64>,
    /// Bytes of MP3 or of AAC without a container that are in no packet: tags at the end, a first packet that only
    /// describes the others, and garbage between them, over which reading goes on. `None` for other formats.
    pub skipped_bytes: Option<u64>,
    /// Bytes of MP3 that are in no packet, if packets come after the first bytes that are in none; otherwise 0.
    pub garbage_bytes: u64,
    /// Packets that could not be decoded and are silence, with
    /// [`keep_before_fault`](crate::sound::SoundOptions::keep_before_fault), which says how long they are.
    pub damaged_packets: u64,
    /// The fault at which the sound ends, with
    /// [`keep_before_fault`](crate::sound::SoundOptions::keep_before_fault).
    pub fault: Option<String>,
}

impl SoundFacts {
    /// What is worth to be told about the sound, by the thresholds of [`SoundFinding`].
    pub fn findings(&self) -> Vec<SoundFinding> {
        SoundFinding::of(self)
    }
}

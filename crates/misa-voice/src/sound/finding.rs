//! What is worth to be told about a sound.

use crate::sound::SoundFacts;
use serde::Serialize;
use std::fmt;

/// Largest magnitude of a silent sound: one step of 16 bits.
const SILENT: f32 = 1.0 / 32768.0;
/// Share of clipped samples from which clipping is told.
const CLIPPED: f64 = 0.0001;
/// Magnitude of the mean from which an offset is told.
const OFFSET: f64 = 0.01;
/// Level in dB below which the loudest tenth of a second is very quiet.
const QUIET: f64 = -50.0;
/// Rate in Hz below which a rate is low.
const LOW_RATE: u32 = 16_000;
/// Energy of the mean below which channels cancel.
const CANCEL: f64 = 0.05;
/// Seconds below which a sound is short.
const SHORT: f64 = 0.05;

/// Something about a sound that makes features of it doubtful.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SoundFinding {
    /// No sample is louder than one step of 16 bits.
    Silent,
    /// The loudest tenth of a second is below -50 dB.
    Quiet {
        /// Its level in dB.
        loudest: f64,
    },
    /// One of 10,000 samples or more is clipped.
    Clipped {
        /// Share of clipped samples.
        share: f64,
    },
    /// The mean of all samples is 0.01 or more.
    Offset {
        /// The mean.
        mean: f64,
    },
    /// The file has fewer than 16,000 samples a second: it lacks what is above 8 kHz, and with 8,000 of them a second
    /// the formants mean nothing.
    LowRate {
        /// Its rate in Hz.
        rate: u32,
    },
    /// The mean of the channels has less than 0.05 of their energy: they have opposite signs.
    ChannelsCancel {
        /// Energy of the mean over the mean energy.
        share: f64,
    },
    /// The sound is shorter than 0.05 s.
    Short {
        /// Its length.
        seconds: f64,
    },
    /// Garbage stands between frames of MP3, and was left out.
    Garbage {
        /// Bytes in no frame.
        bytes: u64,
    },
    /// Packets could not be decoded and are silence.
    Damaged {
        /// How many.
        packets: u64,
    },
    /// The sound ends at a fault.
    Broken {
        /// The fault.
        fault: String,
    },
}

impl SoundFinding {
    /// What the facts of a sound show.
    pub(crate) fn of(facts: &SoundFacts) -> Vec<Self> {
        let is_silent = facts.peak <= SILENT;
        let loudest = facts.loudest.filter(|level| !is_silent && *level < QUIET);
        let cancelling = facts
            .mean_energy
            .filter(|share| facts.channels > 1 && *share < CANCEL);
        [
            is_silent.then_some(Self::Silent),
            // Channels that cancel are quiet for that reason.
            loudest
                .filter(|_| cancelling.is_none())
                .map(|loudest| Self::Quiet { loudest }),
            (facts.clipped >= CLIPPED).then_some(Self::Clipped {
                share: facts.clipped,
            }),
            (facts.offset.abs() >= OFFSET).then_some(Self::Offset { mean: facts.offset }),
            (facts.rate < LOW_RATE).then_some(Self::LowRate { rate: facts.rate }),
            cancelling.map(|share| Self::ChannelsCancel { share }),
            (facts.seconds < SHORT).then_some(Self::Short {
                seconds: facts.seconds,
            }),
            (facts.garbage_bytes > 0).then_some(Self::Garbage {
                bytes: facts.garbage_bytes,
            }),
            (facts.damaged_packets > 0).then_some(Self::Damaged {
                packets: facts.damaged_packets,
            }),
            facts.fault.clone().map(|fault| Self::Broken { fault }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl fmt::Display for SoundFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => write!(f, "there is no sound in it"),
            Self::Quiet { loudest } => write!(f, "very quiet: at most {loudest:.0} dB"),
            Self::Clipped { share } => write!(f, "clipped: {:.2} % of its samples", share * 100.0),
            Self::Offset { mean } => write!(f, "not around zero: its mean is {mean:.3}"),
            Self::LowRate { rate } => write!(
                f,
                "a low rate: {rate} Hz, where features of 16000 Hz differ"
            ),
            Self::ChannelsCancel { share } => {
                write!(
                    f,
                    "channels of opposite sign: their mean has {:.1} % of the energy",
                    share * 100.0
                )
            }
            Self::Short { seconds } => write!(f, "very short: {seconds:.3} s"),
            Self::Garbage { bytes } => {
                let noun = if *bytes == 1 { "byte" } else { "bytes" };
                write!(f, "garbage between its frames: {bytes} {noun} left out")
            }
            Self::Damaged { packets: 1 } => write!(f, "1 damaged packet is silence"),
            Self::Damaged { packets } => write!(f, "{packets} damaged packets are silence"),
            Self::Broken { fault } => write!(f, "it ends at a fault: {fault}"),
        }
    }
}

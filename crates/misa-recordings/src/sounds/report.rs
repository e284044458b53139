//! What is told of a sound.

use crate::Interval;
use crate::voice::SoundFacts;
use serde::{Deserialize, Serialize};

/// What is told of the sound of a recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SoundReport {
    /// How it is stored, such as `WAV, 16-bit`.
    pub format: String,
    /// Samples a second in the file.
    pub rate: u32,
    /// Channels in the file, whose mean was read.
    pub channels: usize,
    /// Its length in seconds.
    pub seconds: f64,
    /// Seconds in which somebody speaks.
    pub speech_seconds: f64,
    /// Whether a model tells speech from other sounds; otherwise, speech is what is loud.
    pub is_speech_by_model: bool,
    /// What makes its features doubtful, such as clipping, a sentence each.
    pub findings: Vec<String>,
}

impl SoundReport {
    /// What its seconds of speech are, in words: `speech` where a model hears it, otherwise `loud enough to be speech`.
    pub fn speech_is(&self) -> &'static str {
        if self.is_speech_by_model {
            "speech"
        } else {
            "loud enough to be speech"
        }
    }

    pub(super) fn new(facts: &SoundFacts, speech: &[Interval], is_speech_by_model: bool) -> Self {
        Self {
            format: if facts.container == facts.codec {
                facts.codec.to_string()
            } else {
                format!("{}, {}", facts.container, facts.codec)
            },
            rate: facts.rate,
            channels: facts.channels,
            seconds: facts.seconds,
            speech_seconds: speech.iter().map(|stretch| stretch.length()).sum(),
            is_speech_by_model,
            findings: facts.findings().iter().map(ToString::to_string).collect(),
        }
    }
}

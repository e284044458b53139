//! A word with its times.

use crate::Interval;
use serde::{Deserialize, Serialize};

/// Where the times of a word come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WordOrigin {
    /// A tool found the word in the sound.
    Measured,
    /// The tool spread the word over the time between its neighbours.
    Interpolated,
    /// The tool gave no times; the word was placed between its neighbours when it was assembled.
    Placed,
    /// Nobody knows when the word is said.
    Missing,
}

/// A word of a recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Word {
    /// The word as the tool writes it, with its punctuation, without spaces around it. Never empty.
    pub text: String,
    /// When it is said; `None` exactly if `origin` is [`WordOrigin::Missing`].
    pub time: Option<Interval>,
    /// Where its times come from.
    pub origin: WordOrigin,
    /// How sure the tool is of word and times, from 0 to 1.
    pub confidence: Option<f32>,
    /// Who says it.
    pub speaker: Option<String>,
    /// The stretch of the phrase that the tool found it in: bounds of a word without times.
    pub phrase: Option<Interval>,
}

impl Word {
    /// A word that a tool found in the sound.
    pub fn measured(text: impl Into<String>, start: f64, end: f64) -> Self {
        Self {
            text: text.into(),
            time: Some(Interval::new(start, end)),
            origin: WordOrigin::Measured,
            confidence: None,
            speaker: None,
            phrase: None,
        }
    }

    /// A word whose times were interpolated.
    pub fn interpolated(text: impl Into<String>, start: f64, end: f64) -> Self {
        Self {
            origin: WordOrigin::Interpolated,
            ..Self::measured(text, start, end)
        }
    }

    /// A word without times.
    pub fn missing(text: impl Into<String>) -> Self {
        Self {
            time: None,
            origin: WordOrigin::Missing,
            ..Self::measured(text, 0.0, 0.0)
        }
    }
}

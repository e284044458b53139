//! How recordings become utterances.

use crate::RecordingError;
use crate::align::{PauseRule, UntimedRule};
use crate::named::named;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Values of the steps of one modality of an utterance: 1 GiB.
const MOST_VALUES: usize = 1 << 28;

/// What a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// One step a word; faces and voice are means weighted by overlap.
    #[default]
    Words,
    /// One step a word; faces and voice are the plain means of the CMU Multimodal SDK.
    Sdk,
    /// Each modality has steps of its own: words, and windows of equal length.
    Unaligned,
    /// One step an utterance: statistics of each column. Needs no times of words.
    Utterance,
}

named!(Mode {
    "words" => Words,
    "sdk" => Sdk,
    "unaligned" => Unaligned,
    "utterance" => Utterance,
});

impl Mode {
    /// Whether each step is a word.
    pub fn is_by_word(self) -> bool {
        matches!(self, Self::Words | Self::Sdk)
    }
}

/// How recordings become utterances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssembleOptions {
    /// What a step is.
    pub mode: Mode,
    /// Who owns the time between words, for `words`.
    pub pauses: PauseRule,
    /// How far away a row may be that a step without rows borrows, in seconds. Range: `[0, 1000]`.
    pub reach: f64,
    /// What happens to words without times, for `words`. The SDK's mode leaves them out.
    pub untimed: UntimedRule,
    /// Steps of faces a second, for `unaligned`. Range: `(0, 1000]`.
    pub face_rate: f64,
    /// Steps of voice a second, for `unaligned`. Range: `(0, 1000]`.
    pub voice_rate: f64,
    /// Most steps of a modality of an utterance, for `unaligned`; the rest is cut and counted. Range: `[1, 1048576]`,
    /// and at most 2^28 values, steps times columns.
    pub most_steps: usize,
    /// Whether a whole recording is what lies between the first and the last moment of speech. Needs its
    /// sound.
    pub trim: bool,
    /// Whether words keep their capital letters.
    pub keep_case: bool,
    /// Whether words keep the punctuation around them.
    pub keep_punctuation: bool,
}

impl Default for AssembleOptions {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            pauses: PauseRule::default(),
            reach: 0.1,
            untimed: UntimedRule::default(),
            face_rate: 10.0,
            voice_rate: 20.0,
            most_steps: 500,
            trim: false,
            keep_case: false,
            keep_punctuation: false,
        }
    }
}

impl AssembleOptions {
    /// Range of [`most_steps`](Self::most_steps).
    pub const STEPS: RangeInclusive<usize> = 1..=1 << 20;
    /// The largest rate, in steps a second, and the largest reach, in seconds.
    pub const LARGEST: f64 = 1000.0;

    /// Checks that all settings are in their ranges.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Setting`] for the first that is not.
    pub fn check(&self) -> Result<(), RecordingError> {
        let fault = |name, expected, found| {
            Err(RecordingError::Setting {
                name,
                expected,
                found,
            })
        };
        let largest = Self::LARGEST;
        if !(0.0..=largest).contains(&self.reach) {
            let expected = format!("seconds from 0 to {largest}");
            return fault("reach", expected, self.reach.to_string());
        }
        for (name, rate) in [
            ("face_rate", self.face_rate),
            ("voice_rate", self.voice_rate),
        ] {
            // Not so for NaN either.
            if !(rate > 0.0 && rate <= largest) {
                let expected = format!("a number above 0, at most {largest}");
                return fault(name, expected, rate.to_string());
            }
        }
        if !Self::STEPS.contains(&self.most_steps) {
            let expected = format!("{} to {}", Self::STEPS.start(), Self::STEPS.end());
            return fault("most_steps", expected, self.most_steps.to_string());
        }
        Ok(())
    }

    /// Checks that the steps of an utterance with so many columns fit into memory.
    pub(super) fn check_columns(&self, columns: usize) -> Result<(), RecordingError> {
        let most = MOST_VALUES / columns.max(1);
        if self.mode != Mode::Unaligned || self.most_steps <= most {
            return Ok(());
        }
        Err(RecordingError::Setting {
            name: "most_steps",
            expected: format!("1 to {most} for {columns} columns"),
            found: self.most_steps.to_string(),
        })
    }

    /// The word as a step has it: without the punctuation around it and in small letters, unless the
    /// options keep them. Empty if nothing but punctuation is left.
    pub fn cleaned(&self, word: &str) -> String {
        let word = if self.keep_punctuation {
            word.trim()
        } else {
            bare(word)
        };
        if self.keep_case {
            word.to_string()
        } else {
            word.to_lowercase()
        }
    }
}

/// `word` from its first letter or digit to its last, with the marks of the last. Empty without any.
fn bare(word: &str) -> &str {
    let is_letter = |character: char| character.is_alphanumeric();
    let (Some(first), Some(last)) = (word.find(is_letter), word.rfind(is_letter)) else {
        return "";
    };
    let mut behind = word[last..].char_indices().skip(1);
    let end = behind.find(|&(_, character)| !is_mark(character));
    &word[first..end.map_or(word.len(), |(length, _)| last + length)]
}

/// Whether a character belongs to the letter before it, as accents, tones and viramas do. Of some, the standard library
/// says that they are letters themselves; of the others, that text for debugging shows them behind a letter and writes
/// their number where they begin it.
fn is_mark(character: char) -> bool {
    let behind = format!("a{character}");
    character.escape_debug().len() > 1 && behind.escape_debug().eq(behind.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_stays_inside_words() {
        let mut options = AssembleOptions::default();
        let cleaned = |options: &AssembleOptions| {
            ["Movie.", "don't", "“Ärger”", "--", "C3PO!"].map(|word| options.cleaned(word))
        };
        assert_eq!(cleaned(&options), ["movie", "don't", "ärger", "", "c3po"]);
        (options.keep_case, options.keep_punctuation) = (true, true);
        assert_eq!(
            cleaned(&options),
            ["Movie.", "don't", "“Ärger”", "--", "C3PO!"]
        );
    }

    #[test]
    fn marks_are_parts_of_letters() {
        let options = AssembleOptions::default();
        // Thai with a tone, Tamil and Hindi with a virama, é of two characters, Hebrew with a vowel.
        for word in ["ไม่", "นี้", "நான்", "वाक्", "cafe\u{301}", "שָׁ", "i\u{307}"]
        {
            assert_eq!(options.cleaned(word), word);
            assert_eq!(options.cleaned(&format!("«{word}!”")), word);
        }
        // Marks on punctuation, and what joins letters, are no letters.
        assert_eq!(options.cleaned("a-\u{301}"), "a");
        assert_eq!(options.cleaned("\u{200d}a\u{200d}"), "a");
        assert_eq!(options.cleaned("\u{301}"), "");
    }

    #[test]
    fn what_no_data_set_may_have_is_refused() {
        let fault = |change: &dyn Fn(&mut AssembleOptions)| {
            let mut options = AssembleOptions {
                mode: Mode::Unaligned,
                ..AssembleOptions::default()
            };
            change(&mut options);
            let checked = options.check().and_then(|()| options.check_columns(1024));
            checked.map_err(|error| error.to_string())
        };
        let refused = |text: &str| Err(text.to_string());
        assert_eq!(
            fault(&|options| options.most_steps = 0),
            refused("most_steps: expected 1 to 1048576, found 0")
        );
        assert_eq!(
            fault(&|options| options.most_steps = 1 << 20),
            refused("most_steps: expected 1 to 262144 for 1024 columns, found 1048576")
        );
        assert_eq!(
            fault(&|options| options.voice_rate = f64::NAN),
            refused("voice_rate: expected a number above 0, at most 1000, found NaN")
        );
        assert_eq!(
            fault(&|options| options.reach = -1.0),
            refused("reach: expected seconds from 0 to 1000, found -1")
        );
        assert_eq!(fault(&|options| options.most_steps = 1 << 18), Ok(()));
    }

    #[test]
    fn names_of_modes_are_read_again() {
        for &mode in Mode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        let error = "word".parse::<Mode>().unwrap_err();
        assert_eq!(
            error,
            "expected one of words, sdk, unaligned, utterance, found \"word\""
        );
    }
}

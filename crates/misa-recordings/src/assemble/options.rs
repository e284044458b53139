//! How recordings become utterances.

use crate::align::{PauseRule, UntimedRule};
use crate::named::named;
use serde::{Deserialize, Serialize};

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
    /// How far away a row may be that a step without rows borrows, in seconds.
    pub reach: f64,
    /// What happens to words without times, for `words`. The SDK's mode leaves them out.
    pub untimed: UntimedRule,
    /// Steps of faces a second, for `unaligned`.
    pub face_rate: f64,
    /// Steps of voice a second, for `unaligned`.
    pub voice_rate: f64,
    /// Most steps of a modality of an utterance, for `unaligned`; the rest is cut and counted.
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

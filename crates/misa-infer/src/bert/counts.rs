//! What BERT reads of a text, in numbers.

use crate::bert::Truncation;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Share of unknown tokens from which a BERT does not suit a text. English has below 0.1 % with
/// `bert-base-uncased`.
const MANY_UNKNOWN: f64 = 0.05;

/// The tokens of utterances, and how many of them are unknown to BERT or cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCounts {
    /// Utterances.
    pub utterances: usize,
    /// Tokens before truncation, without the two special tokens around each sentence.
    pub tokens: usize,
    /// Tokens that are `[UNK]`, because the vocabulary has no pieces of their words.
    pub unknown: usize,
    /// Utterances that lose tokens to truncation.
    pub cut_utterances: usize,
    /// Tokens that are cut off.
    pub cut: usize,
}

impl TokenCounts {
    /// Adds the tokens of an utterance, of which `unknown` are unknown and `cut` cut off.
    pub(crate) fn add(&mut self, tokens: usize, unknown: usize, cut: usize) {
        self.utterances += 1;
        self.tokens += tokens;
        self.unknown += unknown;
        self.cut_utterances += usize::from(cut > 0);
        self.cut += cut;
    }

    /// Share of the tokens that are unknown, from 0 to 1.
    pub fn unknown_share(&self) -> f64 {
        self.unknown as f64 / self.tokens.max(1) as f64
    }

    /// Whether so many tokens are unknown that BERT does not suit the text.
    pub fn has_many_unknown(&self) -> bool {
        self.unknown_share() >= MANY_UNKNOWN
    }

    /// What is lost by truncation; `None` if nothing is.
    pub fn cut_note(&self, truncation: Truncation) -> Option<String> {
        let Self {
            utterances,
            tokens,
            cut_utterances,
            cut,
            ..
        } = self;
        (*cut > 0).then(|| {
            format!(
                "{cut} of {tokens} tokens are cut off by the truncation `{truncation}`, in \
                 {cut_utterances} of {utterances} utterances"
            )
        })
    }

    /// How many tokens are unknown; `None` if none is.
    pub fn unknown_note(&self) -> Option<String> {
        let Self {
            tokens, unknown, ..
        } = self;
        let percent = Percent(self.unknown_share());
        let advice = if self.has_many_unknown() {
            ": this BERT does not know the language or the casing of the text"
        } else {
            ""
        };
        (*unknown > 0).then(|| {
            format!("{unknown} of {tokens} tokens ({percent}) are unknown to BERT, [UNK]{advice}")
        })
    }

    /// Both notes, if there are any, each after `place`.
    pub fn notes(&self, place: &str, truncation: Truncation) -> Vec<String> {
        let notes = [self.cut_note(truncation), self.unknown_note()];
        let notes = notes.into_iter().flatten();
        notes.map(|note| format!("{place}: {note}")).collect()
    }
}

/// A share in percent, with two digits below 1 %.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0 < 0.01 { 2 } else { 1 };
        write!(f, "{:.digits$} %", 100.0 * self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_what_is_lost_and_unknown() {
        let mut counts = TokenCounts::default();
        counts.add(100, 0, 0);
        assert!(counts.notes("train", Truncation::Full).is_empty());
        counts.add(300, 1, 20);
        assert_eq!(
            counts.notes("train", Truncation::Batch),
            [
                "train: 20 of 400 tokens are cut off by the truncation `batch`, in 1 of 2 utterances",
                "train: 1 of 400 tokens (0.25 %) are unknown to BERT, [UNK]",
            ]
        );
        counts.add(100, 99, 0);
        assert_eq!(
            counts.unknown_note().unwrap(),
            "100 of 500 tokens (20.0 %) are unknown to BERT, [UNK]: this BERT does not know the \
             language or the casing of the text"
        );
    }
}

//! The length of sentences.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

misa_terms::choice! {
    /// How many tokens of a sentence BERT reads.
    ///
    /// A longer sentence loses its end; the closing special token stays.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Truncation {
        /// All tokens. The tokens of an utterance do not depend on others.
        #[default]
        Full,
        /// As many as the longest word count in the batch, plus the two special tokens. The tokens of
        /// an utterance depend on its batch.
        ///
        /// - Source: official MISA, `collate_fn`.
        /// - Differs: in scripts without spaces between words (Chinese, Japanese, Thai and so on), a
        ///   text between two spaces counts as many words as it has tokens. It would count as one word
        ///   otherwise, and BERT would read a single token of it.
        Batch,
        /// At most this many, including special tokens; BERT's positions at most. Range: `[3, inf)`.
        Tokens(usize),
    }
}

/// An unknown name of a truncation.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown truncation `{name}`, expected full, batch or a number of tokens")]
#[non_exhaustive]
pub struct UnknownTruncation {
    /// The name found.
    pub name: String,
}

impl fmt::Display for Truncation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Batch => f.write_str("batch"),
            Self::Tokens(count) => count.fmt(f),
        }
    }
}

impl FromStr for Truncation {
    type Err = UnknownTruncation;

    fn from_str(name: &str) -> Result<Self, UnknownTruncation> {
        match name {
            "full" => Ok(Self::Full),
            "batch" => Ok(Self::Batch),
            _ => name.parse().map(Self::Tokens).map_err(|_| {
                let name = name.to_owned();
                UnknownTruncation { name }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for truncation in [Truncation::Full, Truncation::Batch, Truncation::Tokens(50)] {
            assert_eq!(truncation.to_string().parse(), Ok(truncation));
        }
        let error = "long".parse::<Truncation>().unwrap_err();
        let text = "unknown truncation `long`, expected full, batch or a number of tokens";
        assert_eq!(error.to_string(), text);
    }
}

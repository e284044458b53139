//! Whether a tokeniser keeps capital letters.

use serde::{Deserialize, Serialize};

/// Share of words with capital letters from which a vocabulary is cased: one of
/// `bert-base-cased` has about 40 %, one of `bert-base-uncased` none, and a few special words may have
/// some.
#[cfg(feature = "bert")]
const CASED: f64 = 0.01;

/// How the casing of a tokeniser is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Casing {
    /// By a file of the tokeniser, or by the caller.
    #[default]
    Stated,
    /// Guessed: letters keep their case, because the vocabulary has words with capital letters.
    GuessedCased,
    /// Guessed: letters become lower case, because the vocabulary has no words with capital letters.
    GuessedLower,
}

impl Casing {
    /// The casing of a vocabulary whose files do not state it.
    #[cfg(feature = "bert")]
    pub(super) fn guess<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let words = words.filter(|word| !is_special(word));
        let (all, cased) = words.fold((0_usize, 0_usize), |(all, cased), word| {
            let is_cased = word.chars().any(char::is_uppercase);
            (all + 1, cased + usize::from(is_cased))
        });
        if cased > 0 && cased as f64 >= CASED * all as f64 {
            Self::GuessedCased
        } else {
            Self::GuessedLower
        }
    }

    /// What a user should know about it: nothing if it is stated.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::Stated => None,
            Self::GuessedCased => Some(
                "BERT: no file says whether letters keep their case; they do, because the \
                 vocabulary has words with capital letters (`do_lower_case` in \
                 tokenizer_config.json decides)",
            ),
            Self::GuessedLower => Some(
                "BERT: no file says whether letters keep their case; they become lower case, \
                 because the vocabulary has no words with capital letters (`do_lower_case` in \
                 tokenizer_config.json decides)",
            ),
        }
    }
}

/// Whether a word is not text, such as `[CLS]`, `[unused7]` or `<S>`.
#[cfg(feature = "bert")]
fn is_special(word: &str) -> bool {
    [('[', ']'), ('<', '>')]
        .into_iter()
        .any(|(open, close)| word.starts_with(open) && word.ends_with(close))
}

#[cfg(all(test, feature = "bert"))]
mod tests {
    use super::*;

    #[test]
    fn words_with_capital_letters_make_a_vocabulary_cased() {
        let guess = |words: &str| Casing::guess(words.split(' '));
        assert_eq!(guess("[CLS] [UNK] the ##s"), Casing::GuessedLower);
        assert_eq!(guess("[CLS] the The ##S"), Casing::GuessedCased);
        assert_eq!(guess("[CLS] das Öl"), Casing::GuessedCased);
        let mut odd = vec!["the"; 1000];
        odd.push("USD");
        assert_eq!(Casing::guess(odd.into_iter()), Casing::GuessedLower);
    }
}

//! The words of a phrase.

use crate::words::label::is_silent;
use crate::{Interval, Word};

/// Languages that are written without spaces between words.
///
/// Source: WhisperX treats `ja` and `zh` so, Whisper the others too but `km` and `bo`.
const WITHOUT_SPACES: [&str; 8] = ["zh", "ja", "yue", "th", "lo", "my", "km", "bo"];

/// Bytes of a note in brackets. Behind a bracket that nobody closes there are words.
const LONGEST_NOTE: usize = 128;

/// Whether `language` is written without spaces. `zh-CN` is `zh`.
pub(super) fn is_without_spaces(language: Option<&str>) -> bool {
    let name = |language: &str| {
        let end = language.find(['-', '_']).unwrap_or(language.len());
        language[..end].to_ascii_lowercase()
    };
    language.is_some_and(|language| WITHOUT_SPACES.contains(&name(language).as_str()))
}

/// The words of `text`: divided at white space, but a note in brackets, `[door slams]`, is one piece.
pub(super) fn spaced(text: &str) -> impl Iterator<Item = &str> {
    let mut next = 0;
    // Looked for again only behind itself, so that a text is read once, not once for each bracket.
    let mut closing = text.find(']');
    std::iter::from_fn(move || {
        let rest = text[next..].trim_start();
        let start = text.len() - rest.len();
        if rest.is_empty() {
            return None;
        }
        if closing.is_some_and(|end| end < start) {
            closing = rest.find(']').map(|end| start + end);
        }
        let space = rest.find(char::is_whitespace);
        let is_note = |&end: &usize| rest.starts_with('[') && end - start < LONGEST_NOTE;
        next = match closing.filter(is_note) {
            Some(end) => end + 1,
            None => space.map_or(text.len(), |end| start + end),
        };
        Some(&text[start..next])
    })
}

/// The characters of `text`, with the punctuation behind them; letters and digits of ASCII stay together.
pub(super) fn characters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let is_part = |character: char| {
            character.is_ascii_alphanumeric() && first.is_ascii_alphanumeric()
                || is_silent(character.encode_utf8(&mut [0; 4]))
        };
        let after = &rest[first.len_utf8()..];
        let end = after
            .find(|character| !is_part(character))
            .unwrap_or(after.len());
        let (word, after) = rest.split_at(first.len_utf8() + end);
        rest = after;
        Some(word)
    })
}

/// Words that share the time of a phrase by their number of characters.
pub(super) fn spread(texts: &[&str], time: Interval) -> Vec<Word> {
    let lengths = texts.iter().map(|text| text.chars().count().max(1));
    let total: usize = lengths.clone().sum();
    let moment = |before: usize| {
        if before == total {
            time.end
        } else {
            time.start + time.length() * (before as f64 / total as f64)
        }
    };
    let mut before = 0;
    let word = |(text, length): (&&str, usize)| {
        let start = moment(before);
        before += length;
        Word::interpolated(*text, start, moment(before))
    };
    texts.iter().zip(lengths).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_in_brackets_stay_together() {
        let words: Vec<_> = spaced(" a  [door slams] b[c ] ").collect();
        assert_eq!(words, ["a", "[door slams]", "b[c", "]"]);
        assert_eq!(spaced("[open").collect::<Vec<_>>(), ["[open"]);
    }

    #[test]
    fn characters_keep_their_punctuation() {
        let words: Vec<_> = characters("我爱 Python3，好。").collect();
        assert_eq!(words, ["我", "爱", "Python3，", "好。"]);
        assert!(is_without_spaces(Some("zh-CN")) && is_without_spaces(Some("JA")));
        assert!(!is_without_spaces(Some("en")) && !is_without_spaces(None));
    }

    #[test]
    fn words_share_a_phrase_by_characters() {
        // 1 + 3 characters in 2 seconds from 1.
        let words = spread(&["a", "bcd"], Interval::new(1.0, 3.0));
        assert_eq!(
            words,
            [
                Word::interpolated("a", 1.0, 1.5),
                Word::interpolated("bcd", 1.5, 3.0)
            ]
        );
    }
}

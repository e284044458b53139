//! Words in the order of time.

use crate::Word;

/// Words that stand further than this before the words ahead of them are not sorted, in seconds.
pub const MOST_DISORDER: f64 = 0.5;

/// Words that are too far out of order to be of one recording.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "expected words in the order of time, found {word:?} at {start:.2} s after one that starts at {before:.2} s; align \
     the recording again, or leave the words out of its file"
)]
pub struct Disorder {
    /// The word that comes too late.
    pub word: String,
    /// When it starts, in seconds.
    pub start: f64,
    /// The latest start before it, in seconds.
    pub before: f64,
}

/// Sorts words by their starts, those with equal starts in their order, and returns how many were out of
/// order. Words without times stay behind the word that they follow.
///
/// # Errors
///
/// [`Disorder`] if a word starts more than 0.5 s before one that stands ahead of it.
pub fn sort_words(words: &mut Vec<Word>) -> Result<usize, Disorder> {
    let mut latest = f64::NEG_INFINITY;
    let mut moved = 0;
    for word in words.iter() {
        let Some(time) = word.time else { continue };
        if time.start < latest - MOST_DISORDER {
            return Err(Disorder {
                word: word.text.chars().take(40).collect(),
                start: time.start,
                before: latest,
            });
        }
        moved += usize::from(time.start < latest);
        latest = latest.max(time.start);
    }
    if moved > 0 {
        sort(words);
    }
    Ok(moved)
}

/// Each word without times takes the start of the word before it as its key.
fn sort(words: &mut Vec<Word>) {
    let mut key = f64::NEG_INFINITY;
    let mut keyed: Vec<(f64, Word)> = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        key = word.time.map_or(key, |time| time.start);
        keyed.push((key, word));
    }
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    words.extend(keyed.into_iter().map(|(_, word)| word));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn a_little_disorder_is_sorted() {
        let mut words = vec![
            Word::measured("a", 1.0, 1.2),
            Word::measured("c", 1.5, 1.6),
            Word::missing("d"),
            Word::measured("b", 1.25, 1.4),
        ];
        assert_eq!(sort_words(&mut words), Ok(1));
        assert_eq!(texts(&words), ["a", "b", "c", "d"]);
    }

    #[test]
    fn much_disorder_is_refused() {
        let mut words = vec![Word::measured("a", 2.0, 2.5), Word::measured("b", 1.0, 1.5)];
        let error = sort_words(&mut words).unwrap_err().to_string();
        assert!(
            error.starts_with("expected words in the order of time, found \"b\" at 1.00 s"),
            "{error}"
        );
        let mut words = vec![Word::measured("a", 2.0, 2.5), Word::measured("b", 1.5, 1.6)];
        assert_eq!(sort_words(&mut words), Ok(1));
    }
}

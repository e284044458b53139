//! Layout of the tokens of sentences.

use std::ops::Range;

/// Rows of sentences of unequal length, one sentence after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// The rows of each sentence.
    ranges: Vec<Range<usize>>,
    /// Number of first rows of each sentence that may be attended to.
    keys: Vec<usize>,
}

impl Sentences {
    /// Creates the layout from the number of rows of each sentence, and of its first rows that may be
    /// attended to.
    ///
    /// # Panics
    ///
    /// Panics if the two differ in number, or a sentence has no row to attend to or more than it
    /// has rows.
    pub fn new(rows: &[usize], keys: &[usize]) -> Self {
        assert_eq!(rows.len(), keys.len(), "one number of keys per sentence");
        let fits = |(&rows, &keys): (&usize, &usize)| (1..=rows).contains(&keys);
        assert!(rows.iter().zip(keys).all(fits), "a sentence has no keys");
        let mut first = 0;
        let ranges = rows.iter().map(|&rows| {
            let range = first..first + rows;
            first = range.end;
            range
        });
        Self {
            ranges: ranges.collect(),
            keys: keys.to_vec(),
        }
    }

    /// Number of sentences.
    pub fn count(&self) -> usize {
        self.ranges.len()
    }

    /// Rows of all sentences together.
    pub fn rows(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// The rows of each sentence.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        self.ranges.iter().cloned()
    }

    /// The rows of each sentence, all at once.
    #[cfg(feature = "flex")]
    pub(crate) fn all_ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Number of first rows of each sentence that may be attended to.
    pub fn keys(&self) -> &[usize] {
        &self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_lie_one_after_another() {
        let sentences = Sentences::new(&[2, 1], &[1, 1]);
        assert_eq!(sentences.ranges().collect::<Vec<_>>(), [0..2, 2..3]);
        assert_eq!((sentences.count(), sentences.rows()), (2, 3));
    }

    #[test]
    #[should_panic(expected = "a sentence has no keys")]
    fn a_sentence_is_not_empty() {
        let _ = Sentences::new(&[2, 0], &[2, 0]);
    }
}

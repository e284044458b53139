//! Layout of the steps of packed sequences.

use std::ops::Range;

/// Rows of sequences of unequal length without their padding.
///
/// Rows come step by step and, within a step, from the longest sequence to the shortest, so that
/// the sequences of a step are the first ones of the step before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedSteps {
    /// Number of sequences at each step, never more than at the step before.
    active: Vec<usize>,
    /// Row at which each step begins.
    first: Vec<usize>,
    /// For each row but those of the first step, the row of its sequence one step before.
    previous: Vec<usize>,
}

impl PackedSteps {
    /// Creates the layout from the number of sequences at each step.
    ///
    /// # Panics
    ///
    /// Panics if a step has more sequences than the one before, or none.
    pub fn new(active: &[usize]) -> Self {
        assert!(
            active.is_sorted_by(|a, b| a >= b),
            "longest sequences first"
        );
        assert!(active.last() != Some(&0), "no step without a sequence");
        let mut first = Vec::with_capacity(active.len());
        let mut rows = 0;
        for alive in active {
            first.push(rows);
            rows += alive;
        }
        let starts = active.iter().skip(1).zip(&first);
        Self {
            previous: starts
                .flat_map(|(&alive, &start)| start..start + alive)
                .collect(),
            active: active.to_vec(),
            first,
        }
    }

    /// Number of real steps of all sequences together.
    pub fn rows(&self) -> usize {
        self.sequences() + self.previous.len()
    }

    /// Number of sequences.
    pub fn sequences(&self) -> usize {
        self.active.first().copied().unwrap_or(0)
    }

    /// For each sequence, the row of its last step.
    pub fn last_rows(&self) -> Vec<usize> {
        let last_step = |sequence| self.active.partition_point(|&alive| alive > sequence) - 1;
        (0..self.sequences())
            .map(|sequence| self.first[last_step(sequence)] + sequence)
            .collect()
    }

    /// Steps of the longest sequence.
    pub(crate) fn longest(&self) -> usize {
        self.active.len()
    }

    /// Rows of a step.
    pub(crate) fn step(&self, step: usize) -> Range<usize> {
        self.first[step]..self.first[step] + self.active[step]
    }

    /// For each row but those of the first step, the row of its sequence one step before.
    pub(crate) fn previous(&self) -> &[usize] {
        &self.previous
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_knows_the_one_before_it() {
        let steps = PackedSteps::new(&[3, 2, 2, 1]);
        assert_eq!(steps.previous(), [0, 1, 3, 4, 5]);
        assert_eq!(steps.step(2), 5..7);
        assert_eq!((steps.rows(), steps.sequences()), (8, 3));
        assert_eq!(steps.last_rows(), [7, 6, 2]);
    }

    #[test]
    fn no_sequences_have_no_rows() {
        assert_eq!(PackedSteps::new(&[]).rows(), 0);
    }

    #[test]
    #[should_panic(expected = "longest sequences first")]
    fn sequences_must_be_sorted() {
        let _ = PackedSteps::new(&[1, 2]);
    }
}

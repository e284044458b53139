//! The feature rows of one modality of one utterance.

/// A row of features per step.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    d_input: usize,
    values: Vec<f32>,
}

impl Sequence {
    /// A sequence of `values.len() / d_input` steps.
    ///
    /// - values: `[steps, d_input]`, one step after the other
    ///
    /// `None` when `d_input` is 0 or the values do not fill the last step.
    pub fn new(d_input: usize, values: Vec<f32>) -> Option<Self> {
        (d_input > 0 && values.len().is_multiple_of(d_input)).then_some(Self { d_input, values })
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.values.len() / self.d_input
    }

    /// Features of a step.
    pub fn d_input(&self) -> usize {
        self.d_input
    }

    /// All values, `[steps, d_input]`, one step after the other.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The features of step `i`.
    ///
    /// # Panics
    ///
    /// Panics if there is no step `i`.
    pub fn step(&self, i: usize) -> &[f32] {
        &self.values[i * self.d_input..(i + 1) * self.d_input]
    }

    /// The steps in order.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, f32> {
        self.values.chunks_exact(self.d_input)
    }

    /// Drops all steps but `steps`.
    #[doc(hidden)]
    pub fn keep(&mut self, steps: std::ops::Range<usize>) {
        self.values.truncate(steps.end * self.d_input);
        self.values.drain(..steps.start * self.d_input);
    }

    /// All values, to be changed.
    #[doc(hidden)]
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_into_steps() {
        let sequence = Sequence::new(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(sequence.steps(), 3);
        assert_eq!(sequence.step(1), [3.0, 4.0]);
        assert_eq!(sequence.iter().len(), 3);
    }

    #[test]
    fn steps_are_dropped_at_both_ends() {
        let mut sequence = Sequence::new(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        sequence.keep(1..2);
        assert_eq!(sequence.values(), [3.0, 4.0]);
    }

    #[test]
    fn incomplete_steps_are_refused() {
        assert_eq!(Sequence::new(2, vec![1.0]), None);
        assert_eq!(Sequence::new(0, vec![]), None);
    }
}

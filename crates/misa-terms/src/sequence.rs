//! The feature rows of one modality of one utterance.

/// A row of features per step. Steps may be absent, such as words during which no face was seen: their
/// values are zeros, and nothing is learnt from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    d_input: usize,
    values: Vec<f32>,
    /// One flag per step; `None` if no step is absent, so that equal sequences are equal.
    absent: Option<Vec<bool>>,
}

impl Sequence {
    /// A sequence of `values.len() / d_input` steps.
    ///
    /// - values: `[steps, d_input]`, one step after the other
    ///
    /// `None` if `d_input` is 0 or the values do not fill the last step.
    pub fn new(d_input: usize, values: Vec<f32>) -> Option<Self> {
        (d_input > 0 && values.len().is_multiple_of(d_input)).then_some(Self {
            d_input,
            values,
            absent: None,
        })
    }

    /// [`Self::new`], where some steps are absent.
    ///
    /// - absent: one flag per step
    ///
    /// `None` as for [`Self::new`], if there is not one flag per step, or if a value of an absent step is
    /// not 0.
    pub fn with_absent(d_input: usize, values: Vec<f32>, absent: Vec<bool>) -> Option<Self> {
        let mut sequence = Self::new(d_input, values)?;
        let steps = sequence.iter().zip(&absent);
        let are_zeros = steps
            .filter(|&(_, &absent)| absent)
            .all(|(step, _)| step.iter().all(|&value| value == 0.0));
        if absent.len() != sequence.steps() || !are_zeros {
            return None;
        }
        sequence.absent = Some(absent);
        sequence.forget_empty_mask();
        Some(sequence)
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

    /// All values, as [`Self::values`], without a copy.
    pub fn into_values(self) -> Vec<f32> {
        self.values
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

    /// Which steps are absent, one flag per step; `None` if none is.
    pub fn absent(&self) -> Option<&[bool]> {
        self.absent.as_deref()
    }

    /// Whether step `i` is absent; false if there is no step `i`.
    pub fn is_absent(&self, i: usize) -> bool {
        self.absent
            .as_ref()
            .is_some_and(|absent| absent.get(i).copied().unwrap_or(false))
    }

    /// Number of absent steps.
    pub fn n_absent(&self) -> usize {
        let absent = self.absent.iter().flatten();
        absent.filter(|&&absent| absent).count()
    }

    /// Whether there are steps and all of them are absent, so that the modality is.
    pub fn is_all_absent(&self) -> bool {
        let absent = self.absent.as_ref();
        absent.is_some_and(|absent| absent.iter().all(|&absent| absent))
    }

    /// The steps that are not absent, in order.
    pub fn present(&self) -> impl Iterator<Item = &[f32]> + Clone {
        let steps = self.iter().enumerate();
        steps.filter_map(|(i, step)| (!self.is_absent(i)).then_some(step))
    }

    /// The steps that are not absent, to be changed.
    pub(crate) fn present_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let absent = self.absent.as_deref();
        let steps = self.values.chunks_exact_mut(self.d_input).enumerate();
        steps.filter_map(move |(i, step)| {
            let is_absent = absent.is_some_and(|absent| absent[i]);
            (!is_absent).then_some(step)
        })
    }

    /// Brings the features of every step into another order: feature `i` becomes what feature `order[i]` was.
    ///
    /// # Panics
    ///
    /// Panics if `order` has not one index below `d_input` for each feature.
    #[doc(hidden)]
    pub fn reorder(&mut self, order: &[usize]) {
        assert_eq!(order.len(), self.d_input, "indices of all features");
        let mut before = vec![0.0; self.d_input];
        for step in self.values.chunks_exact_mut(self.d_input) {
            before.copy_from_slice(step);
            for (value, &index) in step.iter_mut().zip(order) {
                *value = before[index];
            }
        }
    }

    /// Drops all steps except `steps`.
    #[doc(hidden)]
    pub fn keep(&mut self, steps: std::ops::Range<usize>) {
        self.values.truncate(steps.end * self.d_input);
        self.values.drain(..steps.start * self.d_input);
        if let Some(absent) = &mut self.absent {
            absent.truncate(steps.end);
            absent.drain(..steps.start);
        }
        self.forget_empty_mask();
    }

    /// Replaces values that are NaN or infinite by 0, and returns how many there were.
    #[doc(hidden)]
    pub fn zero_non_finite(&mut self) -> usize {
        let odd = self.values.iter_mut().filter(|value| !value.is_finite());
        odd.map(|value| *value = 0.0).count()
    }

    /// Without an absent step there is no mask.
    fn forget_empty_mask(&mut self) {
        let absent = self.absent.as_ref();
        if absent.is_some_and(|absent| absent.iter().all(|&absent| !absent)) {
            self.absent = None;
        }
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
        assert_eq!(sequence.into_values(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn steps_are_dropped_at_both_ends() {
        let mut sequence = Sequence::new(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        sequence.keep(1..2);
        assert_eq!(sequence.values(), [3.0, 4.0]);
    }

    #[test]
    fn absent_steps_are_zeros_and_one_flag_each() {
        let of = |values: &[f32], absent: &[bool]| {
            Sequence::with_absent(2, values.to_vec(), absent.to_vec())
        };
        let values = [0.0, 0.0, 3.0, 4.0];
        let sequence = of(&values, &[true, false]).unwrap();
        assert_eq!(sequence.absent(), Some(&[true, false][..]));
        assert_eq!(sequence.n_absent(), 1);
        let present: Vec<&[f32]> = sequence.present().collect();
        assert_eq!(present, [[3.0, 4.0]]);
        assert!(sequence.is_absent(0) && !sequence.is_absent(1) && !sequence.is_absent(2));
        assert_eq!(of(&values, &[false, true]), None);
        assert_eq!(of(&values, &[true]), None);
        assert_eq!(of(&values, &[true, false, false]), None);
        assert_eq!(of(&[f32::NAN, 0.0, 3.0, 4.0], &[true, false]), None);
        assert_eq!(of(&values[..3], &[true, false]), None);
    }

    #[test]
    fn a_mask_without_an_absent_step_is_none() {
        let plain = Sequence::new(1, vec![0.0, 2.0]).unwrap();
        let masked = |absent: [bool; 2]| Sequence::with_absent(1, vec![0.0, 2.0], absent.to_vec());
        assert_eq!(masked([false, false]), Some(plain.clone()));
        assert_eq!(plain.absent(), None);
        assert!(!plain.is_all_absent());
        let mut cut = masked([true, false]).unwrap();
        assert_ne!(cut, plain);
        cut.keep(1..2);
        assert_eq!(Some(cut), Sequence::new(1, vec![2.0]));
    }

    #[test]
    fn a_sequence_may_be_all_absent() {
        let mut sequence = Sequence::with_absent(1, vec![0.0, 0.0], vec![true; 2]).unwrap();
        assert!(sequence.is_all_absent());
        assert_eq!(sequence.present().count(), 0);
        sequence.keep(0..1);
        assert_eq!(sequence.absent(), Some(&[true][..]));
        let none = Sequence::with_absent(1, vec![], vec![]).unwrap();
        assert!(!none.is_all_absent() && none.absent().is_none());
    }

    #[test]
    fn incomplete_steps_are_refused() {
        assert_eq!(Sequence::new(2, vec![1.0]), None);
        assert_eq!(Sequence::new(0, vec![]), None);
    }
}

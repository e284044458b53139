//! Which steps of a modality are absent.

use burn::prelude::*;

/// The absent steps of one modality in a batch, such as words during which no face was seen.
///
/// Whatever a batch holds there, the model reads zeros, no step attends to them, and no mean counts them. A
/// modality all of whose steps are absent is missing in that utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsentSteps {
    /// By utterance, a flag for each of its steps; no flags if none is absent.
    flags: Vec<Vec<bool>>,
}

impl AbsentSteps {
    /// From a flag for each step of each utterance, or no flags for an utterance without absent steps.
    ///
    /// `None` if no step is absent.
    pub fn new(flags: Vec<Vec<bool>>) -> Option<Self> {
        let has_some = flags.iter().flatten().any(|&absent| absent);
        has_some.then_some(Self { flags })
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.flags.len()
    }

    /// Whether step number `step` of utterance number `row` is absent; false beyond the last.
    pub fn is_absent(&self, row: usize, step: usize) -> bool {
        let flags = self.flags.get(row);
        let flag = flags.and_then(|flags| flags.get(step));
        flag.copied().unwrap_or(false)
    }

    /// Whether all steps of utterance number `row` are absent.
    pub fn is_all_absent(&self, row: usize) -> bool {
        let flags = self.flags.get(row);
        flags.is_some_and(|flags| !flags.is_empty() && flags.iter().all(|&absent| absent))
    }

    /// 1 at absent steps, 0 at all others, `[batch, steps]`.
    pub(crate) fn mask(&self, steps: usize, device: &Device) -> Tensor<2> {
        let batch = self.batch();
        let rows = (0..batch).flat_map(|row| {
            let flag = move |step| f32::from(u8::from(self.is_absent(row, step)));
            (0..steps).map(flag)
        });
        let mask: Vec<f32> = rows.collect();
        Tensor::from_data(TensorData::new(mask, [batch, steps]), device)
    }

    /// `x`, `[batch, steps, d_input]`, with zeros at absent steps, even where `x` is NaN.
    pub(crate) fn blank(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, steps, d_input] = x.dims();
        let is_absent = self.mask(steps, &x.device()).equal_scalar(1.0);
        let elements = is_absent.reshape([batch, steps, 1]);
        x.mask_fill(elements.expand([batch, steps, d_input]), 0.0)
    }

    /// Checks that there is a flag for each step of each utterance, or none.
    ///
    /// # Panics
    ///
    /// Panics if an utterance has another number of flags than steps.
    pub(crate) fn assert_lengths(&self, lengths: &[usize]) {
        assert_eq!(self.batch(), lengths.len(), "utterances of absent steps");
        for (flags, &length) in self.flags.iter().zip(lengths) {
            let fits = flags.is_empty() || flags.len() == length;
            assert!(fits, "{} flags of {length} steps", flags.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent() -> AbsentSteps {
        let flags = vec![vec![false, true], vec![], vec![true]];
        AbsentSteps::new(flags).unwrap()
    }

    #[test]
    fn a_batch_without_absent_steps_has_no_flags() {
        assert_eq!(AbsentSteps::new(vec![vec![], vec![false]]), None);
        assert!(absent().is_absent(0, 1) && !absent().is_absent(1, 0));
        let all = [0, 1, 2, 3].map(|row| absent().is_all_absent(row));
        assert_eq!(all, [false, false, true, false]);
    }

    #[test]
    fn absent_steps_are_blanked_and_padding_is_not() {
        let device = Device::flex();
        let x = Tensor::<3>::full([3, 2, 1], f32::NAN, &device);
        let found: Vec<f32> = absent().blank(x).into_data().iter().collect();
        let is_zero: Vec<bool> = found.iter().map(|&value| value == 0.0).collect();
        assert_eq!(is_zero, [false, true, false, false, true, false]);
    }

    #[test]
    #[should_panic(expected = "2 flags of 3 steps")]
    fn there_is_a_flag_for_each_step() {
        absent().assert_lengths(&[3, 1, 1]);
    }
}

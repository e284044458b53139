//! Sequences of unequal length without their padding.

use burn::prelude::*;
use misa_kernels::{PackedSteps, Repeats};
use std::sync::Arc;

/// Where the real steps of a padded batch lie, longest sequence first.
///
/// At each step, the sequences that have not ended are the first rows: a recurrence only ever touches
/// real steps, and its result cannot depend on padding.
///
/// - Source: PyTorch's packed sequences, which the official code uses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packing {
    /// Position in the batch of each sequence, by decreasing length.
    order: Vec<usize>,
    /// Number of sequences with more than `t` steps, for every `t` below the longest.
    active: Vec<usize>,
    /// The same layout for the kernels.
    steps: Arc<PackedSteps>,
}

/// The real steps of a batch of sequences, as one row each.
///
/// Rows come step by step and, within a step, from the longest sequence to the shortest.
#[derive(Clone, Debug)]
pub struct PackedSequence {
    /// `[rows, d_input]`
    pub(crate) rows: Tensor<2>,
    pub(crate) packing: Arc<Packing>,
    /// Which rows are the same, if that is known.
    pub(crate) repeats: Option<Arc<Repeats>>,
}

impl Packing {
    /// Sorts by decreasing length; equal lengths keep their order.
    pub(crate) fn new(lengths: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
        let longest = order.first().map_or(0, |&index| lengths[index]);
        let active: Vec<usize> = (0..longest)
            .map(|step| order.partition_point(|&index| lengths[index] > step))
            .collect();
        let steps = Arc::new(PackedSteps::new(&active));
        Self {
            order,
            active,
            steps,
        }
    }

    /// Number of sequences at each step that have not ended.
    pub(crate) fn active(&self) -> &[usize] {
        &self.active
    }

    /// Whether every sequence has `steps` steps: then packing only changes the order of two axes.
    fn is_full(&self, steps: usize) -> bool {
        self.active.len() == steps && self.active.last() == Some(&self.batch())
    }

    /// Where the steps lie, for the kernels.
    pub(crate) fn steps(&self) -> &Arc<PackedSteps> {
        &self.steps
    }

    /// For each sequence, in batch order, the row of its last step and the row of its first.
    pub(crate) fn ends(&self) -> [Vec<usize>; 2] {
        let last = self.steps.last_rows();
        let mut ends = [vec![0; self.order.len()], vec![0; self.order.len()]];
        for (row, &index) in self.order.iter().enumerate() {
            ends[0][index] = last[row];
            ends[1][index] = row;
        }
        ends
    }

    /// Steps of each sequence, in batch order.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        let mut lengths = vec![0; self.order.len()];
        for (row, &index) in self.order.iter().enumerate() {
            lengths[index] = self.active.partition_point(|&alive| alive > row);
        }
        lengths
    }

    /// Number of sequences.
    pub(crate) fn batch(&self) -> usize {
        self.order.len()
    }

    /// Rows of `[batch * steps]` that are real, in packed order.
    fn indices(&self, steps: usize) -> Vec<i64> {
        let rows = self.active.iter().enumerate();
        rows.flat_map(|(step, &alive)| {
            let alive = self.order[..alive].iter();
            alive.map(move |&index| (index * steps + step) as i64)
        })
        .collect()
    }

    /// The rows of the given steps of each sequence, in batch order.
    pub(crate) fn row_numbers(&self, steps: &[Vec<usize>]) -> Vec<i64> {
        let mut ranks = vec![0; self.order.len()];
        for (rank, &index) in self.order.iter().enumerate() {
            ranks[index] = rank;
        }
        let firsts = self.active.iter().scan(0, |end, &alive| {
            *end += alive;
            Some(*end - alive)
        });
        let firsts: Vec<usize> = firsts.collect();
        let numbers = steps.iter().zip(ranks).flat_map(|(steps, rank)| {
            let firsts = &firsts;
            steps.iter().map(move |&step| (firsts[step] + rank) as i64)
        });
        numbers.collect()
    }

    /// Keeps the real steps of word ids.
    ///
    /// # Shapes
    ///
    /// - ids: `[batch, steps]`
    /// - output: `[rows]`
    pub(crate) fn pack_ids(&self, ids: Tensor<2, Int>) -> Tensor<1, Int> {
        let [batch, steps] = ids.dims();
        let indices = int_tensor(self.indices(steps), &ids.device());
        ids.reshape([batch * steps]).select(0, indices)
    }

    /// Brings one row per sequence from packed order back to batch order.
    ///
    /// # Shapes
    ///
    /// - sorted and output: `[batch, d_input]`
    pub(crate) fn restore_order(&self, sorted: Tensor<2>) -> Tensor<2> {
        if self.order.is_sorted() {
            return sorted;
        }
        let mut inverse = vec![0; self.order.len()];
        for (row, &index) in self.order.iter().enumerate() {
            inverse[index] = row as i64;
        }
        let inverse = int_tensor(inverse, &sorted.device());
        sorted.select(0, inverse)
    }
}

impl PackedSequence {
    /// Drops the padding of `sequences`.
    ///
    /// # Shapes
    ///
    /// - sequences: `[batch, steps, d_input]`
    /// - lengths: `batch` values from 1 to `steps`
    ///
    /// # Panics
    ///
    /// Panics if there is not one length per sequence, or if one is 0 or exceeds `steps`.
    pub fn new(sequences: Tensor<3>, lengths: &[usize]) -> Self {
        let [batch, steps, d_input] = sequences.dims();
        assert_eq!(lengths.len(), batch, "one length per sequence");
        // A sequence without steps has no row, and so no last state.
        assert!(
            lengths.iter().all(|length| (1..=steps).contains(length)),
            "lengths must lie in 1..={steps}, got {lengths:?}"
        );
        let packing = Packing::new(lengths);
        let rows = if packing.is_full(steps) {
            sequences.swap_dims(0, 1).reshape([steps * batch, d_input])
        } else {
            let indices = int_tensor(packing.indices(steps), &sequences.device());
            sequences
                .reshape([batch * steps, d_input])
                .select(0, indices)
        };
        Self {
            rows,
            packing: Arc::new(packing),
            repeats: None,
        }
    }

    /// The sequences whose rows lie one after another, each from its row in `firsts` on.
    pub(crate) fn from_rows(rows: Tensor<2>, firsts: &[usize], lengths: &[usize]) -> Self {
        let packing = Packing::new(lengths);
        let row_numbers = packing
            .active
            .iter()
            .enumerate()
            .flat_map(|(step, &alive)| {
                let alive = packing.order[..alive].iter();
                alive.map(move |&index| (firsts[index] + step) as i64)
            });
        let indices = int_tensor(row_numbers.collect(), &rows.device());
        Self {
            rows: rows.select(0, indices),
            packing: Arc::new(packing),
            repeats: None,
        }
    }

    /// Steps of each sequence, in batch order.
    pub fn lengths(&self) -> Vec<usize> {
        self.packing.lengths()
    }

    /// The same sequences with other features.
    pub(crate) fn with_rows(&self, rows: Tensor<2>) -> Self {
        Self {
            rows,
            packing: self.packing.clone(),
            repeats: None,
        }
    }

    /// The sequences padded with zeros, in batch order.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, steps, d_input]`
    ///
    /// # Panics
    ///
    /// Panics if a sequence is longer than `steps`.
    pub fn padded(&self, steps: usize) -> Tensor<3> {
        let [rows, d_input] = self.rows.dims();
        let device = self.rows.device();
        let batch = self.packing.batch();
        assert!(self.packing.active.len() <= steps, "padding too short");
        if self.packing.is_full(steps) {
            let sequences = self.rows.clone().reshape([steps, batch, d_input]);
            return sequences.swap_dims(0, 1);
        }
        // Every padded step reads the row of zeros appended at the end.
        let mut sources = vec![rows as i64; batch * steps];
        for (row, index) in self.packing.indices(steps).into_iter().enumerate() {
            sources[index as usize] = row as i64;
        }
        let zeros = Tensor::zeros([1, d_input], &device);
        Tensor::cat(vec![self.rows.clone(), zeros], 0)
            .select(0, int_tensor(sources, &device))
            .reshape([batch, steps, d_input])
    }
}

pub(crate) fn int_tensor(values: Vec<i64>, device: &Device) -> Tensor<1, Int> {
    let count = values.len();
    // The indices carry no gradient, but must live where the rows live.
    Tensor::from_data(TensorData::new(values, [count]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_step_by_step_from_the_longest() {
        let packing = Packing::new(&[1, 3, 2]);
        assert_eq!(packing.order, [1, 2, 0]);
        assert_eq!(packing.active(), [3, 2, 1]);
        assert_eq!(packing.lengths(), [1, 3, 2]);
        assert_eq!(packing.indices(3), [3, 6, 0, 4, 7, 5]);
    }

    #[test]
    fn steps_have_their_rows_in_batch_order() {
        let packing = Packing::new(&[1, 3, 2]);
        let all = [vec![0], vec![0, 1, 2], vec![0, 1]];
        assert_eq!(packing.row_numbers(&all), [2, 0, 3, 5, 1, 4]);
        assert_eq!(packing.row_numbers(&[vec![], vec![2], vec![1]]), [5, 4]);
    }

    #[test]
    fn equal_lengths_keep_their_order() {
        assert_eq!(Packing::new(&[2, 5, 2, 5]).order, [1, 3, 0, 2]);
    }

    #[test]
    fn padding_again_gives_the_sequences_with_zeros() {
        let device = Device::flex();
        let sequences = Tensor::<3>::from_data(
            [
                [[1.0], [9.0], [9.0]],
                [[2.0], [3.0], [4.0]],
                [[5.0], [6.0], [9.0]],
            ],
            &device,
        );
        let packed = PackedSequence::new(sequences, &[1, 3, 2]);
        let expected = [
            [[1.0f32], [0.0], [0.0], [0.0]],
            [[2.0], [3.0], [4.0], [0.0]],
            [[5.0], [6.0], [0.0], [0.0]],
        ];
        let padded = packed.padded(4).into_data();
        padded.assert_eq(&TensorData::from(expected), true);
    }

    #[test]
    fn sequences_of_one_length_come_in_the_same_order() {
        let device = Device::flex();
        let sequences = Tensor::<3>::from_data([[[1.0], [2.0]], [[3.0], [4.0]]], &device);
        let packed = PackedSequence::new(sequences.clone(), &[2, 2]);
        let rows = packed.rows.clone().into_data();
        rows.assert_eq(&TensorData::from([[1.0f32], [3.0], [2.0], [4.0]]), true);
        (packed.padded(2).into_data()).assert_eq(&sequences.clone().into_data(), true);
        let padded = packed.padded(3).narrow(1, 0, 2).into_data();
        padded.assert_eq(&sequences.into_data(), true);
    }

    #[test]
    #[should_panic(expected = "lengths must lie in 1..=3, got [3, 0]")]
    fn every_sequence_needs_a_step() {
        let _ = PackedSequence::new(Tensor::zeros([2, 3, 1], &Device::flex()), &[3, 0]);
    }

    #[test]
    #[should_panic(expected = "lengths must lie in 1..=3, got [3, 4]")]
    fn no_sequence_is_longer_than_its_padding() {
        let _ = PackedSequence::new(Tensor::zeros([2, 3, 1], &Device::flex()), &[3, 4]);
    }

    #[test]
    #[should_panic(expected = "one length per sequence")]
    fn every_sequence_needs_a_length() {
        let _ = PackedSequence::new(Tensor::zeros([2, 3, 1], &Device::flex()), &[3]);
    }
}

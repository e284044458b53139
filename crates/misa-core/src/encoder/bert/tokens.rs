//! Where the tokens of a batch lie.

use crate::encoder::PackedSequence;
use crate::encoder::packed::int_tensor;
use burn::prelude::*;
use misa_kernels::Sentences;
use std::sync::Arc;

/// The tokens of a batch as rows without padding, sentence by sentence.
///
/// Everything in BERT but attention works on each token alone: without rows for padding, no work is
/// spent on padding.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) sentences: Arc<Sentences>,
    /// Padded length of a sentence.
    steps: usize,
}

impl Tokens {
    /// One row for each token that is read; with `padding`, for each step up to the padded length.
    ///
    /// Padding is never attended to.
    pub(crate) fn new(lengths: &[usize], steps: usize, padding: bool) -> Self {
        let rows = if padding {
            vec![steps; lengths.len()]
        } else {
            lengths.to_vec()
        };
        Self {
            sentences: Arc::new(Sentences::new(&rows, lengths)),
            steps,
        }
    }

    /// Position of each row in its sentence.
    pub(crate) fn positions(&self, device: &Device) -> Tensor<1, Int> {
        let positions = self
            .sentences
            .ranges()
            .flat_map(|rows| 0..rows.len() as i64);
        int_tensor(positions.collect(), device)
    }

    /// The rows of `padded`, given as `[batch * steps, ..]`.
    pub(crate) fn padded_rows(&self, device: &Device) -> Tensor<1, Int> {
        let numbers = self
            .sentences
            .ranges()
            .enumerate()
            .flat_map(|(sentence, rows)| {
                let first = sentence * self.steps;
                (first..first + rows.len()).map(|row| row as i64)
            });
        int_tensor(numbers.collect(), device)
    }

    /// Whether no sentence is padded.
    fn is_full(&self) -> bool {
        self.sentences.ranges().all(|rows| rows.len() == self.steps)
    }

    /// Rows to `[batch, steps, d_input]`; values in the padding have no meaning.
    pub(crate) fn padded(&self, rows: Tensor<2>) -> Tensor<3> {
        let [_, d_input] = rows.dims();
        let shape = [self.sentences.count(), self.steps, d_input];
        if self.is_full() {
            return rows.reshape(shape);
        }
        let sources = self.sentences.ranges().flat_map(|rows| {
            let steps = 0..self.steps;
            steps.map(move |step| {
                if step < rows.len() {
                    (rows.start + step) as i64
                } else {
                    0
                }
            })
        });
        let sources = int_tensor(sources.collect(), &rows.device());
        rows.select(0, sources).reshape(shape)
    }

    /// The inverse of [`Self::padded`].
    pub(crate) fn unpadded(&self, padded: Tensor<3>) -> Tensor<2> {
        let [batch, steps, d_input] = padded.dims();
        let rows = padded.reshape([batch * steps, d_input]);
        if self.is_full() {
            rows
        } else {
            let indices = self.padded_rows(&rows.device());
            rows.select(0, indices)
        }
    }

    /// True at steps that must not be attended to, `[batch, 1, 1, steps]`; `None` if there are none.
    pub(crate) fn mask(&self, device: &Device) -> Option<Tensor<4, Bool>> {
        let keys = self.sentences.keys();
        if keys.iter().all(|&keys| keys == self.steps) {
            return None;
        }
        let masked = keys
            .iter()
            .flat_map(|&keys| (0..self.steps).map(move |step| step >= keys));
        let shape = [keys.len(), 1, 1, self.steps];
        let data = TensorData::new(masked.collect::<Vec<bool>>(), shape);
        Some(Tensor::from_data(data, device))
    }

    /// The real rows of `lengths` tokens, in the order of a packed sequence.
    pub(crate) fn packed(&self, rows: Tensor<2>, lengths: &[usize]) -> PackedSequence {
        let firsts: Vec<usize> = self.sentences.ranges().map(|rows| rows.start).collect();
        PackedSequence::from_rows(rows, &firsts, lengths)
    }

    /// The mean of each sentence's rows, `[batch, d_input]`.
    ///
    /// On the CPU, and without gradients, it does not depend on the other sentences, to the last bit.
    pub(crate) fn mean(&self, rows: Tensor<2>) -> Tensor<2> {
        let [count, _] = rows.dims();
        let device = rows.device();
        if misa_kernels::on_cpu(&device, rows.dtype()) && !device.is_autodiff() {
            // The product below is summed in parts of its depth, which cut some sentences in two.
            let of = |sentence| rows.clone().slice_dim(0, sentence).mean_dim(0);
            return Tensor::cat(self.sentences.ranges().map(of).collect(), 0);
        }
        let batch = self.sentences.count();
        let mut weights = vec![0.0f32; batch * count];
        for (sentence, rows) in self.sentences.ranges().enumerate() {
            let share = 1.0 / rows.len() as f32;
            weights[sentence * count..][rows].fill(share);
        }
        let weights = TensorData::new(weights, [batch, count]);
        Tensor::<2>::from_data(weights, &device).matmul(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_the_tokens_in_order() {
        let device = Device::flex();
        let tokens = Tokens::new(&[1, 3], 3, false);
        let rows: Vec<i64> = tokens.padded_rows(&device).try_into_vec_as().unwrap();
        assert_eq!(rows, [0, 3, 4, 5]);
        let positions: Vec<i64> = tokens.positions(&device).try_into_vec_as().unwrap();
        assert_eq!(positions, [0, 0, 1, 2]);
        let rows = Tensor::<2>::from_data([[1.0], [2.0], [3.0], [7.0]], &device);
        let again = tokens.unpadded(tokens.padded(rows.clone()));
        again.into_data().assert_eq(&rows.clone().into_data(), true);
        let mean = tokens.mean(rows).into_data();
        mean.assert_eq(&TensorData::from([[1.0f32], [4.0]]), false);
    }

    #[test]
    fn padding_has_rows_where_asked_but_is_never_attended_to() {
        let device = Device::flex();
        let tokens = Tokens::new(&[1, 3], 3, true);
        assert_eq!(tokens.sentences.rows(), 6);
        let mask = tokens.mask(&device).unwrap().into_data();
        let expected = [[[[false, true, true]]], [[[false, false, false]]]];
        mask.assert_eq(&TensorData::from(expected), false);
        assert!(Tokens::new(&[3, 3], 3, false).mask(&device).is_none());
    }
}

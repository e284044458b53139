//! Which utterances of a batch come from one video.

use crate::encoder::{PackedSequence, int_tensor};
use burn::prelude::*;

/// The utterances of a batch, video by video, in the order in which they are spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Videos {
    /// Rows of the batch, video by video.
    order: Vec<usize>,
    /// Utterances of each video.
    counts: Vec<usize>,
}

impl Videos {
    /// From the rows of each video.
    ///
    /// # Panics
    ///
    /// Panics unless every row of a batch is named once, and every video has one.
    pub fn new(videos: &[Vec<usize>]) -> Self {
        let order = videos.concat();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(
            sorted.into_iter().eq(0..order.len()),
            "every row of the batch must be in one video, got {videos:?}"
        );
        let counts: Vec<usize> = videos.iter().map(Vec::len).collect();
        assert!(!counts.contains(&0), "a video needs an utterance");
        Self { order, counts }
    }

    /// Each utterance as a video of its own.
    pub fn apart(batch: usize) -> Self {
        Self {
            order: (0..batch).collect(),
            counts: vec![1; batch],
        }
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.order.len()
    }

    /// One sequence per video, whose steps are its utterances.
    ///
    /// # Shapes
    ///
    /// - rows: `[batch, d_input]`
    pub(crate) fn pack(&self, rows: Tensor<2>) -> PackedSequence {
        let order = self.order.iter().map(|&row| row as i64).collect();
        let rows = rows.clone().select(0, int_tensor(order, &rows.device()));
        PackedSequence::from_rows(rows, &self.firsts(), &self.counts)
    }

    /// The steps of [`Self::pack`] back in the order of the batch.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, d_input]`
    pub(crate) fn unpack(&self, sequence: &PackedSequence) -> Tensor<2> {
        let longest = self.counts.iter().copied().max().unwrap_or(0);
        let padded = sequence.padded(longest);
        let [videos, _, d_input] = padded.dims();
        let mut places = vec![0; self.batch()];
        for (video, (first, &count)) in self.firsts().into_iter().zip(&self.counts).enumerate() {
            for (step, &row) in self.order[first..][..count].iter().enumerate() {
                places[row] = (video * longest + step) as i64;
            }
        }
        let places = int_tensor(places, &padded.device());
        (padded.reshape([videos * longest, d_input])).select(0, places)
    }

    /// Place in `order` of each video's first utterance.
    fn firsts(&self) -> Vec<usize> {
        let mut next = 0;
        let first = |&count: &usize| {
            next += count;
            next - count
        };
        self.counts.iter().map(first).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utterances_come_back_to_their_rows() {
        let device = Device::flex();
        let videos = Videos::new(&[vec![3], vec![4, 0, 2], vec![1]]);
        let rows = Tensor::<2>::from_data([[0.0], [1.0], [2.0], [3.0], [4.0]], &device);
        let packed = videos.pack(rows.clone());
        assert_eq!(packed.lengths(), [1, 3, 1]);
        // The longest video first: 4 with the first utterances of the others, then 0, then 2.
        let expected = TensorData::from([[4.0f32], [3.0], [1.0], [0.0], [2.0]]);
        packed.rows.to_data().assert_eq(&expected, true);
        let back = videos.unpack(&packed).into_data();
        back.assert_eq(&rows.into_data(), true);
    }

    #[test]
    #[should_panic(expected = "every row of the batch must be in one video, got [[0, 2]]")]
    fn no_row_is_left_out() {
        Videos::new(&[vec![0, 2]]);
    }
}

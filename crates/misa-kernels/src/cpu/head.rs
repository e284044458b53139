//! Attention of one head over one sequence.

use crate::cpu::attention::Projected;
use crate::cpu::buffer::Buffer;
use crate::cpu::left::Left;
use crate::cpu::mask::Dropout;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{Panels, pieces};
use crate::cpu::product::{Onto, multiply};
use crate::cpu::softmax::{softmax, softmax_gradient};
use std::ops::Range;

/// Rows whose probabilities are at work at once: they stay in the second-level cache.
pub(crate) const BLOCK: usize = 64;

/// One head of one sequence.
pub(crate) struct Head<'a> {
    /// `[length, d_head]`, keys and values `[n_keys, d_head]`.
    pub(crate) projected: Projected<Rows<'a>>,
    /// Where the queries are among all rows.
    pub(crate) rows: Range<usize>,
    /// Rows of the source, of which the keys are the first.
    pub(crate) n_source: usize,
    pub(crate) columns: Range<usize>,
    pub(crate) dropout: Dropout,
    /// Index of the first probability.
    pub(crate) first: usize,
}

impl Head<'_> {
    fn n_keys(&self) -> usize {
        self.projected.keys.count()
    }

    /// How many there are.
    pub(crate) fn probabilities(&self) -> usize {
        self.rows.len() * self.n_keys()
    }

    /// How many numbers its part of the rows has.
    pub(crate) fn elements(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// The same of the source.
    pub(crate) fn source_elements(&self) -> usize {
        self.n_source * self.columns.len()
    }

    fn scale(&self) -> f32 {
        1.0 / (self.columns.len() as f32).sqrt()
    }

    /// Pieces of the sequence.
    fn blocks(&self) -> impl Iterator<Item = Range<usize>> {
        pieces(0..self.rows.len(), BLOCK)
    }

    /// A piece of memory for the probabilities of a block.
    fn block_buffer(&self) -> Buffer {
        Buffer::new(self.rows.len().min(BLOCK) * self.n_keys())
    }

    /// Writes all probabilities, `[length, n_keys]`, and the output, `[length, d_head]`.
    pub(crate) fn forward(&self, probabilities: &mut [f32], output: &mut [f32]) {
        let Projected {
            queries,
            keys,
            values,
        } = self.projected;
        let n_keys = self.n_keys();
        let keys = Panels::transposed(keys);
        let values = Panels::new(values);
        let mut kept = self.block_buffer();
        for block in self.blocks() {
            let probabilities = &mut probabilities[block.start * n_keys..block.end * n_keys];
            let kept = &mut kept[..probabilities.len()];
            let queries = Left::Rows(queries.range(block.clone()));
            multiply(queries, &keys, Onto::Nothing, probabilities);
            self.mask(&block, kept);
            softmax(probabilities, n_keys, self.scale(), kept);
            let d_head = self.columns.len();
            let output = &mut output[block.start * d_head..block.end * d_head];
            multiply(
                Left::Rows(Rows::new(kept, n_keys)),
                &values,
                Onto::Nothing,
                output,
            );
        }
    }

    /// Writes the gradients of the queries, `[length, d_head]`, and of keys and values,
    /// `[n_source, d_head]`.
    pub(crate) fn backward(
        &self,
        probabilities: &[f32],
        d_output: Rows<'_>,
        gradients: Projected<&mut [f32]>,
    ) {
        let Projected {
            queries,
            keys,
            values,
        } = self.projected;
        let (n_keys, d_head) = (self.n_keys(), self.columns.len());
        let keys = Panels::new(keys);
        let values = Panels::transposed(values);
        let [mut kept, mut d_scores] = [self.block_buffer(), self.block_buffer()];
        gradients.keys.fill(0.0);
        gradients.values.fill(0.0);
        for block in self.blocks() {
            let probabilities = &probabilities[block.start * n_keys..block.end * n_keys];
            let kept = &mut kept[..probabilities.len()];
            let d_scores = &mut d_scores[..probabilities.len()];
            let d_output = d_output.range(block.clone());
            multiply(Left::Rows(d_output), &values, Onto::Nothing, d_scores);
            self.mask(&block, kept);
            softmax_gradient(probabilities, n_keys, self.scale(), kept, d_scores);

            let [kept, d_scores] = [&*kept, &*d_scores].map(|rows| Rows::new(rows, n_keys));
            let d_queries = &mut gradients.queries[block.start * d_head..block.end * d_head];
            multiply(Left::Rows(d_scores), &keys, Onto::Nothing, d_queries);
            let queries = Panels::new(queries.range(block));
            let attended = n_keys * d_head;
            let d_keys = &mut gradients.keys[..attended];
            multiply(Left::Transposed(d_scores), &queries, Onto::Present, d_keys);
            let d_values = &mut gradients.values[..attended];
            multiply(
                Left::Transposed(kept),
                &Panels::new(d_output),
                Onto::Present,
                d_values,
            );
        }
    }

    /// The mask of a block's probabilities.
    fn mask(&self, block: &Range<usize>, mask: &mut [f32]) {
        let first = self.first + block.start * self.n_keys();
        self.dropout.fill(first, mask);
    }
}

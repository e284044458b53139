//! Means over the rows of each sequence.

use crate::cpu::attention::{end, split};
use crate::cpu::row::add;
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Writes the mean of each sequence's rows, `[sequences, columns]`; `x` is `[rows, columns]`, the
/// sequences one after the other.
pub(crate) fn forward(x: &[f32], sequences: &[Range<usize>], means: &mut [f32]) {
    let Some(columns) = columns(sequences, x.len(), means.len()) else {
        return;
    };
    let tasks = means.par_chunks_mut(columns).zip(sequences);
    tasks.for_each(|(mean, rows)| {
        let rows = &x[rows.start * columns..rows.end * columns];
        Arch::new().dispatch(Forward { rows, mean });
    });
}

/// Writes the gradient of `x`, `[rows, columns]`, from that of the means.
pub(crate) fn backward(d_means: &[f32], sequences: &[Range<usize>], d_x: &mut [f32]) {
    let Some(columns) = columns(sequences, d_x.len(), d_means.len()) else {
        return;
    };
    let rows = split(d_x, sequences.iter().map(|rows| rows.len() * columns));
    let tasks = rows.into_par_iter().zip(d_means.par_chunks(columns));
    tasks.for_each(|(rows, mean)| Arch::new().dispatch(Backward { rows, mean }));
}

/// `None` if there are no sequences.
fn columns(sequences: &[Range<usize>], rows: usize, means: usize) -> Option<usize> {
    let columns = means.checked_div(sequences.len())?;
    assert_eq!(means, sequences.len() * columns);
    assert_eq!(rows, end(sequences) * columns);
    assert!(columns > 0, "rows have columns");
    Some(columns)
}

/// One sequence.
struct Forward<'a> {
    rows: &'a [f32],
    mean: &'a mut [f32],
}

/// The same for the backward pass.
struct Backward<'a> {
    rows: &'a mut [f32],
    mean: &'a [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.mean.len();
        self.mean.fill(0.0);
        for row in self.rows.chunks_exact(columns) {
            add(simd, row, self.mean);
        }
        let share = simd.splat_f32s(share(self.rows.len() / columns));
        for piece in lanes::<S>(columns) {
            let mean = simd.mul_f32s(load(simd, &self.mean[piece.clone()]), share);
            store(simd, &mut self.mean[piece], mean);
        }
    }
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.mean.len();
        let share = simd.splat_f32s(share(self.rows.len() / columns));
        for row in self.rows.chunks_exact_mut(columns) {
            for piece in lanes::<S>(columns) {
                let d = simd.mul_f32s(load(simd, &self.mean[piece.clone()]), share);
                store(simd, &mut row[piece], d);
            }
        }
    }
}

/// Of one row in the mean of `count`.
fn share(count: usize) -> f32 {
    1.0 / count as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{numbers, on_one_and_two_threads};

    #[test]
    fn each_mean_is_that_of_its_rows_and_shares_its_gradient() {
        let x = [1.0, 10.0, 3.0, 20.0, 5.0, 7.0];
        let sequences = [0..2, 2..3];
        let mut means = [f32::NAN; 4];
        forward(&x, &sequences, &mut means);
        assert_eq!(means, [2.0, 15.0, 5.0, 7.0]);
        let mut d_x = [f32::NAN; 6];
        backward(&[4.0, -2.0, 1.0, 3.0], &sequences, &mut d_x);
        assert_eq!(d_x, [2.0, -1.0, 2.0, -1.0, 1.0, 3.0]);
    }

    #[test]
    fn no_sequences_have_no_means() {
        forward(&[], &[], &mut []);
        backward(&[], &[], &mut []);
    }

    #[test]
    fn threads_change_no_bit() {
        let sequences = [0..40, 40..41, 41..90];
        let x = numbers(90 * 21, 1);
        let [one, two] = on_one_and_two_threads(|| {
            let mut means = vec![f32::NAN; 3 * 21];
            forward(&x, &sequences, &mut means);
            let mut d_x = vec![f32::NAN; x.len()];
            backward(&means, &sequences, &mut d_x);
            (means, d_x)
        });
        assert_eq!(one, two);
    }
}

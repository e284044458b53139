//! Softmax of rows of scores, and what dropout makes of it.

use crate::cpu::functions::exp;
use crate::cpu::row::multiply;
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};

/// Turns each row of `scores`, `[rows, columns]`, times `scale`, into probabilities, and multiplies
/// `mask` by them.
pub(crate) fn softmax(scores: &mut [f32], columns: usize, scale: f32, mask: &mut [f32]) {
    assert_eq!(scores.len(), mask.len());
    Arch::new().dispatch(Forward {
        scores,
        columns,
        scale,
        mask,
    });
}

/// From the gradient of the masked probabilities to that of the scores, in place; `mask` becomes
/// the masked probabilities.
pub(crate) fn softmax_gradient(
    probabilities: &[f32],
    columns: usize,
    scale: f32,
    mask: &mut [f32],
    gradient: &mut [f32],
) {
    assert_eq!([mask.len(), gradient.len()], [probabilities.len(); 2]);
    Arch::new().dispatch(Backward {
        probabilities,
        columns,
        scale,
        mask,
        gradient,
    });
}

struct Forward<'a> {
    scores: &'a mut [f32],
    columns: usize,
    scale: f32,
    mask: &'a mut [f32],
}

struct Backward<'a> {
    probabilities: &'a [f32],
    columns: usize,
    scale: f32,
    mask: &'a mut [f32],
    gradient: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = (self.scores.chunks_exact_mut(self.columns))
            .zip(self.mask.chunks_exact_mut(self.columns));
        for (row, mask) in rows {
            let sum = exponentials(simd, row, self.scale);
            divide(simd, row, sum);
            multiply(simd, row, mask);
        }
    }
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.columns;
        let rows = (self.probabilities.chunks_exact(columns))
            .zip(self.mask.chunks_exact_mut(columns))
            .zip(self.gradient.chunks_exact_mut(columns));
        for ((row, mask), gradient) in rows {
            multiply(simd, row, mask);
            multiply(simd, mask, gradient);
            let sum = sum(simd, gradient);
            let [scale, share] = [self.scale, -sum * self.scale].map(|x| simd.splat_f32s(x));
            for piece in lanes::<S>(columns) {
                let shared = simd.mul_f32s(load(simd, &row[piece.clone()]), share);
                let d = load(simd, &gradient[piece.clone()]);
                store(
                    simd,
                    &mut gradient[piece],
                    simd.mul_add_e_f32s(d, scale, shared),
                );
            }
        }
    }
}

/// Replaces each number by `e^(scale * (x - max))`, and gives their sum.
#[inline(always)]
fn exponentials<S: Simd>(simd: S, row: &mut [f32], scale: f32) -> f32 {
    let max = simd.splat_f32s(max(simd, row));
    let scale = simd.splat_f32s(scale);
    for piece in lanes::<S>(row.len()) {
        let below = simd.sub_f32s(load(simd, &row[piece.clone()]), max);
        store(
            simd,
            &mut row[piece],
            exp(simd, simd.mul_f32s(below, scale)),
        );
    }
    sum(simd, row)
}

/// The largest that is a number.
#[inline(always)]
fn max<S: Simd>(simd: S, row: &[f32]) -> f32 {
    let (vectors, rest) = S::as_simd_f32s(row);
    let lowest = simd.splat_f32s(f32::NEG_INFINITY);
    let max = vectors.iter().fold(lowest, |max, &x| simd.max_f32s(x, max));
    rest.iter()
        .fold(simd.reduce_max_f32s(max), |max, &x| max.max(x))
}

#[inline(always)]
fn sum<S: Simd>(simd: S, row: &[f32]) -> f32 {
    let sum = lanes::<S>(row.len()).fold(simd.splat_f32s(0.0), |sum, piece| {
        simd.add_f32s(sum, load(simd, &row[piece]))
    });
    simd.reduce_sum_f32s(sum)
}

#[inline(always)]
fn divide<S: Simd>(simd: S, row: &mut [f32], by: f32) {
    let factor = simd.splat_f32s(1.0 / by);
    for piece in lanes::<S>(row.len()) {
        let quotient = simd.mul_f32s(load(simd, &row[piece.clone()]), factor);
        store(simd, &mut row[piece], quotient);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{assert_close, numbers, slopes, wide};

    const COLUMNS: [usize; 6] = [1, 2, 16, 25, 33, 100];

    fn expected(scores: &[f64], columns: usize, scale: f64) -> Vec<f64> {
        let rows = scores.chunks(columns).map(|row| {
            let max = row.iter().fold(f64::NEG_INFINITY, |max, x| max.max(*x));
            let exp: Vec<f64> = row.iter().map(|x| (scale * (x - max)).exp()).collect();
            let sum: f64 = exp.iter().sum();
            exp.into_iter().map(move |x| x / sum).collect::<Vec<_>>()
        });
        rows.flatten().collect()
    }

    #[test]
    fn values_and_gradients_match_their_definition() {
        for columns in COLUMNS {
            let scores: Vec<f32> = numbers(3 * columns, 1)
                .iter()
                .map(|x| 20.0 * x - 90.0)
                .collect();
            let mask = numbers(3 * columns, 2);
            let d = numbers(3 * columns, 3);
            let mut probabilities = scores.clone();
            let mut masked = mask.clone();
            softmax(&mut probabilities, columns, 0.5, &mut masked);
            assert_close(
                &probabilities,
                &expected(&wide(&scores), columns, 0.5),
                2e-7,
            );

            let loss = |scores: &[f64]| {
                let terms = expected(scores, columns, 0.5)
                    .into_iter()
                    .zip(wide(&mask).into_iter().zip(wide(&d)));
                terms.map(|(x, (mask, d))| x * mask * d).sum()
            };
            let mut again = mask.clone();
            let mut gradient = d.clone();
            softmax_gradient(&probabilities, columns, 0.5, &mut again, &mut gradient);
            assert_eq!(again, masked);
            assert_close(&gradient, &slopes(&scores, loss), 1e-6);
        }
    }

    #[test]
    fn extreme_scores_are_taken_whole_and_nan_spoils_its_row_alone() {
        for columns in COLUMNS {
            let mut scores = vec![-3e38; 3 * columns];
            scores[columns - 1] = 3e38;
            scores[columns] = f32::NAN;
            softmax(&mut scores, columns, 0.125, &mut vec![1.0; 3 * columns]);
            let [first, second, third] = [0, 1, 2].map(|row| &scores[row * columns..][..columns]);
            assert_eq!(first[columns - 1], 1.0);
            assert!(first[..columns - 1].iter().all(|&x| x < 1e-30));
            assert!(second.iter().all(|x| x.is_nan()));
            assert_close(third, &vec![1.0 / columns as f64; columns], 1e-7);
        }
    }
}

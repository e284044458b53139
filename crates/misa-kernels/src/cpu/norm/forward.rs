//! The forward pass over the rows of a task.

use super::{Norm, Terms};
use crate::cpu::row::{centre, dot, mean};
use crate::cpu::step::{lanes, load, store};
use pulp::{Simd, WithSimd};

/// The rows of a task.
pub(super) struct Forward<'a> {
    pub(super) norm: Norm<'a>,
    pub(super) terms: Terms<'a>,
    /// Index of the first element.
    pub(super) first: usize,
    /// `x` before, `y` after.
    pub(super) y: &'a mut [f32],
    pub(super) trace: Option<TraceRows<'a>>,
}

/// The same rows of what is recorded.
pub(super) struct TraceRows<'a> {
    pub(super) normalised: &'a mut [f32],
    pub(super) scale: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let columns = self.norm.gamma.len();
        let mut mask = vec![1.0; columns];
        for (index, y) in self.y.chunks_exact_mut(columns).enumerate() {
            let first = self.first + index * columns;
            if self.norm.dropout.probability > 0.0 {
                self.norm.dropout.fill(first, &mut mask);
            }
            add_terms(simd, self.terms, first, &mask, y);
            centre(simd, y);
            // The rounding error of the mean.
            centre(simd, y);
            let variance = mean(columns, dot(simd, y, y));
            let scale = 1.0 / (variance + self.norm.epsilon).sqrt();
            let normalised = self.trace.as_mut().map(|trace| {
                trace.scale[index] = scale;
                &mut trace.normalised[index * columns..][..columns]
            });
            finish(simd, &self.norm, scale, normalised, y);
        }
    }
}

/// From `x` to the sum of the terms, from element `first` on.
#[inline(always)]
fn add_terms<S: Simd>(simd: S, terms: Terms<'_>, first: usize, mask: &[f32], z: &mut [f32]) {
    let residual = terms.residual.map(|rows| &rows[first..][..z.len()]);
    let zero = simd.splat_f32s(0.0);
    for piece in lanes::<S>(z.len()) {
        let bias = terms
            .bias
            .map_or(zero, |row| load(simd, &row[piece.clone()]));
        let residual = residual.map_or(zero, |row| load(simd, &row[piece.clone()]));
        let x = simd.add_f32s(load(simd, &z[piece.clone()]), bias);
        let mask = load(simd, &mask[piece.clone()]);
        store(simd, &mut z[piece], simd.mul_add_e_f32s(mask, x, residual));
    }
}

/// From what is centred to `y`, by way of what is `normalised`.
#[inline(always)]
fn finish<S: Simd>(
    simd: S,
    norm: &Norm<'_>,
    scale: f32,
    mut normalised: Option<&mut [f32]>,
    y: &mut [f32],
) {
    let scale = simd.splat_f32s(scale);
    for piece in lanes::<S>(y.len()) {
        let scaled = simd.mul_f32s(load(simd, &y[piece.clone()]), scale);
        if let Some(row) = &mut normalised {
            store(simd, &mut row[piece.clone()], scaled);
        }
        let gamma = load(simd, &norm.gamma[piece.clone()]);
        let beta = load(simd, &norm.beta[piece.clone()]);
        store(
            simd,
            &mut y[piece],
            simd.mul_add_e_f32s(scaled, gamma, beta),
        );
    }
}

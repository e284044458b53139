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
    pub(super) y: &'a mut [f32],
    pub(super) normalised: &'a mut [f32],
    pub(super) scale: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.norm.gamma.len();
        let mut mask = vec![0.0; columns];
        let rows = (self.y.chunks_exact_mut(columns))
            .zip(self.normalised.chunks_exact_mut(columns))
            .zip(self.scale);
        for (index, ((y, z), scale)) in rows.enumerate() {
            let first = self.first + index * columns;
            self.norm.dropout.fill(first, &mut mask);
            add_terms(simd, self.terms, first, &mask, z);
            centre(simd, z);
            // The rounding error of the mean.
            centre(simd, z);
            let variance = mean(columns, dot(simd, z, z));
            *scale = 1.0 / (variance + self.norm.epsilon).sqrt();
            finish(simd, &self.norm, *scale, z, y);
        }
    }
}

/// The sum of `terms` from element `first` on.
#[inline(always)]
fn add_terms<S: Simd>(simd: S, terms: Terms<'_>, first: usize, mask: &[f32], z: &mut [f32]) {
    let x = &terms.x[first..][..z.len()];
    let residual = terms.residual.map(|rows| &rows[first..][..x.len()]);
    let zero = simd.splat_f32s(0.0);
    for piece in lanes::<S>(x.len()) {
        let bias = terms
            .bias
            .map_or(zero, |row| load(simd, &row[piece.clone()]));
        let residual = residual.map_or(zero, |row| load(simd, &row[piece.clone()]));
        let x = simd.add_f32s(load(simd, &x[piece.clone()]), bias);
        let mask = load(simd, &mask[piece.clone()]);
        store(simd, &mut z[piece], simd.mul_add_e_f32s(mask, x, residual));
    }
}

/// Scales what is centred in `z`, and writes `y`.
#[inline(always)]
fn finish<S: Simd>(simd: S, norm: &Norm<'_>, scale: f32, z: &mut [f32], y: &mut [f32]) {
    let scale = simd.splat_f32s(scale);
    for piece in lanes::<S>(z.len()) {
        let normalised = simd.mul_f32s(load(simd, &z[piece.clone()]), scale);
        let gamma = load(simd, &norm.gamma[piece.clone()]);
        let beta = load(simd, &norm.beta[piece.clone()]);
        store(simd, &mut z[piece.clone()], normalised);
        store(
            simd,
            &mut y[piece],
            simd.mul_add_e_f32s(normalised, gamma, beta),
        );
    }
}

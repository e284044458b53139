//! The backward pass over the rows of a task.

use super::{Norm, SUMS, Trace};
use crate::cpu::row::{add, add_product, centre, dot, mean, multiply};
use crate::cpu::step::{lanes, load, store};
use pulp::{Simd, WithSimd};

/// The rows of a task.
pub(super) struct Backward<'a> {
    pub(super) norm: Norm<'a>,
    pub(super) trace: &'a Trace,
    pub(super) d_y: &'a [f32],
    pub(super) first_row: usize,
    pub(super) d_z: &'a mut [f32],
    pub(super) d_x: Option<&'a mut [f32]>,
    /// Which of the sums.
    pub(super) wanted: [bool; SUMS],
    pub(super) sums: &'a mut [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let columns = self.norm.gamma.len();
        let mut masked = vec![0.0; columns];
        let (bias, rest) = self.sums.split_at_mut(columns);
        let (gamma, beta) = rest.split_at_mut(columns);
        for (index, d_z) in self.d_z.chunks_exact_mut(columns).enumerate() {
            let row = self.first_row + index;
            let d_y = &self.d_y[row * columns..][..columns];
            let normalised = &self.trace.normalised[row * columns..][..columns];
            differentiate(
                simd,
                &self.norm,
                [d_y, normalised],
                self.trace.scale[row],
                d_z,
            );
            if self.d_x.is_some() || self.wanted[0] {
                self.norm.dropout.fill(row * columns, &mut masked);
                multiply(simd, d_z, &mut masked);
            }
            if let Some(d_x) = &mut self.d_x {
                d_x[index * columns..][..columns].copy_from_slice(&masked);
            }
            if self.wanted[0] {
                add(simd, &masked, bias);
            }
            if self.wanted[1] {
                add_product(simd, d_y, normalised, gamma);
            }
            if self.wanted[2] {
                add(simd, d_y, beta);
            }
        }
    }
}

/// `d_z = (d - mean(d) - normalised * mean(d * normalised)) * scale` where `d = d_y * gamma`
#[inline(always)]
fn differentiate<S: Simd>(
    simd: S,
    norm: &Norm<'_>,
    [d_y, normalised]: [&[f32]; 2],
    scale: f32,
    d_z: &mut [f32],
) {
    d_z.copy_from_slice(d_y);
    multiply(simd, norm.gamma, d_z);
    let along = simd.splat_f32s(mean(d_z.len(), dot(simd, d_z, normalised)));
    centre(simd, d_z);
    let scale = simd.splat_f32s(scale);
    for piece in lanes::<S>(d_z.len()) {
        let normalised = load(simd, &normalised[piece.clone()]);
        let d = load(simd, &d_z[piece.clone()]);
        let d = simd.sub_f32s(d, simd.mul_f32s(normalised, along));
        store(simd, &mut d_z[piece], simd.mul_f32s(d, scale));
    }
}

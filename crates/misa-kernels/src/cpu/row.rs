//! Arithmetic on rows of numbers.

use crate::cpu::step::{lanes, load, store};
use pulp::Simd;

/// Subtracts the mean of `row` from it.
#[inline(always)]
pub(crate) fn centre<S: Simd>(simd: S, row: &mut [f32]) {
    let sum = lanes::<S>(row.len()).fold(simd.splat_f32s(0.0), |sum, piece| {
        simd.add_f32s(sum, load(simd, &row[piece]))
    });
    let mean = simd.splat_f32s(mean(row.len(), simd.reduce_sum_f32s(sum)));
    for piece in lanes::<S>(row.len()) {
        let centred = simd.sub_f32s(load(simd, &row[piece.clone()]), mean);
        store(simd, &mut row[piece], centred);
    }
}

/// Sum of `a * b`.
#[inline(always)]
pub(crate) fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let sum = lanes::<S>(a.len()).fold(simd.splat_f32s(0.0), |sum, piece| {
        simd.mul_add_e_f32s(load(simd, &a[piece.clone()]), load(simd, &b[piece]), sum)
    });
    simd.reduce_sum_f32s(sum)
}

/// Of `count` numbers with this `sum`.
#[inline(always)]
pub(crate) fn mean(count: usize, sum: f32) -> f32 {
    sum / count as f32
}

/// `out *= row`
#[inline(always)]
pub(crate) fn multiply<S: Simd>(simd: S, row: &[f32], out: &mut [f32]) {
    for piece in lanes::<S>(out.len()) {
        let product = simd.mul_f32s(
            load(simd, &row[piece.clone()]),
            load(simd, &out[piece.clone()]),
        );
        store(simd, &mut out[piece], product);
    }
}

/// `out += row`
#[inline(always)]
pub(crate) fn add<S: Simd>(simd: S, row: &[f32], out: &mut [f32]) {
    for piece in lanes::<S>(out.len()) {
        let sum = simd.add_f32s(
            load(simd, &out[piece.clone()]),
            load(simd, &row[piece.clone()]),
        );
        store(simd, &mut out[piece], sum);
    }
}

/// `out += a * b`
#[inline(always)]
pub(crate) fn add_product<S: Simd>(simd: S, a: &[f32], b: &[f32], out: &mut [f32]) {
    for piece in lanes::<S>(out.len()) {
        let [a, b] = [a, b].map(|row| load(simd, &row[piece.clone()]));
        let sum = simd.mul_add_e_f32s(a, b, load(simd, &out[piece.clone()]));
        store(simd, &mut out[piece], sum);
    }
}

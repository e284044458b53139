//! Arithmetic on rows of numbers.

use crate::cpu::matrix::Rows;
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};

/// Adds `rows`, `[_, columns]`, onto `sums`, `[columns]`, in their order.
pub(crate) fn add_rows(rows: Rows<'_>, sums: &mut [f32]) {
    assert_eq!(rows.columns, sums.len());
    Arch::new().dispatch(AddRows { rows, sums });
}

struct AddRows<'a> {
    rows: Rows<'a>,
    sums: &'a mut [f32],
}

impl WithSimd for AddRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for row in 0..self.rows.count() {
            add(simd, self.rows.row(row), self.sums);
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_in_their_order() {
        // Whole vectors and a rest; in another order, the last 1 would be rounded away.
        for columns in [1, 8, 16, 35] {
            let rows = [1e8_f32, -1e8, 1.0]
                .map(|value| vec![value; columns])
                .concat();
            let mut sums = vec![0.5; columns];
            add_rows(Rows::new(&rows, columns), &mut sums);
            assert_eq!(sums, vec![1.0; columns]);
        }
    }
}

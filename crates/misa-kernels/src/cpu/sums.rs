//! Rows plus a bias, rectified or added to other rows, with dropout, in one pass over memory.

use crate::cpu::buffer::Buffer;
use crate::cpu::mask::Dropout;
use crate::cpu::norm::add_up;
use crate::cpu::row::{add, multiply};
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows of a task. The sums over columns depend on it, not on the number of threads.
const ROWS: usize = 16;

/// What becomes of `x + bias`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// `mask * max(x + bias, 0)`
    Rectified,
    /// `residual + mask * (x + bias)`, with `residual` `[rows, columns]`.
    Added(&'a [f32]),
}

/// By what the gradient of `x + bias` differs from that of the result.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slope<'a> {
    /// Nothing where the result of [`Kind::Rectified`], `[rows, columns]`, is 0; elsewhere the factor of
    /// what dropout keeps.
    Rectified(&'a [f32]),
    /// The mask.
    Added,
}

/// Writes `y`, `[rows, columns]` as `x`; `bias` is `[columns]`.
pub(crate) fn forward(x: &[f32], bias: &[f32], kind: Kind<'_>, dropout: Dropout, y: &mut [f32]) {
    let chunk = ROWS * columns(bias.len(), x.len());
    assert_eq!(x.len(), y.len());
    if let Kind::Added(residual) = kind {
        assert_eq!(residual.len(), y.len());
    }
    let tasks = x.par_chunks(chunk).zip(y.par_chunks_mut(chunk)).enumerate();
    tasks.for_each(|(task, (x, y))| {
        Arch::new().dispatch(Forward {
            x,
            bias,
            kind,
            dropout,
            first: task * chunk,
            y,
        });
    });
}

/// Writes the gradients of `x`, `[rows, columns]`, and of the bias, `[columns]`, from that of `y`.
pub(crate) fn backward(
    d_y: &[f32],
    slope: Slope<'_>,
    dropout: Dropout,
    d_x: &mut [f32],
    d_bias: &mut [f32],
) {
    let columns = columns(d_bias.len(), d_y.len());
    assert_eq!(d_y.len(), d_x.len());
    let chunk = ROWS * columns;
    let mut sums = Buffer::zeros(d_y.len().div_ceil(chunk) * columns);
    let tasks = (
        d_y.par_chunks(chunk),
        d_x.par_chunks_mut(chunk),
        sums.par_chunks_mut(columns),
    );
    let tasks = tasks.into_par_iter().enumerate();
    tasks.for_each(|(task, (d_y, d_x, sums))| {
        Arch::new().dispatch(Backward {
            d_y,
            slope,
            dropout,
            first: task * chunk,
            d_x,
            sums,
        });
    });
    add_up(sums.chunks(columns), d_bias);
}

fn columns(columns: usize, count: usize) -> usize {
    assert!(columns > 0 && count.is_multiple_of(columns));
    columns
}

/// The rows of a task.
struct Forward<'a> {
    x: &'a [f32],
    bias: &'a [f32],
    kind: Kind<'a>,
    dropout: Dropout,
    /// Index of the first element.
    first: usize,
    y: &'a mut [f32],
}

/// The same for the backward pass.
struct Backward<'a> {
    d_y: &'a [f32],
    slope: Slope<'a>,
    dropout: Dropout,
    first: usize,
    d_x: &'a mut [f32],
    /// `[columns]`
    sums: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.bias.len();
        let zero = simd.splat_f32s(0.0);
        let rows = (self.x.chunks_exact(columns)).zip(self.y.chunks_exact_mut(columns));
        for (index, (x, y)) in rows.enumerate() {
            let first = self.first + index * columns;
            self.dropout.fill(first, y);
            for piece in lanes::<S>(columns) {
                let bias = load(simd, &self.bias[piece.clone()]);
                let sum = simd.add_f32s(load(simd, &x[piece.clone()]), bias);
                let mask = load(simd, &y[piece.clone()]);
                let value = match self.kind {
                    // Not the maximum, of which NaN may or may not be part.
                    Kind::Rectified => {
                        let is_negative = simd.less_than_f32s(sum, zero);
                        simd.mul_f32s(mask, simd.select_f32s(is_negative, zero, sum))
                    }
                    Kind::Added(residual) => {
                        let residual = &residual[first + piece.start..first + piece.end];
                        simd.mul_add_e_f32s(mask, sum, load(simd, residual))
                    }
                };
                store(simd, &mut y[piece], value);
            }
        }
    }
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.sums.len();
        let rows = (self.d_y.chunks_exact(columns)).zip(self.d_x.chunks_exact_mut(columns));
        for (index, (d_y, d_x)) in rows.enumerate() {
            let first = self.first + index * columns;
            match self.slope {
                Slope::Rectified(y) => {
                    let y = &y[first..first + columns];
                    rectified(simd, y, d_y, self.dropout.kept(), d_x);
                }
                Slope::Added => {
                    self.dropout.fill(first, d_x);
                    multiply(simd, d_y, d_x);
                }
            }
            add(simd, d_x, self.sums);
        }
    }
}

/// `d_y` times `kept` where `y` is positive, else 0.
#[inline(always)]
fn rectified<S: Simd>(simd: S, y: &[f32], d_y: &[f32], kept: f32, d_x: &mut [f32]) {
    let [zero, kept] = [0.0, kept].map(|x| simd.splat_f32s(x));
    for piece in lanes::<S>(y.len()) {
        let is_positive = simd.greater_than_f32s(load(simd, &y[piece.clone()]), zero);
        let d_y = simd.mul_f32s(load(simd, &d_y[piece.clone()]), kept);
        let d = simd.select_f32s(is_positive, d_y, zero);
        store(simd, &mut d_x[piece], d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{assert_close, numbers, on_one_and_two_threads, slopes, wide};

    /// Output, and the gradients of `x` and the bias.
    type All = [Vec<f32>; 3];

    /// Rows with all that belongs to them.
    struct Case {
        x: Vec<f32>,
        bias: Vec<f32>,
        residual: Option<Vec<f32>>,
        d_y: Vec<f32>,
        dropout: Dropout,
    }

    impl Case {
        fn new(rows: usize, columns: usize, probability: f64, is_added: bool) -> Self {
            let matrix = |seed| numbers(rows * columns, seed);
            Self {
                x: matrix(1),
                bias: numbers(columns, 2),
                residual: is_added.then(|| matrix(3)),
                d_y: matrix(4),
                dropout: Dropout {
                    probability,
                    seed: 5,
                },
            }
        }

        fn run(&self) -> All {
            let mut y = vec![f32::NAN; self.x.len()];
            let kind = match &self.residual {
                None => Kind::Rectified,
                Some(residual) => Kind::Added(residual),
            };
            forward(&self.x, &self.bias, kind, self.dropout, &mut y);
            let mut d_x = vec![f32::NAN; self.x.len()];
            let mut d_bias = vec![f32::NAN; self.bias.len()];
            let slope = match &self.residual {
                None => Slope::Rectified(&y),
                Some(_) => Slope::Added,
            };
            backward(&self.d_y, slope, self.dropout, &mut d_x, &mut d_bias);
            [y, d_x, d_bias]
        }

        fn expected(&self, [x, bias]: [&[f64]; 2]) -> Vec<f64> {
            let mut mask = vec![0.0; x.len()];
            self.dropout.fill(0, &mut mask);
            let value = |(index, (x, &mask)): (usize, (&f64, &f32))| {
                let sum = x + bias[index % bias.len()];
                match &self.residual {
                    None => f64::from(mask) * sum.max(0.0),
                    Some(residual) => f64::from(residual[index]) + f64::from(mask) * sum,
                }
            };
            x.iter().zip(&mask).enumerate().map(value).collect()
        }
    }

    #[test]
    fn values_and_gradients_match_their_definition() {
        for (rows, columns, probability) in [(1, 1, 0.0), (3, 16, 0.1), (37, 7, 0.5), (18, 33, 0.1)]
        {
            for is_added in [false, true] {
                let case = Case::new(rows, columns, probability, is_added);
                let [y, d_x, d_bias] = case.run();
                let (x, bias) = (wide(&case.x), wide(&case.bias));
                assert_close(&y, &case.expected([&x, &bias]), 2e-7);
                let loss = |y: Vec<f64>| {
                    let terms = y.iter().zip(&case.d_y);
                    terms.map(|(y, &d)| y * f64::from(d)).sum::<f64>()
                };
                let by_x = slopes(&case.x, |x| loss(case.expected([x, &bias])));
                assert_close(&d_x, &by_x, 1e-6);
                let by_bias = slopes(&case.bias, |bias| loss(case.expected([&x, bias])));
                assert_close(&d_bias, &by_bias, 2e-6);
            }
        }
    }

    #[test]
    fn not_a_number_stays() {
        for is_added in [false, true] {
            let mut case = Case::new(2, 20, 0.0, is_added);
            case.x[3] = f32::NAN;
            case.x[19] = f32::NAN;
            let [y, ..] = case.run();
            assert!(y[3].is_nan() && y[19].is_nan());
            assert_eq!(y.iter().filter(|y| y.is_nan()).count(), 2);
        }
    }

    #[test]
    fn threads_change_no_bit() {
        for is_added in [false, true] {
            let case = Case::new(5 * ROWS + 3, 40, 0.1, is_added);
            let [one, two] = on_one_and_two_threads(|| case.run());
            assert_eq!(one, two);
        }
    }
}

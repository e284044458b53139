//! Layer norm of a sum with dropout on one term.

use crate::cpu::buffer::Buffer;
use crate::cpu::mask::Dropout;
use crate::cpu::row::{add, add_product, centre, dot, mean, multiply};
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows of a task. The sums over columns depend on it, not on the number of threads.
const ROWS: usize = 16;
/// Sums over columns: gradients of `bias`, `gamma` and `beta`.
const SUMS: usize = 3;

/// Layer norm over the columns of a sum of [`Terms`].
///
/// `y = (z - mean) / sqrt(variance + epsilon) * gamma + beta`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Norm<'a> {
    /// `[columns]`
    pub(crate) gamma: &'a [f32],
    /// `[columns]`
    pub(crate) beta: &'a [f32],
    pub(crate) epsilon: f32,
    /// Of `x + bias`.
    pub(crate) dropout: Dropout,
}

/// `z = residual + mask * (x + bias)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// `[rows, columns]`
    pub(crate) x: &'a [f32],
    /// `[columns]`
    pub(crate) bias: Option<&'a [f32]>,
    /// `[rows, columns]`
    pub(crate) residual: Option<&'a [f32]>,
}

/// What the forward pass records for the backward pass.
#[derive(Debug)]
pub(crate) struct Trace {
    /// `[rows, columns]`: `(z - mean) * scale`
    pub(crate) normalised: Buffer,
    /// `[rows]`: `1 / sqrt(variance + epsilon)`
    pub(crate) scale: Buffer,
}

/// Where gradients are written, those that are requested.
#[derive(Debug)]
pub(crate) struct Gradients<'a> {
    /// `[rows, columns]`; without dropout this is that of `x` too.
    pub(crate) residual: &'a mut [f32],
    /// `[rows, columns]`
    pub(crate) x: Option<&'a mut [f32]>,
    /// `[columns]`
    pub(crate) bias: Option<&'a mut [f32]>,
    /// `[columns]`
    pub(crate) gamma: Option<&'a mut [f32]>,
    /// `[columns]`
    pub(crate) beta: Option<&'a mut [f32]>,
}

impl Norm<'_> {
    /// Writes `y`, `[rows, columns]`.
    pub(crate) fn forward(&self, terms: Terms<'_>, y: &mut [f32]) -> Trace {
        let columns = self.columns(terms.x.len());
        assert_eq!(terms.x.len(), y.len());
        assert!(terms.bias.is_none_or(|bias| bias.len() == columns));
        assert!(terms.residual.is_none_or(|rows| rows.len() == y.len()));
        let mut normalised = Buffer::new(y.len());
        let mut scale = Buffer::new(y.len() / columns);
        let rows = normalised.par_chunks_mut(ROWS * columns);
        let tasks = (
            y.par_chunks_mut(ROWS * columns),
            rows,
            scale.par_chunks_mut(ROWS),
        );
        let tasks = tasks.into_par_iter().enumerate();
        tasks.for_each(|(task, (y, normalised, scale))| {
            Arch::new().dispatch(Forward {
                norm: *self,
                terms,
                first: task * ROWS * columns,
                y,
                normalised,
                scale,
            });
        });
        Trace { normalised, scale }
    }

    /// The gradients of [`Self::forward`] from that of `y`.
    pub(crate) fn backward(&self, trace: &Trace, d_y: &[f32], gradients: Gradients<'_>) {
        let columns = self.columns(d_y.len());
        let Gradients {
            residual,
            mut x,
            bias,
            gamma,
            beta,
        } = gradients;
        assert_eq!([trace.normalised.len(), d_y.len()], [residual.len(); 2]);
        assert!(x.as_ref().is_none_or(|x| x.len() == d_y.len()));
        let mut totals = [bias, gamma, beta];
        let wanted = totals.each_ref().map(Option::is_some);

        let mut sums = Buffer::zeros(trace.scale.len().div_ceil(ROWS) * SUMS * columns);
        let mut d_x = x.as_mut().map(|x| x.chunks_mut(ROWS * columns));
        let chunks = residual.chunks_mut(ROWS * columns);
        let tasks: Vec<_> = (chunks.zip(sums.chunks_mut(SUMS * columns)).enumerate())
            .map(|(task, (d_z, sums))| Backward {
                norm: *self,
                trace,
                d_y,
                first_row: task * ROWS,
                d_z,
                d_x: d_x.as_mut().and_then(Iterator::next),
                wanted,
                sums,
            })
            .collect();
        tasks
            .into_par_iter()
            .for_each(|task| Arch::new().dispatch(task));

        for (index, total) in totals.iter_mut().enumerate() {
            if let Some(total) = total {
                assert_eq!(total.len(), columns);
                let parts = sums.chunks(columns).skip(index).step_by(SUMS);
                add_up(parts, total);
            }
        }
    }

    fn columns(&self, count: usize) -> usize {
        let columns = self.gamma.len();
        assert!(columns > 0 && count.is_multiple_of(columns));
        assert_eq!(self.beta.len(), columns);
        columns
    }
}

/// The rows of a task.
struct Forward<'a> {
    norm: Norm<'a>,
    terms: Terms<'a>,
    /// Index of the first element.
    first: usize,
    y: &'a mut [f32],
    normalised: &'a mut [f32],
    scale: &'a mut [f32],
}

/// The same for the backward pass.
struct Backward<'a> {
    norm: Norm<'a>,
    trace: &'a Trace,
    d_y: &'a [f32],
    first_row: usize,
    d_z: &'a mut [f32],
    d_x: Option<&'a mut [f32]>,
    /// Which of the sums.
    wanted: [bool; SUMS],
    sums: &'a mut [f32],
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

/// The sum of `parts`, in their order.
pub(crate) fn add_up<'a>(parts: impl Iterator<Item = &'a [f32]>, total: &mut [f32]) {
    total.fill(0.0);
    for part in parts {
        for (total, part) in total.iter_mut().zip(part) {
            *total += part;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{assert_close, numbers, on_one_and_two_threads, slopes, wide};

    const EPSILON: f32 = 1e-5;

    /// A norm of `rows` rows with all that belongs to it.
    struct Case {
        x: Vec<f32>,
        bias: Vec<f32>,
        residual: Vec<f32>,
        gamma: Vec<f32>,
        beta: Vec<f32>,
        d_y: Vec<f32>,
        dropout: Dropout,
    }

    /// Gradients of `residual`, `x`, `bias`, `gamma` and `beta`.
    type All = [Vec<f32>; 5];

    impl Case {
        fn new(rows: usize, columns: usize, probability: f64) -> Self {
            let row = |seed| numbers(columns, seed);
            let matrix = |seed| numbers(rows * columns, seed);
            Self {
                x: matrix(1),
                bias: row(2),
                residual: matrix(3),
                gamma: row(4),
                beta: row(5),
                d_y: matrix(6),
                dropout: Dropout {
                    probability,
                    seed: 7,
                },
            }
        }

        fn norm(&self) -> Norm<'_> {
            Norm {
                gamma: &self.gamma,
                beta: &self.beta,
                epsilon: EPSILON,
                dropout: self.dropout,
            }
        }

        fn forward(&self) -> (Vec<f32>, Trace) {
            let mut y = vec![f32::NAN; self.x.len()];
            let terms = Terms {
                x: &self.x,
                bias: Some(&self.bias),
                residual: Some(&self.residual),
            };
            let trace = self.norm().forward(terms, &mut y);
            (y, trace)
        }

        fn backward(&self, trace: &Trace) -> All {
            let (count, columns) = (self.x.len(), self.gamma.len());
            let mut all = [count, count, columns, columns, columns].map(|n| vec![f32::NAN; n]);
            let [residual, x, bias, gamma, beta] = &mut all;
            let gradients = Gradients {
                residual,
                x: Some(x),
                bias: Some(bias),
                gamma: Some(gamma),
                beta: Some(beta),
            };
            self.norm().backward(trace, &self.d_y, gradients);
            all
        }

        fn inputs(&self) -> [&[f32]; 5] {
            [&self.residual, &self.x, &self.bias, &self.gamma, &self.beta]
        }

        fn expected(&self, [residual, x, bias, gamma, beta]: [&[f64]; 5]) -> Vec<f64> {
            let columns = gamma.len();
            let mut mask = vec![0.0; x.len()];
            self.dropout.fill(0, &mut mask);
            let term = |index: usize| {
                residual[index] + f64::from(mask[index]) * (x[index] + bias[index % columns])
            };
            let z: Vec<f64> = (0..x.len()).map(term).collect();
            let rows = z.chunks(columns).map(|z| {
                let mean = z.iter().sum::<f64>() / columns as f64;
                let squares = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>();
                let deviation = (squares / columns as f64 + f64::from(EPSILON)).sqrt();
                let y = z.iter().zip(gamma.iter().zip(beta));
                let y = y.map(|(z, (gamma, beta))| (z - mean) / deviation * gamma + beta);
                y.collect::<Vec<_>>()
            });
            rows.flatten().collect()
        }
    }

    #[test]
    fn values_and_gradients_match_their_definition() {
        for (rows, columns, probability) in [(1, 5, 0.0), (3, 16, 0.1), (37, 7, 0.1), (2, 33, 0.5)]
        {
            let case = Case::new(rows, columns, probability);
            let wide_inputs = case.inputs().map(wide);
            let (y, trace) = case.forward();
            let expected = case.expected(wide_inputs.each_ref().map(Vec::as_slice));
            assert_close(&y, &expected, 2e-6);
            for (index, actual) in case.backward(&trace).iter().enumerate() {
                let loss = |input: &[f64]| {
                    let mut inputs = wide_inputs.each_ref().map(Vec::as_slice);
                    inputs[index] = input;
                    let y = case.expected(inputs);
                    y.iter()
                        .zip(&case.d_y)
                        .map(|(y, &d_y)| y * f64::from(d_y))
                        .sum()
                };
                assert_close(actual, &slopes(case.inputs()[index], loss), 1e-5);
            }
        }
    }

    #[test]
    fn what_is_not_given_is_zero_and_what_is_not_asked_for_changes_nothing() {
        let mut case = Case::new(20, 24, 0.0);
        case.bias.fill(0.0);
        case.residual.fill(0.0);
        let (expected, trace) = case.forward();
        let mut y = vec![f32::NAN; expected.len()];
        let terms = Terms {
            x: &case.x,
            bias: None,
            residual: None,
        };
        case.norm().forward(terms, &mut y);
        assert_eq!(y, expected);

        let [d_z, d_x, ..] = case.backward(&trace);
        assert_eq!(d_z, d_x);
        let mut alone = vec![f32::NAN; d_z.len()];
        let gradients = Gradients {
            residual: &mut alone,
            x: None,
            bias: None,
            gamma: None,
            beta: None,
        };
        case.norm().backward(&trace, &case.d_y, gradients);
        assert_eq!(alone, d_z);
    }

    #[test]
    fn what_is_dropped_has_no_gradient() {
        let case = Case::new(30, 64, 0.1);
        let (_, trace) = case.forward();
        let [d_z, d_x, d_bias, ..] = case.backward(&trace);
        let mut mask = vec![0.0; d_z.len()];
        case.dropout.fill(0, &mut mask);
        let masked: Vec<f32> = d_z
            .iter()
            .zip(&mask)
            .map(|(d_z, mask)| d_z * mask)
            .collect();
        assert_eq!(d_x, masked);
        let sum = |column| {
            masked
                .iter()
                .skip(column)
                .step_by(64)
                .map(|&x| f64::from(x))
                .sum()
        };
        assert_close(&d_bias, &(0..64).map(sum).collect::<Vec<_>>(), 1e-5);
    }

    #[test]
    fn a_large_mean_costs_no_precision() {
        let mut case = Case::new(4, 100, 0.0);
        case.x.fill(0.0);
        case.bias.fill(0.0);
        let offset = |x: &f32| 1e4 + (x * 64.0).round() / 64.0;
        case.residual = case.residual.iter().map(offset).collect();
        let inputs = case.inputs().map(wide);
        let expected = case.expected(inputs.each_ref().map(Vec::as_slice));
        assert_close(&case.forward().0, &expected, 2e-6);
    }

    #[test]
    fn equal_columns_give_beta_and_nan_stays() {
        let mut case = Case::new(3, 8, 0.0);
        case.x.fill(-2.0);
        case.bias.fill(0.0);
        case.residual.fill(3.0);
        case.x[9] = f32::NAN;
        let (y, trace) = case.forward();
        assert_eq!([&y[..8], &y[16..]], [&case.beta[..]; 2]);
        assert!(y[8..16].iter().all(|y| y.is_nan()));
        let [d_z, ..] = case.backward(&trace);
        assert!(d_z[8..16].iter().all(|d| d.is_nan()));
        assert!(d_z[..8].iter().all(|d| d.is_finite()));
    }

    #[test]
    fn no_rows_have_no_gradients() {
        let case = Case::new(0, 8, 0.1);
        let (y, trace) = case.forward();
        let [d_z, _, d_bias, ..] = case.backward(&trace);
        assert!(y.is_empty() && d_z.is_empty());
        assert_eq!(d_bias, [0.0; 8]);
    }

    #[test]
    fn threads_change_no_bit() {
        let case = Case::new(203, 100, 0.1);
        let [one, two] = on_one_and_two_threads(|| {
            let (y, trace) = case.forward();
            (y, case.backward(&trace))
        });
        assert_eq!(one, two);
    }
}

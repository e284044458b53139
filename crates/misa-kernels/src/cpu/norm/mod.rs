//! Layer norm of a sum with dropout on one term.

mod backward;
mod forward;

use crate::cpu::buffer::Buffer;
use crate::cpu::mask::Dropout;
use backward::Backward;
use forward::{Forward, TraceRows};
use pulp::Arch;
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

/// What is added to `x`: `z = residual + mask * (x + bias)`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
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
    /// Writes `y` over `x`, `[rows, columns]`.
    pub(crate) fn forward(&self, terms: Terms<'_>, x: &mut [f32]) {
        self.run(terms, x, None);
    }

    /// [`Self::forward`], which records what its gradients need.
    pub(crate) fn traced(&self, terms: Terms<'_>, x: &mut [f32]) -> Trace {
        let mut trace = Trace {
            normalised: Buffer::new(x.len()),
            scale: Buffer::new(x.len() / self.columns(x.len())),
        };
        self.run(terms, x, Some(&mut trace));
        trace
    }

    fn run(&self, terms: Terms<'_>, y: &mut [f32], trace: Option<&mut Trace>) {
        let columns = self.columns(y.len());
        assert!(terms.bias.is_none_or(|bias| bias.len() == columns));
        assert!(terms.residual.is_none_or(|rows| rows.len() == y.len()));
        let mut traces = trace.map(|trace| {
            let normalised = trace.normalised.chunks_mut(ROWS * columns);
            normalised.zip(trace.scale.chunks_mut(ROWS))
        });
        let tasks: Vec<_> = (y.chunks_mut(ROWS * columns).enumerate())
            .map(|(task, y)| Forward {
                norm: *self,
                terms,
                first: task * ROWS * columns,
                y,
                trace: (traces.as_mut().and_then(Iterator::next))
                    .map(|(normalised, scale)| TraceRows { normalised, scale }),
            })
            .collect();
        tasks
            .into_par_iter()
            .for_each(|task| Arch::new().dispatch(task));
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
            let mut y = self.x.clone();
            let terms = Terms {
                bias: Some(&self.bias),
                residual: Some(&self.residual),
            };
            let trace = self.norm().traced(terms, &mut y);
            let mut untraced = self.x.clone();
            self.norm().forward(terms, &mut untraced);
            let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&untraced), bits(&y), "what is recorded changes no bit");
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
        let mut y = case.x.clone();
        let terms = Terms {
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

//! A product with a weight and its gradients, on all threads.

use crate::cpu::matrix::Rows;
use crate::cpu::panels::{Left, Panels, pieces};
use crate::cpu::product::{Onto, multiply, multiply_unpacked};
use crate::cpu::row::add_rows;
use rayon::prelude::*;

/// Tasks for each thread, equally large: the last one to end is waited for.
const TASKS: usize = 2;
/// Fewest rows of a task, which reads the whole right-hand side.
const MIN_ROWS: usize = 48;
/// Fewest rows for which a weight is packed before it is read.
const FEWEST_ROWS: usize = 192;
/// Columns of a task that adds up rows.
const COLUMNS: usize = 256;

/// Writes `x * weight`, `[rows, d_output]`, plus a bias if there is one.
///
/// - x: `[rows, d_input]`
/// - weight: `[d_input, d_output]`
pub(crate) fn forward(x: Rows<'_>, weight: Rows<'_>, bias: Option<&[f32]>, y: &mut [f32]) {
    assert!(bias.is_none_or(|bias| bias.len() == weight.columns));
    let (left, onto) = (Left::Rows(x), bias.map_or(Onto::Nothing, Onto::Row));
    if x.count() < FEWEST_ROWS {
        let threads = rayon::current_num_threads();
        return divided(left, weight.columns, [threads, 1], y, |left, y| {
            multiply_unpacked(left, weight, onto, y);
        });
    }
    product(left, &Panels::on_all_threads(weight), onto, y);
}

/// Writes the gradient of `x`, `[rows, d_input]`, from that of `y`.
pub(crate) fn input_gradient(d_y: Rows<'_>, weight: Rows<'_>, d_x: &mut [f32]) {
    let turned = Panels::transposed_on_all_threads(weight);
    product(Left::Rows(d_y), &turned, Onto::Nothing, d_x);
}

/// Writes the gradient of the weight, `[d_input, d_output]`, from that of `y`.
pub(crate) fn weight_gradient(x: Rows<'_>, d_y: Rows<'_>, d_weight: &mut [f32]) {
    let d_y = Panels::on_all_threads(d_y);
    product(Left::Transposed(x), &d_y, Onto::Nothing, d_weight);
}

/// Writes the gradient of the bias, `[d_output]`, from that of `y`.
pub(crate) fn bias_gradient(d_y: Rows<'_>, d_bias: &mut [f32]) {
    assert_eq!(d_y.columns, d_bias.len());
    let tasks = d_bias.par_chunks_mut(COLUMNS).enumerate();
    tasks.for_each(|(task, sums)| {
        let first = task * COLUMNS;
        sums.fill(0.0);
        add_rows(d_y.columns(first..first + sums.len()), sums);
    });
}

/// `left * right` onto `out`, on all threads.
fn product(left: Left<'_>, right: &Panels, onto: Onto<'_>, out: &mut [f32]) {
    let tasks = TASKS * rayon::current_num_threads();
    divided(left, right.width, [tasks, MIN_ROWS], out, |left, out| {
        multiply(left, right, onto, out);
    });
}

/// Divides the rows of `left` and of `out`, `[rows, width]`, among at most so many tasks of at least so many rows.
fn divided<'a>(
    left: Left<'a>,
    width: usize,
    [tasks, at_least]: [usize; 2],
    out: &mut [f32],
    work: impl Fn(Left<'a>, &mut [f32]) + Sync,
) {
    let at_once = left.rows().div_ceil(tasks).max(at_least);
    let mut rest = out;
    let mut parts = Vec::new();
    for rows in pieces(0..left.rows(), at_once) {
        let (out, next) = rest.split_at_mut(rows.len() * width);
        rest = next;
        parts.push((left.range(rows), out));
    }
    let parts = parts.into_par_iter().with_max_len(1);
    parts.for_each(|(left, out)| work(left, out));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{assert_close, numbers, on_threads, slopes, wide};

    /// A product of `[rows, d_input]` and `[d_input, d_output]` with all that belongs to it.
    struct Case {
        x: Vec<f32>,
        weight: Vec<f32>,
        bias: Vec<f32>,
        d_y: Vec<f32>,
        d_input: usize,
    }

    impl Case {
        fn new([rows, d_input, d_output]: [usize; 3]) -> Self {
            Self {
                x: numbers(rows * d_input, 1),
                weight: numbers(d_input * d_output, 2),
                bias: numbers(d_output, 3),
                d_y: numbers(rows * d_output, 4),
                d_input,
            }
        }

        /// The product, and the gradients of `x`, the weight and the bias.
        fn run(&self) -> [Vec<f32>; 4] {
            let d_output = self.bias.len();
            let x = Rows::new(&self.x, self.d_input);
            let weight = Rows::new(&self.weight, d_output);
            let d_y = Rows::new(&self.d_y, d_output);
            let [mut y, mut d_x, mut d_weight, mut d_bias] =
                [&self.d_y, &self.x, &self.weight, &self.bias].map(|of| vec![f32::NAN; of.len()]);
            forward(x, weight, Some(&self.bias), &mut y);
            input_gradient(d_y, weight, &mut d_x);
            weight_gradient(x, d_y, &mut d_weight);
            bias_gradient(d_y, &mut d_bias);
            [y, d_x, d_weight, d_bias]
        }

        fn expected(&self, [x, weight, bias]: [&[f64]; 3]) -> Vec<f64> {
            let rows = x.chunks(self.d_input).map(|x| {
                let mut y = bias.to_vec();
                for (x, weight) in x.iter().zip(weight.chunks(bias.len())) {
                    for (y, weight) in y.iter_mut().zip(weight) {
                        *y += x * weight;
                    }
                }
                y
            });
            rows.flatten().collect()
        }
    }

    #[test]
    fn values_and_gradients_match_their_definition() {
        for shape in [[1, 1, 1], [3, 5, 7], [50, 9, 33], [7, 40, 20], [2, 3, 300]] {
            let case = Case::new(shape);
            let inputs = [&case.x, &case.weight, &case.bias];
            let all = inputs.map(|input| wide(input));
            let found = case.run();
            assert_close(
                &found[0],
                &case.expected(all.each_ref().map(|x| &x[..])),
                1e-5,
            );
            for (index, gradient) in found[1..].iter().enumerate() {
                let loss = |input: &[f64]| {
                    let mut inputs = all.each_ref().map(|x| &x[..]);
                    inputs[index] = input;
                    let y = case.expected(inputs);
                    y.iter()
                        .zip(&case.d_y)
                        .map(|(y, &d)| y * f64::from(d))
                        .sum()
                };
                assert_close(gradient, &slopes(inputs[index], loss), 1e-5);
            }
        }
    }

    #[test]
    fn without_a_bias_the_sum_begins_with_zero() {
        let mut case = Case::new([5, 8, 40]);
        case.bias.fill(0.0);
        let [expected, ..] = case.run();
        let mut y = vec![f32::NAN; expected.len()];
        let (x, weight) = (Rows::new(&case.x, 8), Rows::new(&case.weight, 40));
        forward(x, weight, None, &mut y);
        assert_eq!(y, expected);
    }

    #[test]
    fn no_rows_have_no_gradient() {
        let case = Case::new([0, 8, 40]);
        let [y, d_x, d_weight, d_bias] = case.run();
        assert!(y.is_empty() && d_x.is_empty());
        assert_eq!([d_weight, d_bias], [vec![0.0; 320], vec![0.0; 40]]);
    }

    #[test]
    fn neither_threads_nor_other_rows_change_a_bit() {
        let case = Case::new([403, 350, 1100]);
        let one = on_threads(1, || case.run());
        for count in [2, 3, 8] {
            assert_eq!(one, on_threads(count, || case.run()), "{count} threads");
        }
        for rows in [1, 20, 191, 192] {
            let x = Rows::new(&case.x, 350).range(0..rows);
            let mut y = vec![f32::NAN; rows * 1100];
            let weight = Rows::new(&case.weight, 1100);
            forward(x, weight, Some(&case.bias), &mut y);
            assert_eq!(y, one[0][..rows * 1100], "{rows} rows");
        }
    }
}

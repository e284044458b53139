//! A product with a weight and its gradients, on all threads.

use crate::cpu::left::Left;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{MAX_PANEL, Panels, Right, pieces};
use crate::cpu::product::{MAX_PACKED_ROWS, Onto, multiply, multiply_unpacked};
use crate::cpu::row::add_rows;
use rayon::prelude::*;
use std::ops::Range;

/// Tasks for each thread, equally large: the last one to end is waited for.
const TASKS: usize = 2;
/// Fewest rows of a task, which reads the whole right-hand side, or its columns of it.
const MIN_ROWS: usize = 48;
/// Columns of a task that packs them, unless other threads would have none: it packs its rows as well.
const MIN_COLUMNS: usize = 192;
/// Most rows that meet a weight which is not packed before: it is packed again for each [`MAX_PACKED_ROWS`] of them.
const MAX_ROWS_UNPACKED: usize = 2 * MAX_PACKED_ROWS;
/// Columns of a task that adds up rows.
const COLUMNS: usize = 256;

/// Writes `x * weight`, `[rows, d_output]`, plus a bias if there is one.
///
/// - x: `[rows, d_input]`
/// - weight: `[d_input, d_output]`
pub(crate) fn forward(x: Rows<'_>, weight: Rows<'_>, bias: Option<&[f32]>, y: &mut [f32]) {
    assert!(bias.is_none_or(|bias| bias.len() == weight.columns));
    let onto = bias.map_or(Onto::Nothing, Onto::Row);
    by_a_weight(x, Right::Rows(weight), onto, y);
}

/// Writes the gradient of `x`, `[rows, d_input]`, from that of `y`.
pub(crate) fn input_gradient(d_y: Rows<'_>, weight: Rows<'_>, d_x: &mut [f32]) {
    by_a_weight(d_y, Right::Transposed(weight), Onto::Nothing, d_x);
}

/// Writes the gradient of the weight, `[d_input, d_output]`, from that of `y`.
pub(crate) fn weight_gradient(x: Rows<'_>, d_y: Rows<'_>, d_weight: &mut [f32]) {
    let d_y = Panels::on_all_threads(Right::Rows(d_y));
    by_panels(Left::Transposed(x), &d_y, Onto::Nothing, d_weight);
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

/// `left * right` onto `out`, `[rows, width]`, divided among all threads by rows.
fn by_panels(left: Left<'_>, right: &Panels, onto: Onto<'_>, out: &mut [f32]) {
    let tasks = TASKS * rayon::current_num_threads();
    let at_once = left.rows().div_ceil(tasks).max(MIN_ROWS);
    let mut rest = out;
    let mut parts = Vec::new();
    for rows in pieces(0..left.rows(), at_once) {
        let (out, next) = rest.split_at_mut(rows.len() * right.width);
        rest = next;
        parts.push((left.range(rows), out));
    }
    let parts = parts.into_par_iter().with_max_len(1);
    parts.for_each(|(left, out)| multiply(left, right, onto, out));
}

/// `rows * weight` onto `out`, `[rows, width]`, on all threads.
///
/// A weight of a large model comes from the memory. It is divided among threads, each of which packs its columns near
/// itself. Packed whole, they would have to be fetched once more by every thread, which pays for many rows alone.
fn by_a_weight(rows: Rows<'_>, weight: Right<'_>, onto: Onto<'_>, out: &mut [f32]) {
    if out.is_empty() {
        return;
    }
    if rows.columns == 0 {
        return write_empty_sums(weight.width(), onto, out);
    }
    assert_eq!(rows.count() * weight.width(), out.len());
    if rows.count() > MAX_ROWS_UNPACKED {
        return by_panels(Left::Rows(rows), &Panels::on_all_threads(weight), onto, out);
    }
    let parts = divided(rows, weight, onto, out).into_par_iter();
    parts.with_max_len(1).for_each(|mut part| {
        multiply_unpacked(part.left, part.right, part.onto, &mut part.out);
    });
}

/// A product of no depth, onto `out`, `[rows, width]`.
fn write_empty_sums(width: usize, onto: Onto<'_>, out: &mut [f32]) {
    match onto {
        Onto::Nothing => out.fill(0.0),
        Onto::Present => {}
        Onto::Row(row) => (out.chunks_exact_mut(width)).for_each(|out| out.copy_from_slice(row)),
    }
}

/// Some rows and columns of a product.
struct Part<'a> {
    left: Left<'a>,
    right: Right<'a>,
    onto: Onto<'a>,
    /// A piece of each row.
    out: Vec<&'a mut [f32]>,
}

/// A part for each thread, unless they would become too small: divided by columns, and where these are few, by rows as
/// well.
fn divided<'a>(
    rows: Rows<'a>,
    weight: Right<'a>,
    onto: Onto<'a>,
    out: &'a mut [f32],
) -> Vec<Part<'a>> {
    let (threads, width) = (rayon::current_num_threads(), weight.width());
    let bands = rows.count().div_ceil(MIN_ROWS);
    let across = (width / MIN_COLUMNS).max(threads.div_ceil(bands));
    let across = across.min(threads);
    let at_once = rows.count().div_ceil(threads.div_ceil(across));
    let mut parts = Vec::new();
    let mut rest = out;
    for range in pieces(0..rows.count(), at_once.max(MIN_ROWS)) {
        let (band, next) = rest.split_at_mut(range.len() * width);
        rest = next;
        let first = parts.len();
        parts.extend(whole_panels(width, across).map(|columns| Part {
            left: Left::Rows(rows.range(range.clone())),
            right: weight.columns(columns.clone()),
            onto: onto.after(columns.start),
            out: Vec::with_capacity(range.len()),
        }));
        for mut row in band.chunks_exact_mut(width) {
            for part in &mut parts[first..] {
                let (piece, next) = row.split_at_mut(part.right.width());
                row = next;
                part.out.push(piece);
            }
        }
    }
    parts
}

/// `width` columns in `count` ranges at most, which begin where a panel does.
fn whole_panels(width: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    let panels = width.div_ceil(MAX_PANEL);
    pieces(0..panels, panels.div_ceil(count)).map(move |panels| {
        let columns = panels.start * MAX_PANEL..panels.end * MAX_PANEL;
        columns.start..columns.end.min(width)
    })
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
        let many = Case::new([MAX_ROWS_UNPACKED + 50, 20, 40]);
        let [all, ..] = many.run();
        for count in [1, 3] {
            assert_eq!(all, on_threads(count, || many.run())[0], "{count} threads");
        }
        let x = Rows::new(&many.x, 20).range(0..MAX_ROWS_UNPACKED);
        let mut y = vec![f32::NAN; MAX_ROWS_UNPACKED * 40];
        forward(x, Rows::new(&many.weight, 40), Some(&many.bias), &mut y);
        assert_eq!(y, all[..MAX_ROWS_UNPACKED * 40], "packed before or not");
        for rows in [1, 20, 47, 48, 192] {
            let x = Rows::new(&case.x, 350).range(0..rows);
            let mut y = vec![f32::NAN; rows * 1100];
            let weight = Rows::new(&case.weight, 1100);
            forward(x, weight, Some(&case.bias), &mut y);
            assert_eq!(y, one[0][..rows * 1100], "{rows} rows");
        }
    }

    #[test]
    fn a_sum_of_nothing_is_the_bias() {
        let mut y = [f32::NAN; 6];
        let nothing = Rows::new(&[], 0);
        forward(nothing, Rows::new(&[], 3), Some(&[1.0, 2.0, 3.0]), &mut y);
        assert_eq!(y, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        forward(nothing, Rows::new(&[], 3), None, &mut y);
        assert_eq!(y, [0.0; 6]);
    }

    #[test]
    fn a_product_has_a_part_for_each_thread_by_columns_first() {
        for ([rows, width], threads, count) in [
            ([1, 1], 8, 1),
            ([20, 768], 2, 2),
            ([20, 768], 16, 12),
            ([350, 768], 2, 2),
            ([350, 768], 8, 8),
            ([350, 3072], 16, 16),
            ([1000, 33], 8, 8),
            ([49, 1100], 3, 3),
        ] {
            let (x, weight) = (vec![0.0; rows], vec![0.0; width]);
            let mut out = vec![0.0; rows * width];
            let weight = Right::Rows(Rows::new(&weight, width));
            let parts = on_threads(threads, || {
                divided(Rows::new(&x, 1), weight, Onto::Nothing, &mut out)
            });
            assert_eq!(parts.len(), count, "{rows} by {width}");
            let area = |part: &Part<'_>| {
                let columns = part.right.width();
                assert!([0, width % MAX_PANEL].contains(&(columns % MAX_PANEL)));
                assert_eq!(part.out.len(), part.left.rows());
                assert!(part.out.iter().all(|row| row.len() == columns));
                part.left.rows() * columns
            };
            assert_eq!(parts.iter().map(area).sum::<usize>(), rows * width);
        }
    }
}

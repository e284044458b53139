//! Attention with several heads over packed sequences.

use crate::cpu::buffer::Buffer;
use crate::cpu::head::Head;
use crate::cpu::mask::Dropout;
use crate::cpu::matrix::Rows;
use rayon::prelude::*;
use std::ops::Range;

/// Rows of a task that puts the heads of a row side by side.
const ROWS: usize = 32;

/// `softmax(q k^T / sqrt(d_head)) v` of each sequence and head, with dropout on the probabilities.
///
/// Rows are `[rows, d_model]`, the columns of the first head first. In self-attention, `sources` are
/// `sequences`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attention<'a> {
    /// Rows of the queries of each sequence: one after the other, all of the rows.
    pub(crate) sequences: &'a [Range<usize>],
    /// The same for keys and values.
    pub(crate) sources: &'a [Range<usize>],
    /// Of each source, how many of its first rows are attended to; at least one.
    pub(crate) n_keys: &'a [usize],
    pub(crate) n_heads: usize,
    pub(crate) d_model: usize,
    /// Of the packed probabilities.
    pub(crate) dropout: Dropout,
}

/// Queries, `[rows, d_model]`, and keys and values, `[source_rows, d_model]` each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projected<T> {
    pub(crate) queries: T,
    pub(crate) keys: T,
    pub(crate) values: T,
}

impl Attention<'_> {
    /// Writes `output`, `[rows, d_model]`, and gives the packed probabilities before dropout: for
    /// each sequence and head, `[length, n_keys]`.
    pub(crate) fn forward(&self, projected: Projected<&[f32]>, output: &mut [f32]) -> Buffer {
        self.check(projected, output.len());
        let heads = self.heads(projected);
        let mut probabilities = Buffer::new(heads.iter().map(Head::probabilities).sum());
        let mut by_head = Buffer::new(output.len());
        let tasks = (
            split(&mut probabilities, heads.iter().map(Head::probabilities)),
            split(&mut by_head, heads.iter().map(Head::elements)),
            heads,
        );
        tasks
            .into_par_iter()
            .for_each(|(probabilities, out, head)| head.forward(probabilities, out));
        self.beside(self.sequences, &by_head, output);
        probabilities
    }

    /// Writes the gradients of [`Self::forward`] from that of its output.
    pub(crate) fn backward(
        &self,
        projected: Projected<&[f32]>,
        probabilities: &[f32],
        d_output: &[f32],
        gradients: Projected<&mut [f32]>,
    ) {
        self.check(projected, d_output.len());
        let heads = self.heads(projected);
        let count: usize = heads.iter().map(Head::probabilities).sum();
        assert_eq!(probabilities.len(), count);
        let counts = [&projected.queries, &projected.keys, &projected.values].map(|x| x.len());
        let mut by_head = counts.map(Buffer::new);
        let [queries, keys, values] = &mut by_head;
        let sources = |buffer| split(buffer, heads.iter().map(Head::source_elements));
        let queries = split(queries, heads.iter().map(Head::elements));
        let tasks = (queries, sources(keys), sources(values), &heads);
        let d_output = Rows::new(d_output, self.d_model);
        tasks
            .into_par_iter()
            .for_each(|(queries, keys, values, head)| {
                let d_output = d_output
                    .range(head.rows.clone())
                    .columns(head.columns.clone());
                let gradients = Projected {
                    queries,
                    keys,
                    values,
                };
                head.backward(&probabilities[head.first..], d_output, gradients);
            });
        let [queries, keys, values] = &by_head;
        self.beside(self.sequences, queries, gradients.queries);
        self.beside(self.sources, keys, gradients.keys);
        self.beside(self.sources, values, gradients.values);
    }

    fn check(&self, projected: Projected<&[f32]>, count: usize) {
        let Projected {
            queries,
            keys,
            values,
        } = projected;
        assert_eq!(queries.len(), count);
        assert_eq!(keys.len(), values.len());
        assert!(self.n_heads > 0 && self.d_model.is_multiple_of(self.n_heads));
        let n_sequences = self.sequences.len();
        assert_eq!([self.sources.len(), self.n_keys.len()], [n_sequences; 2]);
        assert_eq!(end(self.sequences) * self.d_model, count);
        assert_eq!(end(self.sources) * self.d_model, keys.len());
    }

    /// Every head of every sequence, in the order in which its numbers are packed.
    fn heads<'a>(&self, projected: Projected<&'a [f32]>) -> Vec<Head<'a>> {
        let mut heads = Vec::with_capacity(self.sequences.len() * self.n_heads);
        let mut first = 0;
        let sources = self.sources.iter().zip(self.n_keys);
        for (rows, (source, &n_keys)) in self.sequences.iter().zip(sources) {
            assert!((1..=source.len()).contains(&n_keys), "keys of a sequence");
            let rows = [rows.clone(), source.clone()];
            for head in 0..self.n_heads {
                let head = self.head(projected, rows.clone(), n_keys, head, first);
                first += head.probabilities();
                heads.push(head);
            }
        }
        heads
    }

    fn d_head(&self) -> usize {
        self.d_model / self.n_heads
    }

    fn head<'a>(
        &self,
        projected: Projected<&'a [f32]>,
        [rows, source]: [Range<usize>; 2],
        n_keys: usize,
        head: usize,
        first: usize,
    ) -> Head<'a> {
        let columns = head * self.d_head()..(head + 1) * self.d_head();
        let part = |data, rows| {
            Rows::new(data, self.d_model)
                .range(rows)
                .columns(columns.clone())
        };
        let attended = source.start..source.start + n_keys;
        Head {
            projected: Projected {
                queries: part(projected.queries, rows.clone()),
                keys: part(projected.keys, attended.clone()),
                values: part(projected.values, attended),
            },
            rows,
            n_source: source.len(),
            columns,
            dropout: self.dropout,
            first,
        }
    }

    /// From the rows of each head, `[sequence, head, length, d_head]`, to whole rows.
    fn beside(&self, sequences: &[Range<usize>], by_head: &[f32], out: &mut [f32]) {
        let d_model = self.d_model;
        let parts = split(out, sequences.iter().map(|rows| rows.len() * d_model));
        let sequences = parts.into_par_iter().zip(sequences);
        sequences.for_each(|(out, rows)| {
            let by_head = &by_head[rows.start * d_model..rows.end * d_model];
            let tasks = out.par_chunks_mut(ROWS * d_model).enumerate();
            tasks.for_each(|(task, out)| {
                let chunk = task * ROWS..task * ROWS + out.len() / d_model;
                for (head, rows) in by_head.chunks(rows.len() * self.d_head()).enumerate() {
                    let rows = Rows::new(rows, self.d_head()).range(chunk.clone());
                    let first = head * self.d_head();
                    for (index, out) in out.chunks_mut(d_model).enumerate() {
                        out[first..first + self.d_head()].copy_from_slice(rows.row(index));
                    }
                }
            });
        });
    }
}

/// Number of rows of `sequences`, which follow each other.
pub(crate) fn end(sequences: &[Range<usize>]) -> usize {
    sequences.iter().fold(0, |end, rows| {
        assert_eq!(rows.start, end, "sequences follow each other");
        rows.end
    })
}

/// Cuts all of `data` into pieces of these lengths.
pub(crate) fn split(data: &mut [f32], lengths: impl Iterator<Item = usize>) -> Vec<&mut [f32]> {
    let mut rest = data;
    let mut cut = |length| {
        let (piece, next) = std::mem::take(&mut rest).split_at_mut(length);
        rest = next;
        piece
    };
    lengths.map(&mut cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::head::BLOCK;
    use crate::cpu::testing::{assert_close, numbers, on_one_and_two_threads, slopes, wide};

    /// Attention with all that belongs to it.
    struct Case {
        sequences: Vec<Range<usize>>,
        sources: Vec<Range<usize>>,
        n_keys: Vec<usize>,
        n_heads: usize,
        d_model: usize,
        dropout: Dropout,
        /// Queries, keys, values.
        inputs: [Vec<f32>; 3],
        d_output: Vec<f32>,
    }

    impl Case {
        /// Of sequences of these lengths and keys, each its own source.
        fn new(sizes: &[[usize; 2]], n_heads: usize, d_head: usize, probability: f64) -> Self {
            let sizes: Vec<_> = (sizes.iter())
                .map(|&[length, n_keys]| [length, length, n_keys])
                .collect();
            Self::across(&sizes, n_heads, d_head, probability)
        }

        /// Of sequences of these lengths, whose sources have these lengths and keys.
        fn across(sizes: &[[usize; 3]], n_heads: usize, d_head: usize, probability: f64) -> Self {
            let ranges = |which: usize| {
                let ranges = sizes.iter().scan(0, |end, size| {
                    *end += size[which];
                    Some(*end - size[which]..*end)
                });
                ranges.collect::<Vec<_>>()
            };
            let (sequences, sources) = (ranges(0), ranges(1));
            let d_model = n_heads * d_head;
            let matrix = |rows: &[Range<usize>], seed| {
                let numbers = numbers(end(rows) * d_model, seed);
                numbers.iter().map(|x| 4.0 * x).collect()
            };
            Self {
                n_keys: sizes.iter().map(|[_, _, n_keys]| *n_keys).collect(),
                n_heads,
                d_model,
                dropout: Dropout {
                    probability,
                    seed: 11,
                },
                inputs: [
                    matrix(&sequences, 1),
                    matrix(&sources, 2),
                    matrix(&sources, 3),
                ],
                d_output: matrix(&sequences, 4),
                sequences,
                sources,
            }
        }

        fn attention(&self) -> Attention<'_> {
            Attention {
                sequences: &self.sequences,
                sources: &self.sources,
                n_keys: &self.n_keys,
                n_heads: self.n_heads,
                d_model: self.d_model,
                dropout: self.dropout,
            }
        }

        fn projected(&self) -> Projected<&[f32]> {
            let [queries, keys, values] = &self.inputs;
            Projected {
                queries,
                keys,
                values,
            }
        }

        fn forward(&self) -> (Vec<f32>, Buffer) {
            let mut output = vec![f32::NAN; self.d_output.len()];
            let probabilities = self.attention().forward(self.projected(), &mut output);
            (output, probabilities)
        }

        fn backward(&self, probabilities: &[f32]) -> [Vec<f32>; 3] {
            let mut all = (self.inputs.each_ref()).map(|input| vec![f32::NAN; input.len()]);
            let [queries, keys, values] = all.each_mut().map(Vec::as_mut_slice);
            let gradients = Projected {
                queries,
                keys,
                values,
            };
            let attention = self.attention();
            attention.backward(self.projected(), probabilities, &self.d_output, gradients);
            all
        }

        fn wide_inputs(&self) -> [Vec<f64>; 3] {
            self.inputs.each_ref().map(|x| wide(x))
        }

        /// The output, one number after the other.
        fn expected(&self, [queries, keys, values]: [&[f64]; 3]) -> Vec<f64> {
            let (d_model, d_head) = (self.d_model, self.d_model / self.n_heads);
            let mut output = vec![0.0; queries.len()];
            let mut first = 0;
            let sources = self.sources.iter().zip(&self.n_keys);
            for (rows, (source, &n_keys)) in self.sequences.iter().zip(sources) {
                for head in 0..self.n_heads {
                    let mut mask = vec![0.0; rows.len() * n_keys];
                    self.dropout.fill(first, &mut mask);
                    first += mask.len();
                    let at = |row: usize| row * d_model + head * d_head;
                    for (row, mask) in rows.clone().zip(mask.chunks(n_keys)) {
                        let score = |key: usize| {
                            let [q, k] = [&queries[at(row)..], &keys[at(source.start + key)..]];
                            let terms = q.iter().zip(k).take(d_head);
                            terms.map(|(q, k)| q * k).sum::<f64>() / (d_head as f64).sqrt()
                        };
                        let exp: Vec<f64> = (0..n_keys).map(|key| score(key).exp()).collect();
                        let sum: f64 = exp.iter().sum();
                        for (key, (exp, &mask)) in exp.iter().zip(mask).enumerate() {
                            for column in 0..d_head {
                                output[at(row) + column] += exp / sum
                                    * f64::from(mask)
                                    * values[at(source.start + key) + column];
                            }
                        }
                    }
                }
            }
            output
        }
    }

    #[test]
    fn values_and_gradients_match_their_definition() {
        for (sizes, n_heads, d_head, probability) in [
            (&[[1, 1]][..], 1, 1, 0.0),
            (&[[3, 3], [1, 1], [4, 2]], 2, 5, 0.0),
            (&[[5, 1], [2, 2]], 3, 3, 0.1),
            (&[[9, 7]], 2, 16, 0.1),
            (&[[20, 18]], 1, 4, 0.5),
        ] {
            assert_definition(&Case::new(sizes, n_heads, d_head, probability));
        }
    }

    #[test]
    fn sources_may_have_other_lengths_than_sequences() {
        for (sizes, n_heads, d_head, probability) in [
            (&[[1, 4, 4], [3, 1, 1]][..], 2, 5, 0.0),
            (&[[2, 9, 7], [5, 3, 3], [1, 1, 1]], 3, 4, 0.1),
        ] {
            assert_definition(&Case::across(sizes, n_heads, d_head, probability));
        }
    }

    fn assert_definition(case: &Case) {
        let inputs = case.wide_inputs();
        let (output, probabilities) = case.forward();
        let expected = case.expected(inputs.each_ref().map(Vec::as_slice));
        assert_close(&output, &expected, 5e-6);
        for (index, actual) in case.backward(&probabilities).iter().enumerate() {
            let loss = |input: &[f64]| {
                let mut inputs = inputs.each_ref().map(Vec::as_slice);
                inputs[index] = input;
                let output = case.expected(inputs);
                let terms = output.iter().zip(&case.d_output);
                terms.map(|(x, &d)| x * f64::from(d)).sum()
            };
            assert_close(actual, &slopes(&case.inputs[index], loss), 3e-5);
        }
    }

    #[test]
    fn long_sequences_are_cut_without_a_trace() {
        let case = Case::new(&[[2 * BLOCK + 5, BLOCK + 9], [BLOCK, BLOCK]], 2, 20, 0.1);
        let (output, probabilities) = case.forward();
        let inputs = case.wide_inputs();
        let expected = case.expected(inputs.each_ref().map(Vec::as_slice));
        assert_close(&output, &expected, 1e-5);

        // A step along the gradient changes the loss by its square.
        let gradients = case.backward(&probabilities);
        for (index, gradient) in gradients.iter().enumerate() {
            let loss = |step: f64| {
                let mut moved = inputs.clone();
                for (x, &d) in moved[index].iter_mut().zip(gradient) {
                    *x += step * f64::from(d);
                }
                let output = case.expected(moved.each_ref().map(Vec::as_slice));
                output
                    .iter()
                    .zip(&case.d_output)
                    .map(|(x, &d)| x * f64::from(d))
                    .sum::<f64>()
            };
            let slope = (loss(1e-6) - loss(-1e-6)) / 2e-6;
            let square: f64 = gradient.iter().map(|&d| f64::from(d).powi(2)).sum();
            assert!((slope / square - 1.0).abs() < 1e-5, "{slope}, {square}");
        }
    }

    #[test]
    fn rows_that_are_no_keys_have_no_influence_and_no_gradient() {
        let mut case = Case::new(&[[6, 4], [3, 3]], 2, 8, 0.1);
        let (output, probabilities) = case.forward();
        let hidden = 4 * case.d_model..6 * case.d_model;
        let [d_queries, d_keys, d_values] = case.backward(&probabilities);
        assert!(d_keys[hidden.clone()].iter().all(|&d| d == 0.0));
        assert!(d_values[hidden.clone()].iter().all(|&d| d == 0.0));
        assert!(d_queries[hidden.clone()].iter().any(|&d| d != 0.0));
        for input in &mut case.inputs[1..] {
            input[hidden.clone()].fill(f32::NAN);
        }
        assert_eq!(case.forward().0, output);
    }

    #[test]
    fn one_key_gives_its_value_to_every_row() {
        let case = Case::new(&[[5, 1]], 2, 3, 0.0);
        let (output, probabilities) = case.forward();
        assert!(probabilities.iter().all(|&x| x == 1.0));
        for row in output.chunks(6) {
            assert_eq!(row, &case.inputs[2][..6]);
        }
    }

    #[test]
    fn extreme_scores_choose_one_key_and_nan_stays_in_its_sequence() {
        let mut case = Case::new(&[[2, 2], [2, 2]], 1, 2, 0.0);
        case.inputs[0].fill(1e18);
        case.inputs[1] = vec![-1e18, -1e18, 1e18, 1e18, f32::NAN, 1.0, 1.0, 1.0];
        let (output, probabilities) = case.forward();
        assert_eq!(output[..2], case.inputs[2][2..4]);
        assert!(output[4..].iter().all(|x| x.is_nan()));
        let gradients = case.backward(&probabilities);
        assert!(
            gradients
                .iter()
                .all(|d| d[..4].iter().all(|d| d.is_finite()))
        );
        assert!(gradients.iter().all(|d| d[4..].iter().all(|d| d.is_nan())));
    }

    #[test]
    fn no_sequences_have_no_output() {
        let case = Case::new(&[], 2, 4, 0.1);
        let (output, probabilities) = case.forward();
        assert!(output.is_empty() && probabilities.is_empty());
        assert!(case.backward(&probabilities).iter().all(Vec::is_empty));
    }

    #[test]
    #[should_panic(expected = "keys of a sequence")]
    fn a_sequence_has_a_key() {
        Case::new(&[[3, 0]], 1, 4, 0.0).forward();
    }

    #[test]
    fn threads_change_no_bit() {
        let sizes = [[100, 90, 90], [7, 7, 7], [31, 140, 20], [1, 1, 1]];
        let case = Case::across(&sizes, 4, 24, 0.1);
        let [one, two] = on_one_and_two_threads(|| {
            let (output, probabilities) = case.forward();
            (output, case.backward(&probabilities))
        });
        assert_eq!(one, two);
    }
}

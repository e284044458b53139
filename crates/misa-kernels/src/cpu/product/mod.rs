//! Products of row-major matrices, packed for the vector unit.
//!
//! The right-hand side is packed once and used for many products, as a recurrence multiplies by the
//! same weights at every step, or packed on its way if these are its only rows. Each element of a product is
//! summed in the order of its depth, so a result depends neither on the number of threads nor on how its rows and
//! columns were divided among them.

mod output;
mod right;
mod tile;

use crate::cpu::buffer::with_scratch;
use crate::cpu::left::Left;
use crate::cpu::panels::{
    MAX_DEPTH, MAX_PANEL, Panels, ROWS_READ_AT_ONCE, Right, VECTORS, blocks, pieces,
};
use output::{Adjacent, Output};
use pulp::{Arch, Simd, WithSimd};
use right::{MAX_COLUMNS_UNPACKED, RightSide, Unpacked};
use std::ops::Range;
use tile::{Target, choose_tile, tallest};

/// Rows packed at once: a block of them takes half of a second-level cache of 1 MiB.
pub(crate) const MAX_PACKED_ROWS: usize = 384;

/// What a product is added to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Onto<'a> {
    /// Zero: what was there does not count.
    Nothing,
    /// What was there.
    Present,
    /// The same row everywhere.
    Row(&'a [f32]),
}

/// `left * right` onto `out`, `[rows, width]`.
pub(crate) fn multiply(left: Left<'_>, right: &Panels, onto: Onto<'_>, out: &mut [f32]) {
    assert_eq!(left.depth(), right.depth);
    assert_eq!(left.rows() * right.width, out.len());
    let width = right.width;
    with_scratch(room(left), |packed| {
        product(Multiply {
            left,
            right,
            onto,
            out: Adjacent { out, width },
            packed,
        });
    });
}

/// [`multiply`] by a matrix where it lies: each of its panels is packed in its turn, into a near cache.
///
/// For a right-hand side that meets these rows alone. Each row of `out` is as long as it is wide. The bits are those of
/// [`multiply`].
pub(crate) fn multiply_unpacked(
    left: Left<'_>,
    right: Right<'_>,
    onto: Onto<'_>,
    out: &mut [&mut [f32]],
) {
    assert_eq!(left.depth(), right.depth());
    let columns = right.width().min(MAX_COLUMNS_UNPACKED);
    let panels = left.depth().min(MAX_DEPTH) * columns.next_multiple_of(MAX_PANEL);
    // The panels first, for they must begin where a vector does.
    with_scratch(panels + room(left), |scratch| {
        let (panels, packed) = scratch.split_at_mut(panels);
        let right = Unpacked {
            matrix: right,
            panels,
        };
        product(Multiply {
            left,
            right,
            onto,
            out,
            packed,
        });
    });
}

/// Numbers of the rows packed at once.
fn room(left: Left<'_>) -> usize {
    let all = left.rows().min(MAX_PACKED_ROWS) * left.depth();
    all.min(MAX_PACKED_ROWS * MAX_DEPTH)
}

/// With the instructions of this machine.
fn product<R: RightSide, O: Output>(mut multiply: Multiply<'_, R, O>) {
    let left = multiply.left;
    if left.depth() == 0 && matches!(multiply.onto, Onto::Nothing) {
        multiply.out.clear();
    }
    Arch::new().dispatch(multiply);
}

struct Multiply<'a, R, O> {
    left: Left<'a>,
    right: R,
    onto: Onto<'a>,
    /// `[rows, width]`
    out: O,
    /// Room for the packed rows of a block.
    packed: &'a mut [f32],
}

impl<'a> Onto<'a> {
    /// From `column` on.
    #[inline(always)]
    pub(crate) fn after(self, column: usize) -> Self {
        match self {
            Onto::Row(row) => Onto::Row(&row[column..]),
            other => other,
        }
    }
}

impl<R: RightSide, O: Output> WithSimd for Multiply<'_, R, O> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            left,
            mut right,
            onto,
            mut out,
            packed,
        } = self;
        let tallest = const { tallest::<S>() };
        let (depth, width) = (left.depth(), right.width());
        let panel = VECTORS * S::F32_LANES;
        for chunk in pieces(0..left.rows(), MAX_PACKED_ROWS) {
            let fits = chunk.len() * depth <= packed.len();
            let longest = if fits { depth.max(1) } else { MAX_DEPTH };
            for span in pieces(0..depth, longest) {
                let mut room = &mut packed[..];
                for block in blocks(span.clone()) {
                    let (tiles, rest) = room.split_at_mut(chunk.len() * block.len());
                    pack(left, &chunk, &block, tallest, tiles);
                    room = rest;
                }
                let at_once = R::columns_at_once(panel, span.len());
                let count = width.div_ceil(at_once);
                let descends = right.turn_round();
                for index in 0..count {
                    let first = at_once * if descends { count - 1 - index } else { index };
                    let columns = first..width.min(first + at_once);
                    let mut packed = &packed[..];
                    for block in blocks(span.clone()) {
                        let (tiles, rest) = packed.split_at(chunk.len() * block.len());
                        packed = rest;
                        let panels = right.panels(&block, &columns, panel);
                        let onto = match block.start {
                            0 => onto,
                            _ => Onto::Present,
                        };
                        let columns_of_block = ColumnsOfBlock {
                            tiles,
                            panels,
                            depth: block.len(),
                            columns: columns.clone(),
                            onto,
                        };
                        columns_of_block.multiply(simd, &chunk, &mut out);
                    }
                }
            }
        }
    }
}

/// Some columns of the right-hand side over a block of depth, and what they are multiplied by.
struct ColumnsOfBlock<'a> {
    /// Packed rows, one tile after another.
    tiles: &'a [f32],
    panels: &'a [f32],
    /// Of the block.
    depth: usize,
    columns: Range<usize>,
    onto: Onto<'a>,
}

impl ColumnsOfBlock<'_> {
    /// Writes the columns of `chunk`, rows of `out`.
    #[inline(always)]
    fn multiply<S: Simd>(self, simd: S, chunk: &Range<usize>, out: &mut impl Output) {
        let panel = VECTORS * S::F32_LANES;
        let mut tiles = self.tiles;
        for tile in pieces(chunk.clone(), const { tallest::<S>() }) {
            let (rows, rest) = tiles.split_at(tile.len() * self.depth);
            tiles = rest;
            let height = tile.len();
            let mut out = out.rows(tile);
            // Along the rows of `out`, as the memory likes it; the packed rows of the tile stay in the first-level
            // cache.
            let columns = self.columns.clone().step_by(panel);
            for (column, numbers) in columns.zip(self.panels.chunks_exact(self.depth * panel)) {
                let target = Target {
                    out: &mut out,
                    column,
                    filled: panel.min(self.columns.end - column),
                    onto: self.onto.after(column),
                };
                choose_tile(simd, height, rows, numbers, target);
            }
        }
    }
}

/// Writes the tiles of `chunk` over `block`, one after another, to `out`.
#[inline(always)]
fn pack(
    left: Left<'_>,
    chunk: &Range<usize>,
    block: &Range<usize>,
    tallest: usize,
    out: &mut [f32],
) {
    let at_once = match left {
        Left::Rows(_) => block.len(),
        Left::Transposed(_) => ROWS_READ_AT_ONCE,
    };
    for steps in pieces(block.clone(), at_once) {
        for tile in pieces(chunk.clone(), tallest) {
            let begun = (tile.start - chunk.start) * block.len();
            let start = begun + (steps.start - block.start) * tile.len();
            let out = &mut out[start..][..steps.len() * tile.len()];
            left.pack(tile, steps.clone(), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::matrix::Rows;
    use crate::cpu::testing::numbers;

    fn transpose(matrix: &[f32], columns: usize) -> Vec<f32> {
        let rows = matrix.len() / columns;
        let at = |index: usize| matrix[index % rows * columns + index / rows];
        (0..matrix.len()).map(at).collect()
    }

    fn expected(left: &[f32], right: &[f32], depth: usize, width: usize) -> Vec<f64> {
        let rows = left.len() / depth;
        let sum = |row: usize, column: usize| {
            let terms = (0..depth)
                .map(|k| f64::from(left[row * depth + k]) * f64::from(right[k * width + column]));
            1.0 + terms.sum::<f64>()
        };
        (0..rows * width)
            .map(|index| sum(index / width, index % width))
            .collect()
    }

    #[test]
    fn products_of_every_form_match_their_definition() {
        for (rows, depth, width) in [
            (1, 1, 1),
            (3, 5, 7),
            (12, 320, 32),
            (13, 321, 33),
            (25, 4, 64),
            (400, 3, 70),
            (7, 700, 20),
            (5, 330, 1060),
        ] {
            let left = numbers(rows * depth, 1);
            let right = numbers(depth * width, 2);
            let expected = expected(&left, &right, depth, width);
            let left_turned = transpose(&left, depth);
            let right_turned = transpose(&right, width);
            for left in [
                Left::Rows(Rows::new(&left, depth)),
                Left::Transposed(Rows::new(&left_turned, rows)),
            ] {
                for right in [
                    Panels::new(Rows::new(&right, width)),
                    Panels::transposed(Rows::new(&right_turned, depth)),
                ] {
                    let ones = vec![1.0; width];
                    for (onto, start, added) in [
                        (Onto::Present, 1.0, 0.0),
                        (Onto::Nothing, f32::NAN, 1.0),
                        (Onto::Row(&ones), f32::NAN, 0.0),
                    ] {
                        let mut out = vec![start; rows * width];
                        multiply(left, &right, onto, &mut out);
                        for (out, expected) in out.iter().zip(&expected) {
                            assert!((f64::from(*out) + added - expected).abs() < 1e-5);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_right_side_that_is_not_packed_gives_the_same_bits() {
        for (rows, depth, width) in [
            (1, 1, 1),
            (13, 321, 33),
            (20, 700, 64),
            (400, 5, 1070),
            (3, 0, 7),
        ] {
            let left = numbers(rows * depth, 5);
            let right = numbers(depth * width, 6);
            let turned = transpose(&right, width);
            let bias = numbers(width, 7);
            let left = Left::Rows(Rows::new(&left, depth));
            let left = if depth == 0 {
                Left::Transposed(Rows::new(&[], rows))
            } else {
                left
            };
            for onto in [Onto::Nothing, Onto::Present, Onto::Row(&bias)] {
                let mut packed = vec![1.0; rows * width];
                multiply(
                    left,
                    &Panels::new(Rows::new(&right, width)),
                    onto,
                    &mut packed,
                );
                for right in [
                    Right::Rows(Rows::new(&right, width)),
                    Right::Transposed(Rows::new(&turned, depth)),
                ] {
                    let mut unpacked = vec![1.0; rows * width];
                    let mut out: Vec<_> = unpacked.chunks_mut(width).collect();
                    multiply_unpacked(left, right, onto, &mut out);
                    assert_eq!(packed, unpacked);
                }
            }
        }
    }

    #[test]
    fn products_by_the_same_panels_have_the_same_bits() {
        // Columns in several groups, and blocks of depth of which all are packed at once, or one after another.
        for (rows, depth, width) in [(3, 300, 1200), (8, 1200, 300), (390, 700, 600)] {
            let left = numbers(rows * depth, 8);
            let left = Left::Rows(Rows::new(&left, depth));
            let right = numbers(depth * width, 9);
            let right = Panels::new(Rows::new(&right, width));
            let product = || {
                let mut out = vec![0.0; rows * width];
                multiply(left, &right, Onto::Nothing, &mut out);
                out
            };
            let first = product();
            // One way round, the other, and the first again.
            assert!((0..3).all(|_| product() == first));
        }
    }

    #[test]
    fn the_sum_of_an_element_does_not_depend_on_how_rows_are_divided() {
        let (rows, depth, width) = (29, 650, 40);
        let left = numbers(rows * depth, 3);
        let left = Rows::new(&left, depth);
        let right = numbers(depth * width, 4);
        let right = Panels::new(Rows::new(&right, width));
        let mut whole = vec![0.0; rows * width];
        multiply(Left::Rows(left), &right, Onto::Nothing, &mut whole);
        let mut parts = vec![0.0; rows * width];
        for (index, out) in parts.chunks_mut(5 * width).enumerate() {
            let left = left.range(index * 5..index * 5 + out.len() / width);
            multiply(Left::Rows(left), &right, Onto::Nothing, out);
        }
        assert_eq!(whole, parts);
    }
}

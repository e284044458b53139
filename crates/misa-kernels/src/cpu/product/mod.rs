//! Products of row-major matrices, packed for the vector unit.
//!
//! The right-hand side is packed once and used for many products: a recurrence multiplies by the
//! same weights at every step. Each element of a product is summed in the order of its depth, so
//! a result depends neither on the number of threads nor on how its rows were divided among them.

mod tile;

use crate::cpu::buffer::with_scratch;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{
    Left, MAX_DEPTH, MAX_PANEL, Panels, ROWS_READ_AT_ONCE, VECTORS, blocks, copy_panel, pieces,
};
use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;
use tile::{Target, choose_tile, tallest};

/// Rows packed at once: a block of them takes half of a second-level cache of 1 MiB.
pub(crate) const MAX_PACKED_ROWS: usize = 384;
/// Columns that every packed row meets before the next, at most.
const MAX_COLUMNS: usize = 512;
/// Numbers of their panels, which stay in such a cache meanwhile.
const MAX_PANELS: usize = MAX_COLUMNS * MAX_DEPTH;

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
    with_scratch(room(left), |packed| {
        product(Multiply {
            left,
            right,
            onto,
            out,
            packed,
        });
    });
}

/// [`multiply`] by `[depth, width]` where it lies, for few rows: each panel is packed in its turn, into a near cache.
///
/// The bits are those of [`multiply`].
pub(crate) fn multiply_unpacked(left: Left<'_>, right: Rows<'_>, onto: Onto<'_>, out: &mut [f32]) {
    assert_eq!(left.depth(), right.count());
    // The panel first, for it must begin where a vector does.
    with_scratch(MAX_DEPTH * MAX_PANEL + room(left), |scratch| {
        let (panel, packed) = scratch.split_at_mut(MAX_DEPTH * MAX_PANEL);
        product(Multiply {
            left,
            right: Unpacked {
                matrix: right,
                panel,
            },
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
fn product<R: Right>(multiply: Multiply<'_, R>) {
    let left = multiply.left;
    assert_eq!(left.rows() * multiply.right.width(), multiply.out.len());
    if left.depth() == 0 && matches!(multiply.onto, Onto::Nothing) {
        multiply.out.fill(0.0);
    }
    Arch::new().dispatch(multiply);
}

/// The right-hand side of a product, `[depth, width]`, which gives the panels of some columns at a time.
///
/// What is inlined here is compiled for the instructions of the product.
trait Right {
    fn width(&self) -> usize;

    /// Columns to ask for at once, where a panel has `panel` and rows are packed over `depth`: every packed row meets
    /// their panels before the next are asked for.
    fn columns_at_once(panel: usize, depth: usize) -> usize;

    /// Whether this pass goes from the last column to the first; to be asked once in each.
    fn turn_round(&self) -> bool;

    /// The panels of `block` that hold `columns`, which begin where a panel does, one after another.
    fn panels(&mut self, block: &Range<usize>, columns: &Range<usize>, panel: usize) -> &[f32];
}

/// A right-hand side where it lies.
struct Unpacked<'a> {
    matrix: Rows<'a>,
    /// Room for a panel, the one that was asked for last.
    panel: &'a mut [f32],
}

struct Multiply<'a, R> {
    left: Left<'a>,
    right: R,
    onto: Onto<'a>,
    out: &'a mut [f32],
    /// Room for the packed rows of a block.
    packed: &'a mut [f32],
}

impl Right for &Panels {
    #[inline(always)]
    fn width(&self) -> usize {
        self.width
    }

    #[inline(always)]
    fn columns_at_once(panel: usize, depth: usize) -> usize {
        let columns = (MAX_PANELS / depth.max(1)).min(MAX_COLUMNS);
        (columns / panel).max(1) * panel
    }

    #[inline(always)]
    fn turn_round(&self) -> bool {
        Panels::turn_round(self)
    }

    #[inline(always)]
    fn panels(&mut self, block: &Range<usize>, columns: &Range<usize>, panel: usize) -> &[f32] {
        debug_assert_eq!(self.panel, panel);
        Panels::panels(self, block, columns)
    }
}

impl Right for Unpacked<'_> {
    #[inline(always)]
    fn width(&self) -> usize {
        self.matrix.columns
    }

    #[inline(always)]
    fn columns_at_once(panel: usize, _: usize) -> usize {
        panel
    }

    #[inline(always)]
    fn turn_round(&self) -> bool {
        false
    }

    #[inline(always)]
    fn panels(&mut self, block: &Range<usize>, columns: &Range<usize>, panel: usize) -> &[f32] {
        let out = &mut self.panel[..block.len() * panel];
        copy_panel(self.matrix, block.clone(), columns.clone(), out);
        out
    }
}

impl<'a> Onto<'a> {
    #[inline(always)]
    fn after(self, column: usize) -> Self {
        match self {
            Onto::Row(row) => Onto::Row(&row[column..]),
            other => other,
        }
    }
}

impl<R: Right> WithSimd for Multiply<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            left,
            mut right,
            onto,
            out,
            packed,
        } = self;
        let tallest = const { tallest::<S>() };
        let (depth, width) = (left.depth(), right.width());
        let panel = VECTORS * S::F32_LANES;
        for chunk in pieces(0..left.rows(), MAX_PACKED_ROWS) {
            let out = &mut out[chunk.start * width..chunk.end * width];
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
                        columns_of_block.multiply(simd, chunk.len(), width, out);
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
    /// Writes the columns of `out`, `[rows, width]`.
    #[inline(always)]
    fn multiply<S: Simd>(self, simd: S, rows: usize, width: usize, out: &mut [f32]) {
        let panel = VECTORS * S::F32_LANES;
        let mut tiles = self.tiles;
        for tile in pieces(0..rows, const { tallest::<S>() }) {
            let (rows, rest) = tiles.split_at(tile.len() * self.depth);
            tiles = rest;
            let out = &mut out[tile.start * width..tile.end * width];
            // Along the rows of `out`, as the memory likes it; the packed rows of the tile stay in the first-level
            // cache.
            let columns = self.columns.clone().step_by(panel);
            for (column, numbers) in columns.zip(self.panels.chunks_exact(self.depth * panel)) {
                let target = Target {
                    out: &mut out[column..],
                    stride: width,
                    filled: panel.min(width - column),
                    onto: self.onto.after(column),
                };
                choose_tile(simd, tile.len(), rows, numbers, target);
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
        for (rows, depth, width) in [(1, 1, 1), (13, 321, 33), (20, 700, 64), (400, 5, 70)] {
            let left = numbers(rows * depth, 5);
            let right = numbers(depth * width, 6);
            let bias = numbers(width, 7);
            let (left, right) = (
                Left::Rows(Rows::new(&left, depth)),
                Rows::new(&right, width),
            );
            for onto in [Onto::Nothing, Onto::Present, Onto::Row(&bias)] {
                let [mut packed, mut unpacked] = [(); 2].map(|()| vec![1.0; rows * width]);
                multiply(left, &Panels::new(right), onto, &mut packed);
                multiply_unpacked(left, right, onto, &mut unpacked);
                assert_eq!(packed, unpacked);
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

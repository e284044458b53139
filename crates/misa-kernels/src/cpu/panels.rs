//! The right-hand side of a product in the order in which it reads it.

use crate::cpu::buffer::Buffer;
use crate::cpu::matrix::Rows;
use crate::cpu::turn::turn;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Vectors a tile is wide.
pub(crate) const VECTORS: usize = 2;
/// Rows of the tallest tile there is code for.
pub(crate) const MAX_ROWS: usize = 12;
/// Columns of the widest panel: of vectors of 16 numbers.
pub(crate) const MAX_PANEL: usize = VECTORS * 16;
/// Depth of a block: its panel and a tile's rows share the first-level cache.
pub(crate) const MAX_DEPTH: usize = 320;

/// Rows of a matrix that are packed side by side before the next ones are looked at: they stay in
/// the first-level cache, and so do the addresses of their pages.
pub(crate) const ROWS_READ_AT_ONCE: usize = 16;
/// Columns that a thread packs where several do.
const COLUMNS_AT_ONCE: usize = 512;

/// The right-hand side of a product where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Right<'a> {
    /// `[depth, width]`
    Rows(Rows<'a>),
    /// `[width, depth]`: the transpose of what is multiplied.
    Transposed(Rows<'a>),
}

/// The right-hand side of a product, `[depth, width]`, packed.
///
/// Blocks of depth, each made of panels of columns, each panel one row of columns after another.
/// The last panel is filled up with zeros.
#[derive(Debug)]
pub(crate) struct Panels {
    data: Buffer,
    pub(crate) depth: usize,
    pub(crate) width: usize,
    /// Columns of a panel.
    pub(crate) panel: usize,
    /// Whether the last pass over them went from the last column to the first.
    descended: AtomicBool,
}

struct PanelColumns;

impl Right<'_> {
    pub(crate) fn depth(&self) -> usize {
        match self {
            Right::Rows(rows) => rows.count(),
            Right::Transposed(rows) => rows.columns,
        }
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            Right::Rows(rows) => rows.columns,
            Right::Transposed(rows) => rows.count(),
        }
    }

    /// `range` of the columns.
    pub(crate) fn columns(self, range: Range<usize>) -> Self {
        match self {
            Right::Rows(rows) => Right::Rows(rows.columns(range)),
            Right::Transposed(rows) => Right::Transposed(rows.range(range)),
        }
    }

    /// Writes `columns` over `block` as panels, one after another, each `panel` wide.
    #[inline(always)]
    pub(crate) fn pack(
        self,
        block: &Range<usize>,
        columns: &Range<usize>,
        panel: usize,
        out: &mut [f32],
    ) {
        let part = Part {
            block: block.clone(),
            columns: columns.clone(),
            panel,
            out,
        };
        part.pack(self);
    }
}

impl Panels {
    /// Packs `[depth, width]`.
    pub(crate) fn new(matrix: Rows<'_>) -> Self {
        Self::packed(Right::Rows(matrix))
    }

    /// Packs the transpose of `[width, depth]`.
    pub(crate) fn transposed(matrix: Rows<'_>) -> Self {
        Self::packed(Right::Transposed(matrix))
    }

    fn packed(right: Right<'_>) -> Self {
        let mut packed = Self::empty(right.depth(), right.width());
        let parts = packed.parts(right.width()).into_iter();
        parts.for_each(|part| part.pack(right));
        packed
    }

    /// Packs a right-hand side by all threads.
    pub(crate) fn on_all_threads(right: Right<'_>) -> Self {
        let mut packed = Self::empty(right.depth(), right.width());
        let parts = packed.parts(COLUMNS_AT_ONCE).into_par_iter();
        parts.for_each(|part| part.pack(right));
        packed
    }

    fn empty(depth: usize, width: usize) -> Self {
        let panel = Arch::new().dispatch(PanelColumns);
        Self {
            data: Buffer::new(depth * width.next_multiple_of(panel)),
            depth,
            width,
            panel,
            descended: AtomicBool::new(true),
        }
    }

    /// The memory of each block, in pieces of about `columns` columns.
    fn parts(&mut self, columns: usize) -> Vec<Part<'_>> {
        let (width, panel) = (self.width, self.panel);
        let at_once = columns.max(1).next_multiple_of(panel);
        let mut rest = &mut self.data[..];
        let mut parts = Vec::new();
        for block in blocks(0..self.depth) {
            for first in (0..width).step_by(at_once) {
                let columns = first..width.min(first + at_once);
                let numbers = block.len() * columns.len().next_multiple_of(panel);
                let (out, next) = rest.split_at_mut(numbers);
                rest = next;
                parts.push(Part {
                    block: block.clone(),
                    columns,
                    panel,
                    out,
                });
            }
        }
        parts
    }

    /// Begins a pass the other way round than the one before, which left the columns where it ended in a near cache;
    /// returns whether it goes from the last column to the first.
    #[inline(always)]
    pub(crate) fn turn_round(&self) -> bool {
        !self.descended.fetch_xor(true, Ordering::Relaxed)
    }

    /// The panels of `block` that hold `columns`, which begin where a panel does, one after another.
    #[inline(always)]
    pub(crate) fn panels(&self, block: &Range<usize>, columns: &Range<usize>) -> &[f32] {
        let padded = |columns: usize| columns.next_multiple_of(self.panel);
        let start = block.start * padded(self.width) + columns.start * block.len();
        &self.data[start..start + padded(columns.len()) * block.len()]
    }
}

/// Whole panels of a block.
struct Part<'a> {
    /// Steps of depth.
    block: Range<usize>,
    columns: Range<usize>,
    /// Columns of a panel.
    panel: usize,
    out: &'a mut [f32],
}

/// Some steps of a panel.
struct PanelSteps<'a> {
    steps: Range<usize>,
    columns: Range<usize>,
    /// Columns of a panel.
    panel: usize,
    out: &'a mut [f32],
}

impl Part<'_> {
    /// Fills each panel, some steps of depth at a time.
    #[inline(always)]
    fn pack(self, right: Right<'_>) {
        let Self {
            block,
            columns,
            panel,
            out,
        } = self;
        let at_once = match right {
            Right::Rows(_) => ROWS_READ_AT_ONCE,
            Right::Transposed(_) => MAX_DEPTH,
        };
        for steps in pieces(block.clone(), at_once) {
            let panels = out.chunks_exact_mut(block.len() * panel);
            for (first, out) in columns.clone().step_by(panel).zip(panels) {
                let begun = (steps.start - block.start) * panel;
                let to = PanelSteps {
                    steps: steps.clone(),
                    columns: first..columns.end.min(first + panel),
                    panel,
                    out: &mut out[begun..][..steps.len() * panel],
                };
                match right {
                    Right::Rows(matrix) => to.copy(matrix),
                    Right::Transposed(matrix) => to.turn(matrix),
                }
            }
        }
    }
}

impl PanelSteps<'_> {
    /// From `[depth, width]`.
    #[inline(always)]
    fn copy(self, matrix: Rows<'_>) {
        match self.columns.len() {
            32 if self.panel == 32 => self.copy_whole::<32>(matrix),
            16 if self.panel == 16 => self.copy_whole::<16>(matrix),
            8 if self.panel == 8 => self.copy_whole::<8>(matrix),
            filled => {
                for (step, out) in self.steps.zip(self.out.chunks_exact_mut(self.panel)) {
                    out[..filled].copy_from_slice(&matrix.row(step)[self.columns.clone()]);
                    out[filled..].fill(0.0);
                }
            }
        }
    }

    /// [`Self::copy`] of a panel that is full, whose size the compiler knows: a call for each step would cost more
    /// than the copy.
    #[inline(always)]
    fn copy_whole<const PANEL: usize>(self, matrix: Rows<'_>) {
        let (out, _) = self.out.as_chunks_mut::<PANEL>();
        for (out, step) in out.iter_mut().zip(self.steps) {
            if let Some(columns) = matrix.row(step)[self.columns.start..].first_chunk() {
                *out = *columns;
            }
        }
    }

    /// From `[width, depth]`.
    #[inline(always)]
    fn turn(self, matrix: Rows<'_>) {
        let (columns, panel) = (self.columns.len(), self.panel);
        if columns < panel {
            self.out.fill(0.0);
        }
        let row = |offset: usize| &matrix.row(self.columns.start + offset)[self.steps.clone()];
        turn(columns, row, panel, self.out);
    }
}

impl WithSimd for PanelColumns {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        VECTORS * S::F32_LANES
    }
}

/// The blocks that a depth is cut into, or a block itself.
pub(crate) fn blocks(depth: Range<usize>) -> impl Iterator<Item = Range<usize>> + Clone {
    pieces(depth, MAX_DEPTH)
}

/// Cuts `range` into the fewest pieces of at most `longest`, all but equally long.
#[inline(always)]
pub(crate) fn pieces(
    range: Range<usize>,
    longest: usize,
) -> impl Iterator<Item = Range<usize>> + Clone {
    let count = range.len().div_ceil(longest);
    let start = range.start;
    let total = range.len();
    (0..count).map(move |piece| {
        let cut = |piece: usize| start + total * piece / count;
        cut(piece)..cut(piece + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_as_equal_as_can_be() {
        let cut = |range, longest| pieces(range, longest).collect::<Vec<_>>();
        assert_eq!(cut(2..16, 12), [2..9, 9..16]);
        assert!(cut(0..0, 12).is_empty());
        assert_eq!(cut(0..13, 1).len(), 13);
    }
}

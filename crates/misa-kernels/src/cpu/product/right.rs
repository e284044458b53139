//! The right-hand side of a product, panel by panel.

use crate::cpu::panels::{MAX_DEPTH, Panels, Right};
use std::ops::Range;

/// Columns that every packed row meets before the next, at most.
const MAX_COLUMNS: usize = 512;
/// Numbers of their panels, which stay in a second-level cache of 1 MiB meanwhile, beside as many of packed rows.
const MAX_PANELS: usize = MAX_COLUMNS * MAX_DEPTH;
/// Columns that are packed at once where the right-hand side is not: wide enough for the memory, which likes to be read
/// along a row, and narrow enough to stay in that cache, together with the rows that are packed.
pub(super) const MAX_COLUMNS_UNPACKED: usize = 384;

/// The right-hand side of a product, `[depth, width]`, which gives the panels of some columns at a time.
///
/// What is inlined here is compiled for the instructions of the product.
pub(super) trait RightSide {
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
pub(super) struct Unpacked<'a> {
    pub(super) matrix: Right<'a>,
    /// Room for the panels that were asked for last.
    pub(super) panels: &'a mut [f32],
}

impl RightSide for &Panels {
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

impl RightSide for Unpacked<'_> {
    #[inline(always)]
    fn width(&self) -> usize {
        self.matrix.width()
    }

    #[inline(always)]
    fn columns_at_once(panel: usize, _: usize) -> usize {
        (MAX_COLUMNS_UNPACKED / panel).max(1) * panel
    }

    #[inline(always)]
    fn turn_round(&self) -> bool {
        false
    }

    #[inline(always)]
    fn panels(&mut self, block: &Range<usize>, columns: &Range<usize>, panel: usize) -> &[f32] {
        let out = &mut self.panels[..block.len() * columns.len().next_multiple_of(panel)];
        self.matrix.pack(block, columns, panel, out);
        out
    }
}

//! Where a product goes.

use crate::cpu::panels::MAX_ROWS;
use std::array;
use std::ops::Range;

/// The rows of a product.
pub(super) trait Output {
    /// `rows`, at most those of a tile, and nothing after them.
    fn rows(&mut self, rows: Range<usize>) -> [&mut [f32]; MAX_ROWS];

    /// Writes zeros.
    fn clear(&mut self);
}

/// Rows one after another.
pub(super) struct Adjacent<'a> {
    pub(super) out: &'a mut [f32],
    /// Of a row.
    pub(super) width: usize,
}

impl Output for Adjacent<'_> {
    #[inline(always)]
    fn rows(&mut self, rows: Range<usize>) -> [&mut [f32]; MAX_ROWS] {
        let all = &mut self.out[rows.start * self.width..rows.end * self.width];
        let mut rows = all.chunks_exact_mut(self.width);
        array::from_fn(|_| rows.next().unwrap_or_default())
    }

    fn clear(&mut self) {
        self.out.fill(0.0);
    }
}

/// Rows that lie apart, such as some columns of a matrix.
impl Output for &mut [&mut [f32]] {
    #[inline(always)]
    fn rows(&mut self, rows: Range<usize>) -> [&mut [f32]; MAX_ROWS] {
        let mut rows = self[rows].iter_mut();
        array::from_fn(|_| rows.next().map(|row| &mut **row).unwrap_or_default())
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(|row| row.fill(0.0));
    }
}

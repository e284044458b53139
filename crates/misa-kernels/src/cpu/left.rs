//! The left-hand side of a product in the order in which it reads it.

use crate::cpu::matrix::Rows;
use crate::cpu::panels::MAX_ROWS;
use crate::cpu::turn::turn;
use std::ops::Range;

/// The left-hand side of a product.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Left<'a> {
    /// `[rows, depth]`
    Rows(Rows<'a>),
    /// `[depth, rows]`: the transpose of what is multiplied.
    Transposed(Rows<'a>),
}

impl Left<'_> {
    pub(crate) fn rows(&self) -> usize {
        match self {
            Left::Rows(rows) => rows.count(),
            Left::Transposed(rows) => rows.columns,
        }
    }

    pub(crate) fn depth(&self) -> usize {
        match self {
            Left::Rows(rows) => rows.columns,
            Left::Transposed(rows) => rows.count(),
        }
    }

    /// `range` of the rows.
    pub(crate) fn range(self, range: Range<usize>) -> Self {
        match self {
            Left::Rows(rows) => Left::Rows(rows.range(range)),
            Left::Transposed(rows) => Left::Transposed(rows.columns(range)),
        }
    }

    /// Writes `rows` over `depth` as `[depth, rows]`.
    #[inline(always)]
    pub(crate) fn pack(&self, rows: Range<usize>, depth: Range<usize>, out: &mut [f32]) {
        macro_rules! heights {
            ($($height:literal)*) => {
                match rows.len() {
                    $($height => match self {
                        Left::Rows(matrix) => {
                            pack_rows::<$height>(matrix, rows.start, depth, out);
                        }
                        Left::Transposed(matrix) => {
                            pack_columns::<$height>(matrix, rows.start, depth, out);
                        }
                    },)*
                    _ => unreachable!("a tile has 1 to {MAX_ROWS} rows"),
                }
            };
        }
        heights!(1 2 3 4 5 6 7 8 9 10 11 12);
    }
}

/// Columns `columns` of `COUNT` rows from `first` on, turned.
#[inline(always)]
fn pack_rows<const COUNT: usize>(
    matrix: &Rows<'_>,
    first: usize,
    columns: Range<usize>,
    out: &mut [f32],
) {
    let row = |offset: usize| &matrix.row(first + offset)[columns.clone()];
    turn(COUNT, row, COUNT, out);
}

/// Columns `first..first + COUNT` of each of `rows`: pieces of a size known to the compiler, since
/// a call for each would cost more than the copy.
#[inline(always)]
fn pack_columns<const COUNT: usize>(
    matrix: &Rows<'_>,
    first: usize,
    rows: Range<usize>,
    out: &mut [f32],
) {
    let (out, _) = out.as_chunks_mut::<COUNT>();
    for (out, row) in out.iter_mut().zip(rows) {
        if let Some(columns) = matrix.row(row)[first..].first_chunk() {
            *out = *columns;
        }
    }
}

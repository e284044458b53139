//! Matrices whose rows need not lie next to each other.

use std::ops::Range;

/// Rows of a matrix that need not lie next to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    data: &'a [f32],
    stride: usize,
    first_column: usize,
    pub(crate) columns: usize,
    rows: RowIndex<'a>,
}

#[derive(Clone, Copy, Debug)]
enum RowIndex<'a> {
    Range { first: usize, count: usize },
    List(&'a [usize]),
}

impl<'a> Rows<'a> {
    /// All of a `[_, columns]` matrix.
    pub(crate) fn new(data: &'a [f32], columns: usize) -> Self {
        let count = data.len().checked_div(columns).unwrap_or(0);
        Self {
            data,
            stride: columns,
            first_column: 0,
            columns,
            rows: RowIndex::Range { first: 0, count },
        }
    }

    /// `range` of the rows.
    pub(crate) fn range(self, range: Range<usize>) -> Self {
        let rows = match self.rows {
            RowIndex::Range { first, .. } => RowIndex::Range {
                first: first + range.start,
                count: range.len(),
            },
            RowIndex::List(list) => RowIndex::List(&list[range]),
        };
        Self { rows, ..self }
    }

    /// The rows of this matrix that `list` names, in its order.
    pub(crate) fn list(self, list: &'a [usize]) -> Self {
        Self {
            rows: RowIndex::List(list),
            ..self
        }
    }

    /// `range` of the columns.
    pub(crate) fn columns(self, range: Range<usize>) -> Self {
        Self {
            first_column: self.first_column + range.start,
            columns: range.len(),
            ..self
        }
    }

    pub(crate) fn count(&self) -> usize {
        match self.rows {
            RowIndex::Range { count, .. } => count,
            RowIndex::List(list) => list.len(),
        }
    }

    #[inline(always)]
    pub(crate) fn row(&self, index: usize) -> &'a [f32] {
        let row = match self.rows {
            RowIndex::Range { first, .. } => first + index,
            RowIndex::List(list) => list[index],
        };
        &self.data[row * self.stride + self.first_column..][..self.columns]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_can_be_chosen() {
        let data = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let rows = Rows::new(&data, 3).columns(1..3);
        assert_eq!(rows.range(1..2).row(0), [4.0, 5.0]);
        assert_eq!(rows.list(&[2, 0]).row(0), [7.0, 8.0]);
        assert_eq!(rows.list(&[2, 0]).range(1..2).row(0), [1.0, 2.0]);
    }
}

//! A range of the rows of an array, as numbers or texts.

use super::header::unread;
use super::{Npy, NpyError};
use crate::dtype::{Dtype, DtypeKind, Number};
use std::borrow::Cow;
use std::ops::Range;

/// Bytes that are read at once, if they are stored in reading order.
const BLOCK: usize = 1 << 20;

/// A range of the first axis of an array, read on demand.
#[derive(Clone, Debug)]
pub struct Rows<'n> {
    array: &'n Npy<'n>,
    range: Range<usize>,
}

impl<'n> Rows<'n> {
    pub(super) fn new(array: &'n Npy<'_>, range: Range<usize>) -> Self {
        Self { array, range }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.range.len() * self.row_len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements as `f32`.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not numbers or cannot be read.
    pub fn to_floats(&self) -> Result<Vec<f32>, NpyError> {
        self.collect("numbers", |bytes, values| {
            self.array.dtype().floats(bytes, values)
        })
    }

    /// The elements as `f64`.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not numbers or cannot be read.
    pub fn to_doubles(&self) -> Result<Vec<f64>, NpyError> {
        self.collect("numbers", |bytes, values| {
            self.array.dtype().doubles(bytes, values)
        })
    }

    /// The elements as integers.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when an element is not a whole number below 2^63, or cannot be read.
    pub fn to_ints(&self) -> Result<Vec<i64>, NpyError> {
        let dtype = self.array.dtype();
        self.collect("whole numbers", |bytes, values| {
            let int = |element: &[u8]| dtype.number(element).and_then(Number::as_i64);
            each(bytes, dtype, values, int)
        })
    }

    /// The elements as texts.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not texts or cannot be read.
    pub fn to_texts(&self) -> Result<Vec<String>, NpyError> {
        let dtype = self.array.dtype();
        self.collect("texts", |bytes, values| {
            each(bytes, dtype, values, |bytes| dtype.text(bytes))
        })
    }

    /// The values that `convert` appends for the bytes of each block.
    fn collect<T>(
        &self,
        expected: &'static str,
        convert: impl Fn(&[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Vec<T>, NpyError> {
        let dtype = self.array.dtype();
        if dtype.kind() == DtypeKind::Object {
            return Err(self.array.is_not(expected));
        }
        let mut values = Vec::new();
        // The header was checked against the file, so the elements exist.
        values
            .try_reserve_exact(self.len())
            .map_err(|error| unread(self.array.start(), "memory for the elements", error.into()))?;
        for block in self.blocks() {
            let converted = convert(&block.bytes()?, &mut values);
            converted.ok_or_else(|| self.array.is_not(expected))?;
        }
        Ok(values)
    }

    /// The rows in blocks. Rows in Fortran order are scattered, so they are gathered as one block.
    fn blocks(&self) -> impl Iterator<Item = Self> + use<'_, 'n> {
        let row_bytes = self.row_len() * self.array.dtype().size();
        let step = if self.array.header.fortran {
            usize::MAX
        } else {
            (BLOCK / row_bytes.max(1)).max(1)
        };
        // Empty rows need not be visited, and there may be 2^63 of them.
        let mut start = if row_bytes == 0 {
            self.range.end
        } else {
            self.range.start
        };
        std::iter::from_fn(move || {
            let end = start.saturating_add(step).min(self.range.end);
            let block = Self::new(self.array, start..end);
            start = end;
            (!block.range.is_empty()).then_some(block)
        })
    }

    /// The bytes of the elements in reading order.
    fn bytes(&self) -> Result<Cow<'_, [u8]>, NpyError> {
        let row_bytes = self.row_len() * self.array.dtype().size();
        if self.array.header.fortran {
            return self.gathered().map(Cow::Owned);
        }
        // The header was checked against the file, so these products cannot overflow.
        let offset = self.array.start() + (self.range.start * row_bytes) as u64;
        self.array
            .source
            .bytes(offset, self.range.len() * row_bytes)
            .map_err(|source| unread(offset, "elements", source))
    }

    /// The bytes of elements that are stored with the first axis fastest, rearranged in reading
    /// order. The file holds one run of elements per column.
    fn gathered(&self) -> Result<Vec<u8>, NpyError> {
        let (size, row_len) = (self.array.dtype().size(), self.row_len());
        let run = self.range.len() * size;
        let mut bytes = vec![0; run * row_len];
        for stored_column in 0..row_len {
            let first = stored_column * self.array.n_rows() + self.range.start;
            let offset = self.array.start() + (first * size) as u64;
            let elements = self
                .array
                .source
                .bytes(offset, run)
                .map_err(|source| unread(offset, "elements", source))?;
            let column = self.reading_column(stored_column);
            for (row, element) in elements.chunks_exact(size).enumerate() {
                let target = (row * row_len + column) * size;
                bytes[target..target + size].copy_from_slice(element);
            }
        }
        Ok(bytes)
    }

    /// Column in reading order of the column that Fortran order stores at `stored_column`.
    fn reading_column(&self, stored_column: usize) -> usize {
        let axes = self.array.shape().get(1..).unwrap_or_default();
        let (mut rest, mut stride, mut column) = (stored_column, self.row_len(), 0);
        for &axis in axes {
            stride /= axis;
            column += rest % axis * stride;
            rest /= axis;
        }
        column
    }

    /// Elements for each index of the first axis.
    fn row_len(&self) -> usize {
        // Not the product of the other axes, which may overflow when there are no rows.
        self.array.len() / self.array.n_rows().max(1)
    }
}

/// Appends `value` of each element in `bytes`.
fn each<T>(
    bytes: &[u8],
    dtype: Dtype,
    values: &mut Vec<T>,
    value: impl Fn(&[u8]) -> Option<T>,
) -> Option<()> {
    for element in bytes.chunks_exact(dtype.size()) {
        values.push(value(element)?);
    }
    Some(())
}

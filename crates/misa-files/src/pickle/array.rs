//! NumPy arrays in a pickle.

use super::blob::{Blob, PIECE};
use super::node::NodeId;
use super::positions::Positions;
use super::value::text_cost;
use super::{ConvertError, Pickle};
use crate::dtype::{Dtype, DtypeKind, Number};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// An array as the parser stores it: checked, with its bytes still in the file.
#[derive(Debug)]
pub(super) struct ArrayNode {
    shape: Vec<usize>,
    dtype: Dtype,
    /// Whether the first axis is the fastest, instead of the last.
    fortran: bool,
    /// The bytes, or the list of objects.
    data: NodeId,
}

impl ArrayNode {
    /// `None` if `available` bytes (for objects: elements) do not fill the shape exactly.
    pub fn new(
        shape: &[u64],
        dtype: Dtype,
        fortran: bool,
        data: NodeId,
        available: u64,
    ) -> Option<Self> {
        let shape: Vec<usize> = shape
            .iter()
            .map(|&axis| usize::try_from(axis).ok())
            .collect::<Option<_>>()?;
        let elements = shape
            .iter()
            .try_fold(1_usize, |product, &axis| product.checked_mul(axis))?;
        let size = elements.checked_mul(dtype.size())?;
        (size as u64 == available).then_some(Self {
            shape,
            dtype,
            fortran,
            data,
        })
    }

    pub fn data(&self) -> NodeId {
        self.data
    }

    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn is_single(&self) -> bool {
        self.shape.iter().all(|&axis| axis == 1)
    }

    /// Whether the elements are not stored in reading order.
    fn is_scattered(&self) -> bool {
        self.fortran && self.shape.iter().filter(|&&axis| axis > 1).count() > 1
    }

    /// The list of objects, if this is an object array in reading order.
    pub fn objects(&self) -> Option<NodeId> {
        let in_order = !self.is_scattered();
        (self.dtype.kind() == DtypeKind::Object && in_order).then_some(self.data)
    }
}

impl fmt::Display for ArrayNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "array {} {:?}", self.dtype, self.shape)
    }
}

/// A view of an array. Elements are numbered with the last axis fastest, however they are stored.
///
/// Only the requested elements are read from the file, so an array may be larger than memory. If the
/// first axis is the fastest, the whole array is read once and kept.
#[derive(Clone, Copy, Debug)]
pub struct Array<'p> {
    pickle: &'p Pickle<'p>,
    node: &'p ArrayNode,
    /// `None` for objects, which are stored separately.
    blob: Option<&'p Blob>,
}

impl<'p> Array<'p> {
    pub(super) fn new(pickle: &'p Pickle<'p>, node: &'p ArrayNode, blob: Option<&'p Blob>) -> Self {
        Self { pickle, node, blob }
    }

    /// Length of each axis.
    pub fn shape(self) -> &'p [usize] {
        &self.node.shape
    }

    /// Element type.
    pub fn dtype(self) -> Dtype {
        self.node.dtype
    }

    /// Number of elements.
    pub fn len(self) -> usize {
        self.node.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements in `range`, as `f32`.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are not numbers, the range exceeds the array, the memory
    /// budget is used up, or the file cannot be read.
    pub fn to_floats(self, range: Range<usize>) -> Result<Vec<f32>, ConvertError> {
        let mut values = Vec::new();
        self.to_floats_into(range, &mut values)?;
        Ok(values)
    }

    /// Appends the elements in `range` to `values`, as `f32`.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats). `values` may then contain some of the elements.
    pub fn to_floats_into(
        self,
        range: Range<usize>,
        values: &mut Vec<f32>,
    ) -> Result<(), ConvertError> {
        if range.end > self.len() || range.start > range.end {
            return Err(self.is_not("more elements"));
        }
        self.check_numbers("numbers")?;
        self.pickle.charge(range.len().saturating_mul(4))?;
        values.reserve(range.len());
        self.each_piece(range, |bytes| self.dtype().floats(bytes, values), "numbers")
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are not numbers, the memory budget is used up, or the file
    /// cannot be read.
    pub fn to_doubles(self) -> Result<Vec<f64>, ConvertError> {
        self.check_numbers("numbers")?;
        self.pickle.charge(self.len().saturating_mul(8))?;
        let mut values = Vec::with_capacity(self.len());
        let convert = |bytes: &[u8]| self.dtype().doubles(bytes, &mut values);
        self.each_piece(0..self.len(), convert, "numbers")?;
        Ok(values)
    }

    /// All elements, if they are whole numbers.
    pub(super) fn to_ints(self) -> Result<Vec<i64>, ConvertError> {
        self.check_numbers("whole numbers")?;
        self.pickle.charge(self.len().saturating_mul(8))?;
        let mut values = Vec::new();
        let convert = |bytes: &[u8]| {
            for unit in bytes.chunks_exact(self.dtype().size()) {
                values.push(self.dtype().number(unit)?.as_i64()?);
            }
            Some(())
        };
        self.each_piece(0..self.len(), convert, "whole numbers")?;
        Ok(values)
    }

    /// All elements as texts.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are not texts, the memory budget is used up, or the file
    /// cannot be read.
    pub fn to_texts(self) -> Result<Vec<String>, ConvertError> {
        if !matches!(self.dtype().kind(), DtypeKind::Bytes | DtypeKind::Unicode) {
            return Err(self.is_not("texts"));
        }
        self.pickle
            .charge(text_cost(self.dtype().size()).saturating_mul(self.len()))?;
        let mut texts = Vec::new();
        let convert = |bytes: &[u8]| {
            for unit in bytes.chunks_exact(self.dtype().size()) {
                texts.push(self.dtype().text(unit)?);
            }
            Some(())
        };
        self.each_piece(0..self.len(), convert, "texts")?;
        Ok(texts)
    }

    /// The number, if the array has a single element.
    pub(super) fn single(self) -> Option<Number> {
        // A single number is too short to stay in the file, so it is in memory.
        let bytes = self.blob?.in_memory()?;
        if self.node.is_single() {
            self.dtype().number(bytes)
        } else {
            None
        }
    }

    /// Refuses texts and objects before anything is read.
    fn check_numbers(self, expected: &'static str) -> Result<(), ConvertError> {
        match self.dtype().kind() {
            DtypeKind::Bytes | DtypeKind::Unicode | DtypeKind::Object => Err(self.is_not(expected)),
            _ => Ok(()),
        }
    }

    /// Passes the bytes of the elements in `range` to `take`, in reading order and in pieces of whole
    /// elements; `take` returns `None` if they are not what is `expected`.
    fn each_piece(
        self,
        range: Range<usize>,
        mut take: impl FnMut(&[u8]) -> Option<()>,
        expected: &'static str,
    ) -> Result<(), ConvertError> {
        if range.is_empty() {
            return Ok(());
        }
        let blob = self.blob.ok_or_else(|| self.is_not(expected))?;
        let size = self.dtype().size();
        let count = (PIECE / size).max(1);
        let mut scattered = if self.node.is_scattered() {
            let bytes = self.pickle.hold(self.node.data, blob)?;
            Some((bytes, Positions::new(self.shape(), range.start)))
        } else {
            None
        };
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + count);
            let bytes = match &mut scattered {
                Some((bytes, positions)) => {
                    let mut units = Vec::with_capacity((end - start) * size);
                    for position in positions.take(end - start) {
                        units.extend_from_slice(&bytes[position * size..(position + 1) * size]);
                    }
                    Cow::Owned(units)
                }
                None => self.pickle.read(blob, start * size..end * size)?,
            };
            take(&bytes).ok_or_else(|| self.is_not(expected))?;
            start = end;
        }
        Ok(())
    }

    fn is_not(self, expected: &'static str) -> ConvertError {
        ConvertError::Kind {
            expected,
            found: self.node.to_string(),
        }
    }
}

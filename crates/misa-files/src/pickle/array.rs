//! NumPy arrays of a pickle.

use super::ConvertError;
use super::Pickle;
use super::blob::{Blob, PIECE};
use super::node::NodeId;
use super::places::Places;
use super::value::text_cost;
use crate::dtype::{Dtype, DtypeKind, Number};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// An array as the parser leaves it: checked, its bytes still in the file.
#[derive(Debug)]
pub(super) struct ArrayNode {
    shape: Vec<usize>,
    dtype: Dtype,
    /// First axis fastest, instead of last.
    fortran: bool,
    /// The bytes, or for objects the list.
    data: NodeId,
}

impl ArrayNode {
    /// `None` when `available` bytes (objects: elements) do not fill the shape exactly.
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

    /// Whether elements are stored in another order than that of reading.
    fn is_scattered(&self) -> bool {
        self.fortran && self.shape.iter().filter(|&&axis| axis > 1).count() > 1
    }

    /// The list of objects, when this is an array of objects in reading order.
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

/// A view of an array; elements are numbered with the last axis fastest, however they are stored.
///
/// Elements are read from the file when they are asked for, and only those: an array may be larger
/// than memory. Where the first axis is the fastest, the whole array is read once and kept.
#[derive(Clone, Copy, Debug)]
pub struct Array<'p> {
    pickle: &'p Pickle<'p>,
    node: &'p ArrayNode,
    /// `None` for objects, which are stored apart.
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
    /// [`ConvertError`] when the elements are no numbers, the range is outside the array, too
    /// much was converted already, or the file cannot be read.
    pub fn to_floats(self, range: Range<usize>) -> Result<Vec<f32>, ConvertError> {
        let mut values = Vec::new();
        self.to_floats_into(range, &mut values)?;
        Ok(values)
    }

    /// Appends the elements in `range` to `values`, as `f32`.
    ///
    /// # Errors
    ///
    /// As [`to_floats`](Self::to_floats); `values` may have got some of the elements then.
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
    /// [`ConvertError`] when the elements are no numbers, too much was converted already, or the
    /// file cannot be read.
    pub fn to_doubles(self) -> Result<Vec<f64>, ConvertError> {
        self.check_numbers("numbers")?;
        self.pickle.charge(self.len().saturating_mul(8))?;
        let mut values = Vec::with_capacity(self.len());
        let convert = |bytes: &[u8]| self.dtype().doubles(bytes, &mut values);
        self.each_piece(0..self.len(), convert, "numbers")?;
        Ok(values)
    }

    /// All elements, when they are whole numbers.
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
    /// [`ConvertError`] when the elements are no texts, too much was converted already, or the
    /// file cannot be read.
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

    /// The number of an array of one.
    pub(super) fn single(self) -> Option<Number> {
        // Too short to be kept in the file, so that no read can fail.
        let bytes = self.blob?.in_memory()?;
        match self.node.is_single() {
            true => self.dtype().number(bytes),
            false => None,
        }
    }

    /// Texts and objects are told before anything is read.
    fn check_numbers(self, expected: &'static str) -> Result<(), ConvertError> {
        match self.dtype().kind() {
            DtypeKind::Bytes | DtypeKind::Unicode | DtypeKind::Object => Err(self.is_not(expected)),
            _ => Ok(()),
        }
    }

    /// Hands the bytes of the elements in `range` over, in reading order, whole elements at a
    /// time; `take` says whether they are what is `expected`.
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
        let scattered = self.node.is_scattered().then(|| {
            let held = self.pickle.hold(self.node.data, blob);
            held.map(|bytes| (bytes, Places::new(self.shape(), range.start)))
        });
        let mut scattered = scattered.transpose()?;
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + count);
            let bytes = match &mut scattered {
                Some((bytes, places)) => {
                    let mut units = Vec::with_capacity((end - start) * size);
                    for place in places.take(end - start) {
                        units.extend_from_slice(&bytes[place * size..(place + 1) * size]);
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

//! NumPy arrays of a pickle.

use super::ConvertError;
use super::node::NodeId;
use super::value::{Pickle, text_cost};
use crate::dtype::{Dtype, DtypeKind, Number};
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
        available: usize,
    ) -> Option<Self> {
        let shape: Vec<usize> = shape
            .iter()
            .map(|&axis| usize::try_from(axis).ok())
            .collect::<Option<_>>()?;
        let elements = shape
            .iter()
            .try_fold(1_usize, |product, &axis| product.checked_mul(axis))?;
        (elements.checked_mul(dtype.size())? == available).then_some(Self {
            shape,
            dtype,
            fortran,
            data,
        })
    }

    pub fn data(&self) -> NodeId {
        self.data
    }

    pub fn is_single(&self) -> bool {
        self.shape.iter().all(|&axis| axis == 1)
    }

    /// The list of objects, when this is an array of objects in reading order.
    pub fn objects(&self) -> Option<NodeId> {
        let in_order = !self.fortran || self.shape.len() < 2;
        (self.dtype.kind() == DtypeKind::Object && in_order).then_some(self.data)
    }
}

impl fmt::Display for ArrayNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "array {} {:?}", self.dtype, self.shape)
    }
}

/// A view of an array; elements are numbered with the last axis fastest, however they are stored.
#[derive(Clone, Copy, Debug)]
pub struct Array<'p> {
    pickle: &'p Pickle<'p>,
    node: &'p ArrayNode,
    bytes: &'p [u8],
}

impl<'p> Array<'p> {
    pub(super) fn new(pickle: &'p Pickle<'p>, node: &'p ArrayNode, bytes: &'p [u8]) -> Self {
        Self {
            pickle,
            node,
            bytes,
        }
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
        self.node.shape.iter().product()
    }

    /// Whether there are no elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements in `range`, as `f32`.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are no numbers, the range is outside the array, or too
    /// much was converted already.
    pub fn to_floats(self, range: Range<usize>) -> Result<Vec<f32>, ConvertError> {
        if range.end > self.len() || range.start > range.end {
            return Err(self.is_not("more elements"));
        }
        self.pickle.charge(range.len().saturating_mul(4))?;
        if self.dtype().is_little_f32() && !self.node.fortran {
            let bytes = &self.bytes[4 * range.start..4 * range.end];
            let value = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            return Ok(bytes.chunks_exact(4).map(value).collect());
        }
        range
            .map(|index| self.number(index).map(|number| number.as_f64() as f32))
            .collect::<Option<_>>()
            .ok_or_else(|| self.is_not("numbers"))
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are no numbers, or too much was converted already.
    pub fn to_doubles(self) -> Result<Vec<f64>, ConvertError> {
        self.pickle.charge(self.len().saturating_mul(8))?;
        (0..self.len())
            .map(|index| self.number(index).map(Number::as_f64))
            .collect::<Option<_>>()
            .ok_or_else(|| self.is_not("numbers"))
    }

    /// All elements, when they are whole numbers.
    pub(super) fn to_ints(self) -> Result<Option<Vec<i64>>, ConvertError> {
        self.pickle.charge(self.len().saturating_mul(8))?;
        let int = |index| self.number(index).and_then(Number::as_i64);
        Ok((0..self.len()).map(int).collect())
    }

    /// All elements as texts.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when the elements are no texts, or too much was converted already.
    pub fn to_texts(self) -> Result<Vec<String>, ConvertError> {
        if !matches!(self.dtype().kind(), DtypeKind::Bytes | DtypeKind::Unicode) {
            return Err(self.is_not("texts"));
        }
        // An element of size 0 costs no byte of the file, but a string of ours.
        self.pickle
            .charge(text_cost(self.dtype().size()).saturating_mul(self.len()))?;
        (0..self.len())
            .map(|index| self.dtype().text(self.element(index)?))
            .collect::<Option<_>>()
            .ok_or_else(|| self.is_not("texts"))
    }

    /// The number of an array of one.
    pub(super) fn single(self) -> Option<Number> {
        if self.node.is_single() {
            self.number(0)
        } else {
            None
        }
    }

    fn number(self, index: usize) -> Option<Number> {
        self.dtype().number(self.element(index)?)
    }

    fn element(self, index: usize) -> Option<&'p [u8]> {
        let size = self.dtype().size();
        let start = self.position(index) * size;
        self.bytes.get(start..start + size)
    }

    /// Where element `index` is stored.
    fn position(self, index: usize) -> usize {
        if !self.node.fortran {
            return index;
        }
        let (mut rest, mut stride, mut position) = (index, self.len(), 0);
        for &axis in self.shape().iter().rev() {
            stride /= axis.max(1);
            position += rest % axis.max(1) * stride;
            rest /= axis.max(1);
        }
        position
    }

    fn is_not(self, expected: &'static str) -> ConvertError {
        ConvertError::Kind {
            expected,
            found: self.node.to_string(),
        }
    }
}

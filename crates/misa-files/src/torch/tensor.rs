//! One tensor.

use super::reference::Reference;
use super::{File, TorchError};
use crate::Source;
use crate::dtype::{Dtype, Number};
use crate::pickle::{Items, Value};
use std::borrow::Cow;

/// PyTorch's own limit on the number of axes.
const MOST_AXES: usize = 64;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// A tensor that was checked to fit its storage; its elements are still in the file.
///
/// Elements are numbered with the last axis fastest, however they are stored.
#[derive(Debug)]
pub struct Tensor<'f> {
    file: &'f File<'f>,
    storage: Source<'f>,
    dtype: Dtype,
    shape: Vec<usize>,
    strides: Vec<usize>,
    /// Position of the first element in the storage, in elements.
    offset: usize,
    /// Number of elements.
    len: usize,
}

impl<'f> Tensor<'f> {
    /// Checks the arguments that describe a tensor: its storage, offset, shape and strides.
    pub(super) fn new(
        file: &'f File<'_>,
        storage: Source<'f>,
        reference: &Reference,
        big_endian: bool,
        arguments: Items<'_>,
    ) -> Result<Self, TorchError> {
        let argument = |index| arguments.get(index).ok_or_else(|| missing(arguments));
        let offset = count(argument(1)?)?;
        let (shape, strides) = (counts(argument(2)?)?, counts(argument(3)?)?);
        let len = match extent(&shape, &strides, offset) {
            Some((len, end)) if end <= reference.len => len,
            _ => {
                return Err(TorchError::Bounds {
                    shape,
                    strides,
                    offset,
                    len: reference.len,
                });
            }
        };
        let mut dtype = reference.dtype;
        dtype.set_big_endian(big_endian);
        Ok(Self {
            file,
            storage,
            dtype,
            shape,
            strides,
            offset,
            len,
        })
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Element type.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All elements as `f32`.
    ///
    /// # Errors
    ///
    /// [`TorchError`] when the elements cannot be read, or the memory budget is used up.
    pub fn to_floats(&self) -> Result<Vec<f32>, TorchError> {
        self.collect(|bytes, values| self.dtype.floats(bytes, values))
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats).
    pub fn to_doubles(&self) -> Result<Vec<f64>, TorchError> {
        self.collect(|bytes, values| self.dtype.doubles(bytes, values))
    }

    /// All elements as integers.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats), and when an element is not a whole number below 2^63.
    pub fn to_ints(&self) -> Result<Vec<i64>, TorchError> {
        self.collect(|bytes, values| {
            for element in bytes.chunks_exact(self.dtype.size()) {
                values.push(self.dtype.number(element).and_then(Number::as_i64)?);
            }
            Some(())
        })
    }

    /// The values that `convert` appends for the bytes of the elements, in reading order.
    fn collect<T>(
        &self,
        convert: impl Fn(&[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Vec<T>, TorchError> {
        self.file.charge(self.len.saturating_mul(size_of::<T>()))?;
        let mut values = Vec::new();
        values
            .try_reserve_exact(self.len)
            .map_err(|error| TorchError::unread(0, "memory for a tensor", error.into()))?;
        let is_not = || TorchError::Kind {
            dtype: self.dtype.to_string(),
            shape: self.shape.clone(),
        };
        if self.is_empty() {
            return Ok(values);
        }
        if self.is_contiguous() {
            let (start, end) = (self.offset, self.offset + self.len);
            let step = BLOCK / self.dtype.size();
            for first in (start..end).step_by(step) {
                let bytes = self.elements(first, step.min(end - first))?;
                convert(&bytes, &mut values).ok_or_else(is_not)?;
            }
        } else {
            let bytes = self.gathered()?;
            convert(&bytes, &mut values).ok_or_else(is_not)?;
        }
        Ok(values)
    }

    /// The elements in reading order, gathered by their strides.
    fn gathered(&self) -> Result<Vec<u8>, TorchError> {
        let size = self.dtype.size();
        self.file.charge(self.len.saturating_mul(size))?;
        let last = self.positions().last().unwrap_or(self.offset);
        let stored = self.elements(self.offset, last + 1 - self.offset)?;
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(self.len * size)
            .map_err(|error| TorchError::unread(0, "memory for a tensor", error.into()))?;
        for position in self.positions() {
            let start = (position - self.offset) * size;
            bytes.extend_from_slice(&stored[start..start + size]);
        }
        Ok(bytes)
    }

    /// Positions of all elements in the storage, in reading order; the last one is the largest.
    fn positions(&self) -> impl Iterator<Item = usize> {
        let mut index = vec![0; self.shape.len()];
        let mut next = (!self.is_empty()).then_some(self.offset);
        std::iter::from_fn(move || {
            let position = next?;
            next = self.advance(&mut index, position);
            Some(position)
        })
    }

    /// The position after `position`, which belongs to `index`; `None` after the last one.
    fn advance(&self, index: &mut [usize], mut position: usize) -> Option<usize> {
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < self.shape[axis] {
                return Some(position + self.strides[axis]);
            }
            position -= (self.shape[axis] - 1) * self.strides[axis];
            index[axis] = 0;
        }
        None
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        let axes = self.shape.iter().zip(&self.strides).rev();
        axes.filter(|(axis, _)| **axis != 1).all(|(axis, stride)| {
            let fits = *stride == expected;
            expected *= axis;
            fits
        })
    }

    fn elements(&self, start: usize, count: usize) -> Result<Cow<'_, [u8]>, TorchError> {
        let size = self.dtype.size();
        // Inside the storage, so the product cannot overflow.
        let offset = (start * size) as u64;
        self.storage
            .bytes(offset, count * size)
            .map_err(|source| TorchError::unread(offset, "elements of a storage", source))
    }
}

/// Number of elements, and of elements of the smallest storage that holds them; `None` if either
/// overflows or the axes do not match.
fn extent(shape: &[usize], strides: &[usize], offset: usize) -> Option<(usize, usize)> {
    if shape.len() != strides.len() {
        return None;
    }
    if shape.contains(&0) {
        return Some((0, 0));
    }
    let (mut len, mut last) = (1_usize, offset);
    for (axis, stride) in shape.iter().zip(strides) {
        len = len.checked_mul(*axis)?;
        last = last.checked_add((axis - 1).checked_mul(*stride)?)?;
    }
    Some((len, last.checked_add(1)?))
}

fn missing(arguments: Items<'_>) -> TorchError {
    TorchError::Tensor {
        expected: "4 arguments or more",
        found: arguments.len().to_string(),
    }
}

fn count(value: Value<'_>) -> Result<usize, TorchError> {
    value
        .as_int()
        .and_then(|count| usize::try_from(count).ok())
        .ok_or_else(|| TorchError::Tensor {
            expected: "a number of at least 0",
            found: value.describe(),
        })
}

fn counts(value: Value<'_>) -> Result<Vec<usize>, TorchError> {
    match value.items() {
        Some(items) if items.len() <= MOST_AXES => items.iter().map(count).collect(),
        _ => Err(TorchError::Tensor {
            expected: "a tuple of at most 64",
            found: value.describe(),
        }),
    }
}

//! One tensor.

use super::reference::Reference;
use super::{File, TorchError};
use crate::Source;
use crate::dtype::{Dtype, Number};
use crate::pickle::{Items, Value};
use std::borrow::Cow;

/// PyTorch's own bound on the number of axes.
const MOST_AXES: usize = 64;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// A tensor whose places were found to be in its storage; its elements are still in the file.
///
/// Elements are numbered with the last axis fastest, however they are stored.
#[derive(Debug)]
pub struct Tensor<'f> {
    file: &'f File<'f>,
    storage: Source<'f>,
    dtype: Dtype,
    shape: Vec<usize>,
    strides: Vec<usize>,
    /// Place of the first element, in elements.
    offset: usize,
    /// Number of elements.
    len: usize,
}

impl<'f> Tensor<'f> {
    /// Checks the arguments that make a tensor: its storage, offset, shape and strides.
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
        let fits = last_place(&shape, &strides, offset);
        let len = match fits {
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
    /// [`TorchError`] when they cannot be read, or tensors became too large already.
    pub fn to_floats(&self) -> Result<Vec<f32>, TorchError> {
        self.collect(|bytes, values| self.dtype.floats(bytes, values))
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// As [`to_floats`](Self::to_floats).
    pub fn to_doubles(&self) -> Result<Vec<f64>, TorchError> {
        self.collect(|bytes, values| self.dtype.doubles(bytes, values))
    }

    /// All elements as integers.
    ///
    /// # Errors
    ///
    /// As [`to_floats`](Self::to_floats), and when they are no whole numbers below 2^63.
    pub fn to_ints(&self) -> Result<Vec<i64>, TorchError> {
        self.collect(|bytes, values| {
            for element in bytes.chunks_exact(self.dtype.size()) {
                values.push(self.dtype.number(element).and_then(Number::as_i64)?);
            }
            Some(())
        })
    }

    /// What `convert` appends for the bytes of the elements, in reading order.
    fn collect<T>(
        &self,
        convert: impl Fn(&[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Vec<T>, TorchError> {
        self.file.charge(self.len.saturating_mul(size_of::<T>()))?;
        let mut values = Vec::new();
        let room = values.try_reserve_exact(self.len);
        room.map_err(|error| TorchError::unread(0, "room for a tensor", error.into()))?;
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
            for at in (start..end).step_by(step) {
                let bytes = self.elements(at, step.min(end - at))?;
                convert(&bytes, &mut values).ok_or_else(is_not)?;
            }
        } else {
            let bytes = self.gathered()?;
            convert(&bytes, &mut values).ok_or_else(is_not)?;
        }
        Ok(values)
    }

    /// The elements in reading order, taken from wherever the strides lead.
    fn gathered(&self) -> Result<Vec<u8>, TorchError> {
        let size = self.dtype.size();
        self.file.charge(self.len.saturating_mul(size))?;
        let last = self.places().last().unwrap_or(self.offset);
        let stored = self.elements(self.offset, last + 1 - self.offset)?;
        let mut bytes = Vec::new();
        let room = bytes.try_reserve_exact(self.len * size);
        room.map_err(|error| TorchError::unread(0, "room for a tensor", error.into()))?;
        for place in self.places() {
            let at = (place - self.offset) * size;
            bytes.extend_from_slice(&stored[at..at + size]);
        }
        Ok(bytes)
    }

    /// Place of every element in the storage, in reading order; the last one is the largest.
    fn places(&self) -> impl Iterator<Item = usize> {
        let mut index = vec![0; self.shape.len()];
        let mut next = (!self.is_empty()).then_some(self.offset);
        std::iter::from_fn(move || {
            let place = next?;
            next = self.advance(&mut index, place);
            Some(place)
        })
    }

    /// Place after `place`, that of `index`; `None` after the last one.
    fn advance(&self, index: &mut [usize], mut place: usize) -> Option<usize> {
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < self.shape[axis] {
                return Some(place + self.strides[axis]);
            }
            place -= (self.shape[axis] - 1) * self.strides[axis];
            index[axis] = 0;
        }
        None
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        let axes = self.shape.iter().zip(&self.strides).rev();
        axes.filter(|(axis, _)| **axis != 1).all(|(axis, stride)| {
            let found = *stride == expected;
            expected *= axis;
            found
        })
    }

    fn elements(&self, start: usize, count: usize) -> Result<Cow<'_, [u8]>, TorchError> {
        let size = self.dtype.size();
        // Inside a storage whose bytes were counted.
        let at = (start * size) as u64;
        self.storage
            .bytes(at, count * size)
            .map_err(|source| TorchError::unread(at, "elements of a storage", source))
    }
}

/// Number of elements, and the smallest storage that holds them; `None` where they overflow or the
/// axes do not match.
fn last_place(shape: &[usize], strides: &[usize], offset: usize) -> Option<(usize, usize)> {
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
    let count = value.as_int().and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| TorchError::Tensor {
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

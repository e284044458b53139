//! One array of a file.

use super::header::{Header, unread};
use super::{NpyError, Rows};
use crate::Source;
use crate::dtype::{Dtype, DtypeKind};
use crate::pickle::{Limits, Pickle};
use std::io::ErrorKind;
use std::ops::Range;

/// An array whose header has been read; its elements are still in the file.
///
/// Elements are returned with the last axis fastest, however they are stored.
#[derive(Debug)]
pub struct Npy<'s> {
    pub(super) source: Source<'s>,
    pub(super) header: Header,
}

impl<'s> Npy<'s> {
    /// Reads the header of the array in `source`: a `.npy` file, or a member of an archive.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when this is not an array, when its elements are structured or neither numbers,
    /// texts nor objects, or when its shape does not match its bytes.
    pub fn open(source: impl Into<Source<'s>>) -> Result<Self, NpyError> {
        let source = source.into();
        let header = Header::read(&source)?;
        Ok(Self { source, header })
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// Element type.
    pub fn dtype(&self) -> Dtype {
        self.header.dtype
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.header.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Offset of the first element in the file. Objects are stored as one pickle.
    pub fn start(&self) -> u64 {
        self.header.start
    }

    /// Length of the first axis; 1 for an array without axes.
    pub fn n_rows(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// A range of the first axis. Only its elements are read, on demand.
    ///
    /// # Errors
    ///
    /// [`NpyError::Rows`] when the range exceeds the array.
    pub fn rows(&self, range: Range<usize>) -> Result<Rows<'_>, NpyError> {
        let rows = self.n_rows();
        if range.start > range.end || range.end > rows {
            return Err(NpyError::Rows { range, rows });
        }
        Ok(Rows::new(self, range))
    }

    /// All elements as `f32`.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not numbers or cannot be read.
    pub fn to_floats(&self) -> Result<Vec<f32>, NpyError> {
        self.all().to_floats()
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not numbers or cannot be read.
    pub fn to_doubles(&self) -> Result<Vec<f64>, NpyError> {
        self.all().to_doubles()
    }

    /// All elements as integers.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when an element is not a whole number below 2^63, or cannot be read.
    pub fn to_ints(&self) -> Result<Vec<i64>, NpyError> {
        self.all().to_ints()
    }

    /// All elements as texts.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not texts or cannot be read.
    pub fn to_texts(&self) -> Result<Vec<String>, NpyError> {
        self.all().to_texts()
    }

    /// The objects of an object array: a pickle whose root is the array. Offsets in its error
    /// messages count from [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// [`NpyError`] when the elements are not objects, or as for [`Pickle::parse`].
    pub fn into_objects(self, limits: &Limits) -> Result<Pickle<'s>, NpyError> {
        if self.dtype().kind() != DtypeKind::Object {
            return Err(self.is_not("objects"));
        }
        let start = self.start();
        let len = self.source.len() - start;
        let eof = || unread(start, "objects", ErrorKind::UnexpectedEof.into());
        let part = self.source.into_part(start, len).ok_or_else(eof)?;
        Pickle::parse(part, limits).map_err(|source| NpyError::Pickle { source })
    }

    fn all(&self) -> Rows<'_> {
        Rows::new(self, 0..self.n_rows())
    }

    pub(super) fn is_not(&self, expected: &'static str) -> NpyError {
        NpyError::Kind {
            expected,
            dtype: self.dtype().to_string(),
            shape: self.shape().to_vec(),
        }
    }
}

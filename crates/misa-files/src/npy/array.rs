//! One array of a file.

use super::header::{Header, unread};
use super::{NpyError, Rows};
use crate::Source;
use crate::dtype::{Dtype, DtypeKind};
use crate::pickle::{Limits, Pickle};
use std::io::ErrorKind;
use std::ops::Range;

/// An array whose header was read; its elements are still in the file.
///
/// Elements are numbered with the last axis fastest, however they are stored.
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
    /// [`NpyError`] when this is no array, when its elements are structures or of another type
    /// that holds neither numbers, texts nor objects, or when its shape does not fit its bytes.
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

    /// Where the elements start in the file; those of objects are one pickle.
    pub fn start(&self) -> u64 {
        self.header.start
    }

    /// Length of the first axis; 1 for a single number.
    pub fn n_rows(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// Some indices of the first axis. Only their elements are read, when they are asked for.
    ///
    /// # Errors
    ///
    /// [`NpyError::Rows`] when the array does not have them.
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
    /// [`NpyError`] when they are no numbers or cannot be read.
    pub fn to_floats(&self) -> Result<Vec<f32>, NpyError> {
        self.all().to_floats()
    }

    /// All elements as `f64`.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when they are no numbers or cannot be read.
    pub fn to_doubles(&self) -> Result<Vec<f64>, NpyError> {
        self.all().to_doubles()
    }

    /// All elements as integers.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when they are no whole numbers below 2^63, or cannot be read.
    pub fn to_ints(&self) -> Result<Vec<i64>, NpyError> {
        self.all().to_ints()
    }

    /// All elements as texts.
    ///
    /// # Errors
    ///
    /// [`NpyError`] when they are no texts or cannot be read.
    pub fn to_texts(&self) -> Result<Vec<String>, NpyError> {
        self.all().to_texts()
    }

    /// The objects of an array of objects: a pickle, whose root is the array. Offsets in messages
    /// about it count from [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// [`NpyError`] when this is no array of objects, or as [`Pickle::parse`].
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

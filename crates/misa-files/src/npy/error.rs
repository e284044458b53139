//! Errors of arrays in files.

use crate::pickle::PickleError;
use crate::zip::ZipError;
use std::io;
use std::ops::Range;
use thiserror::Error;

/// An array that cannot be read, or not as the requested kind.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpyError {
    /// Bytes that cannot be read, or that lie beyond the end.
    #[error("byte {offset}: expected {expected}")]
    Read {
        /// Where the bytes should be.
        offset: u64,
        /// What they should be.
        expected: &'static str,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The file does not start like an array.
    #[error("byte 0: expected \"\\x93NUMPY\", found \"{}\"", found.escape_ascii())]
    Start {
        /// The first bytes.
        found: [u8; 6],
    },
    /// An unknown version of the format.
    #[error("byte 6: version {major}.{minor}, expected 1.0, 2.0 or 3.0")]
    Version {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// A header longer than any real one.
    #[error("byte 8: header of {found} bytes, expected at most {limit}")]
    HeaderLength {
        /// The stated length.
        found: u64,
        /// The bound.
        limit: u64,
    },
    /// A header that is not the expected dictionary.
    #[error("byte {offset}: expected {expected}")]
    Header {
        /// Offset in the file.
        offset: u64,
        /// What the bytes should have been.
        expected: &'static str,
    },
    /// An element type that is neither numbers, texts nor objects.
    #[error("byte {offset}: element type {found:?} is not supported")]
    Dtype {
        /// Offset in the file.
        offset: u64,
        /// The type as written in the header.
        found: String,
    },
    /// A shape that does not match the bytes.
    #[error("byte {offset}: array of shape {shape:?} and element size {size}, found {found} bytes")]
    Size {
        /// Where the elements start.
        offset: u64,
        /// The stated shape.
        shape: Vec<u64>,
        /// Bytes of an element.
        size: usize,
        /// Bytes in the file.
        found: u64,
    },
    /// Elements of another kind.
    #[error("expected {expected}, found array {dtype} {shape:?}")]
    Kind {
        /// The requested kind.
        expected: &'static str,
        /// Element type of the array.
        dtype: String,
        /// Shape of the array.
        shape: Vec<usize>,
    },
    /// Rows beyond the end of the array.
    #[error("rows {}..{}, expected at most {rows}", range.start, range.end)]
    Rows {
        /// The requested rows.
        range: Range<usize>,
        /// Rows of the array.
        rows: usize,
    },
    /// The objects of the array.
    #[error("objects: {source}")]
    Pickle {
        /// What is wrong with them.
        #[source]
        source: PickleError,
    },
}

/// An archive of arrays that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpzError {
    /// A fault of the archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A fault of one of its arrays.
    #[error("array \"{name}\": {source}")]
    Array {
        /// Name of the array.
        name: String,
        /// What is wrong with it.
        #[source]
        source: NpyError,
    },
    /// There is no array of this name.
    #[error("array \"{name}\": expected one of {expected:?}, found no array of that name")]
    Missing {
        /// The requested name.
        name: String,
        /// Names of the first few arrays of the archive.
        expected: Vec<String>,
    },
}

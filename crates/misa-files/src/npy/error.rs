//! What can be wrong with an array in a file.

use crate::pickle::PickleError;
use crate::zip::ZipError;
use std::io;
use std::ops::Range;
use thiserror::Error;

/// An array that cannot be read, or not as what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpyError {
    /// Bytes that the system does not give, or that lie beyond the end.
    #[error("byte {offset}: expected {expected}")]
    Read {
        /// Where the bytes should be.
        offset: u64,
        /// What they should be.
        expected: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// First bytes that are not those of an array.
    #[error("byte 0: expected \"\\x93NUMPY\", found \"{}\"", found.escape_ascii())]
    Start {
        /// The bytes there are.
        found: [u8; 6],
    },
    /// A version of the format that is not known.
    #[error("byte 6: version {major}.{minor}, expected 1.0, 2.0 or 3.0")]
    Version {
        /// First number.
        major: u8,
        /// Second number.
        minor: u8,
    },
    /// A header longer than any honest one.
    #[error("byte 8: header of {found} bytes, expected at most {limit}")]
    HeaderLength {
        /// The claimed length.
        found: u64,
        /// The bound.
        limit: u64,
    },
    /// A header that is not the dictionary that it should be.
    #[error("byte {offset}: expected {expected}")]
    Header {
        /// Place in the file.
        offset: u64,
        /// What the bytes should have been.
        expected: &'static str,
    },
    /// An element type that holds neither numbers nor texts.
    #[error("byte {offset}: element type {found:?} is not supported")]
    Dtype {
        /// Place in the file.
        offset: u64,
        /// The type, as the header writes it.
        found: String,
    },
    /// A shape that does not fit the bytes.
    #[error("byte {offset}: array of shape {shape:?} and element size {size}, found {found} bytes")]
    Size {
        /// Where the elements start.
        offset: u64,
        /// The claimed shape.
        shape: Vec<u64>,
        /// Bytes of an element.
        size: usize,
        /// Bytes there are.
        found: u64,
    },
    /// Elements of another kind.
    #[error("expected {expected}, found array {dtype} {shape:?}")]
    Kind {
        /// What was wanted.
        expected: &'static str,
        /// Element type of the array.
        dtype: String,
        /// Shape of the array.
        shape: Vec<usize>,
    },
    /// Rows that the array does not have.
    #[error("rows {}..{}, expected at most {rows}", range.start, range.end)]
    Rows {
        /// The rows asked for.
        range: Range<usize>,
        /// The rows there are.
        rows: usize,
    },
    /// The objects of the array.
    #[error("the objects: {source}")]
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
    /// The archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// One of its arrays.
    #[error("array \"{name}\": {source}")]
    Array {
        /// Name of the array.
        name: String,
        /// What is wrong with it.
        #[source]
        source: NpyError,
    },
    /// No array of that name.
    #[error("array \"{name}\": expected one of {expected:?}, found none of that name")]
    Missing {
        /// The name asked for.
        name: String,
        /// Names of the first few arrays there are.
        expected: Vec<String>,
    },
}

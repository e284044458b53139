//! Errors of MATLAB files.

use std::{fmt, io};
use thiserror::Error;

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Byte of the file; the start of the packed element where there is one.
    pub offset: u64,
    /// Byte of what the element is unpacked to.
    pub unpacked: Option<u64>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        match self.unpacked {
            Some(unpacked) => write!(f, ", unpacked byte {unpacked}"),
            None => Ok(()),
        }
    }
}

/// A MATLAB file that cannot be read, or does not hold what was requested.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MatError {
    /// Bytes that cannot be read.
    #[error("{position}: expected {expected}")]
    Read {
        /// Where the bytes should be.
        position: Position,
        /// What they should be.
        expected: &'static str,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The file does not start like one of level 5.
    #[error("byte 124: expected the version and the mark of a file of level 5, found \"{}\"", found.escape_ascii())]
    Start {
        /// The bytes of version and mark.
        found: [u8; 4],
    },
    /// Another version of the format. Version 2 is HDF5 inside.
    #[error("byte 124: version {}.{}, expected 1.0", found >> 8, found & 0xff)]
    Version {
        /// The version, the major one in the upper byte.
        found: u16,
    },
    /// Something that is longer than what contains it.
    #[error("{position}: {what} of {expected} bytes, found {found}")]
    Truncated {
        /// Where it starts.
        position: Position,
        /// What it is.
        what: &'static str,
        /// Bytes that it states.
        expected: u64,
        /// Bytes that remain.
        found: u64,
    },
    /// An element of another type.
    #[error("{position}: expected {expected}, found an element of type {found}")]
    Kind {
        /// Where the element starts.
        position: Position,
        /// What it should be.
        expected: &'static str,
        /// Its type.
        found: u32,
    },
    /// An invalid number.
    #[error("{position}: {what} {found}, expected {expected}")]
    Value {
        /// Where the element with the number starts.
        position: Position,
        /// What the number means.
        what: &'static str,
        /// The number.
        found: i64,
        /// The valid values.
        expected: &'static str,
    },
    /// A shape that does not match the bytes.
    #[error("{position}: array of shape {shape:?} and element size {size}, found {found} bytes")]
    Size {
        /// Where the elements start.
        position: Position,
        /// The stated shape.
        shape: Vec<usize>,
        /// Bytes of an element.
        size: usize,
        /// Bytes in the file.
        found: u64,
    },
    /// A limit of [`Limits`](super::Limits) is exceeded.
    #[error("{position}: {what} {found}, expected at most {limit}")]
    Limit {
        /// Where it is exceeded.
        position: Position,
        /// What exceeds it.
        what: &'static str,
        /// The value in the file.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// Bytes after the end of what they belong to.
    #[error("{position}: expected the end of {what}, found more bytes")]
    Extra {
        /// Where they start.
        position: Position,
        /// What should have ended.
        what: &'static str,
    },
    /// Bytes that are not valid deflated data, or do not match their checksum.
    #[error("byte {offset}: the deflated data is damaged")]
    Deflate {
        /// Where the packed element starts.
        offset: u64,
    },
    /// Bytes that are no text.
    #[error("{position}: expected a text, found bytes that are none")]
    Text {
        /// Where the text starts.
        position: Position,
    },
    /// A part of the format that is not read.
    #[error("\"{name}\": {what} not supported")]
    Unsupported {
        /// The variable or field; empty for a cell.
        name: String,
        /// What is not read.
        what: &'static str,
    },
    /// Two variables, or fields of a struct, with one name.
    #[error("\"{name}\": expected one of that name, found two")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// There is no variable or field of this name.
    #[error("\"{name}\": expected one of {expected:?}, found nothing of that name")]
    Missing {
        /// The requested name.
        name: String,
        /// The first few names that there are.
        expected: Vec<String>,
    },
    /// A value of another kind than requested.
    #[error("\"{name}\": expected {expected}, found {found}")]
    Mismatch {
        /// The variable or field.
        name: String,
        /// The requested kind.
        expected: &'static str,
        /// Class and shape.
        found: String,
    },
    /// There is not enough memory for values that the limits allow.
    #[error("not enough memory for {bytes} bytes")]
    Memory {
        /// Bytes requested.
        bytes: u64,
    },
}

/// A name, escaped and shortened for messages.
pub(super) fn shown(name: &str) -> String {
    // Long enough for every real name, short enough for a message.
    const SHOWN: usize = 120;
    name.escape_debug().take(SHOWN).collect()
}

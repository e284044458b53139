//! Errors of HDF5 files.

use std::io;
use thiserror::Error;

/// A fault, and the object inside the file where it occurred.
#[derive(Debug, Error)]
#[error("{path}: {fault}")]
pub struct Hdf5Error {
    path: String,
    #[source]
    fault: Fault,
}

impl Hdf5Error {
    pub(super) fn new(path: impl Into<String>, fault: Fault) -> Self {
        let path = path.into();
        Self { path, fault }
    }

    /// The object inside the file, such as `/data/abc/features`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The fault.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

/// One way in which an HDF5 file, or a request for a part of it, can be wrong. Offsets are bytes from
/// the start of the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is no HDF5 signature at any of the offsets where one may be.
    #[error("no HDF5 signature in a file of {length} bytes")]
    NotHdf5 {
        /// Bytes of the file.
        length: u64,
    },
    /// The system cannot read the file.
    #[error("byte {offset}: {source}")]
    Read {
        /// Where the requested bytes start.
        offset: u64,
        /// The error of the system.
        source: io::Error,
    },
    /// The file, or a part of it, ends too early.
    #[error("byte {offset}: expected {expected} more bytes, found {found}")]
    Truncated {
        /// Where the missing bytes would start.
        offset: u64,
        /// Bytes needed.
        expected: u64,
        /// Bytes that remain.
        found: u64,
    },
    /// An address that points to a different structure.
    #[error("byte {offset}: expected the signature `{expected}`")]
    Signature {
        /// Where the signature should be.
        offset: u64,
        /// The expected signature.
        expected: &'static str,
    },
    /// Bytes that do not match their checksum.
    #[error("byte {offset}: the checksum of the {what} is wrong")]
    Checksum {
        /// Where the checked bytes start.
        offset: u64,
        /// What they are.
        what: &'static str,
    },
    /// A part of the format that this reader does not support.
    #[error("byte {offset}: {what} is not supported")]
    Unsupported {
        /// Where it is used.
        offset: u64,
        /// The feature.
        what: String,
    },
    /// An invalid number.
    #[error("byte {offset}: {what} {found}, expected {expected}")]
    Value {
        /// Where the number is.
        offset: u64,
        /// What the number means.
        what: &'static str,
        /// The number.
        found: u64,
        /// The valid values.
        expected: &'static str,
    },
    /// An object without a required part.
    #[error("byte {offset}: the object has no {what}")]
    Missing {
        /// Where the object starts.
        offset: u64,
        /// The missing part.
        what: &'static str,
    },
    /// A limit of [`Limits`](super::Limits) is exceeded.
    #[error("byte {offset}: {what}, expected at most {limit}")]
    Limit {
        /// Where the limit is exceeded.
        offset: u64,
        /// What exceeds it.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A part that contains itself.
    #[error("byte {offset}: the {what} contains itself")]
    Cycle {
        /// Where the part starts.
        offset: u64,
        /// What it is.
        what: &'static str,
    },
    /// Two parts with the same name or position.
    #[error("byte {offset}: {what} occurs twice, expected once")]
    Twice {
        /// Where the container starts.
        offset: u64,
        /// What occurs twice.
        what: &'static str,
    },
    /// A link whose name cannot be part of a path.
    #[error("byte {offset}: a link named {name:?}, expected a name without `/`")]
    Name {
        /// Where the link is.
        offset: u64,
        /// The name.
        name: String,
    },
    /// A chunk that does not decode to its size.
    #[error("byte {offset}: {filter} of a chunk, expected {expected} bytes, found {found}")]
    Chunk {
        /// Where the chunk starts.
        offset: u64,
        /// The filter that was being undone.
        filter: &'static str,
        /// Bytes the filter must produce.
        expected: u64,
        /// Bytes it produced.
        found: u64,
    },
    /// The bytes of a chunk are not valid deflated data.
    #[error("byte {offset}: the deflated data of a chunk is damaged")]
    Deflate {
        /// Where the chunk starts.
        offset: u64,
    },
    /// There is not enough memory for values that the limits allow.
    #[error("not enough memory for {bytes} bytes")]
    Memory {
        /// Bytes requested.
        bytes: u64,
    },
    /// There is no object of this name.
    #[error("does not exist")]
    NotFound,
    /// The object is not a group, but a path continues below it or a group was requested.
    #[error("expected a group, found another object")]
    NotAGroup,
    /// The object is not a dataset, but a dataset was requested.
    #[error("expected a dataset, found another object")]
    NotADataset,
    /// Values of a kind that was not requested.
    #[error("expected {expected}, found elements of type {found}")]
    Kind {
        /// The requested kind.
        expected: &'static str,
        /// The type of the elements.
        found: String,
    },
    /// Rows beyond the end of the dataset.
    #[error("rows {start} to {end}, expected at most {rows}")]
    Rows {
        /// First requested row.
        start: u64,
        /// The row after the last requested one.
        end: u64,
        /// Rows of the dataset.
        rows: u64,
    },
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    pub(super) fn unsupported(offset: u64, what: impl Into<String>) -> Self {
        let what = what.into();
        Self::Unsupported { offset, what }
    }
}

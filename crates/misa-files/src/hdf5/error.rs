//! What can be wrong with an HDF5 file.

use std::io;

use thiserror::Error;

/// A fault, and the object inside the file that it was met at.
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

    /// What is wrong there.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

/// One way for an HDF5 file, or for a question about it, to be wrong. Offsets are bytes from the
/// start of the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// No signature where one may stand.
    #[error("no HDF5 signature in a file of {length} bytes")]
    NotHdf5 {
        /// Bytes of the file.
        length: u64,
    },
    /// The system cannot read the file.
    #[error("byte {offset}: {source}")]
    Read {
        /// Where the wanted bytes start.
        offset: u64,
        /// What the system says.
        source: io::Error,
    },
    /// The file, or a part of it, ends too early.
    #[error("byte {offset}: expected {expected} more bytes, found {found}")]
    Truncated {
        /// Where the missing bytes would start.
        offset: u64,
        /// Bytes needed.
        expected: u64,
        /// Bytes left.
        found: u64,
    },
    /// An address points to something else.
    #[error("byte {offset}: expected the signature `{expected}`")]
    Signature {
        /// Where the signature should be.
        offset: u64,
        /// The signature.
        expected: &'static str,
    },
    /// Bytes that were damaged after they were written.
    #[error("byte {offset}: the checksum of the {what} is wrong")]
    Checksum {
        /// Where the checked bytes start.
        offset: u64,
        /// What they are.
        what: &'static str,
    },
    /// A part of the format that this reader leaves out.
    #[error("byte {offset}: {what} is not supported")]
    Unsupported {
        /// Where it is asked for.
        offset: u64,
        /// The feature.
        what: String,
    },
    /// A number that cannot be right.
    #[error("byte {offset}: {what} {found}, expected {expected}")]
    Value {
        /// Where the number is.
        offset: u64,
        /// What the number says.
        what: &'static str,
        /// The number.
        found: u64,
        /// What it may be.
        expected: &'static str,
    },
    /// An object without a part that it needs.
    #[error("byte {offset}: the object has no {what}")]
    Missing {
        /// Where the object starts.
        offset: u64,
        /// The missing part.
        what: &'static str,
    },
    /// A bound of [`Limits`](super::Limits) would be exceeded.
    #[error("byte {offset}: {what}, expected at most {limit}")]
    Limit {
        /// Where the excess is asked for.
        offset: u64,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
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
    /// Two parts with one name or place.
    #[error("byte {offset}: {what} twice")]
    Twice {
        /// Where the container starts.
        offset: u64,
        /// What there are two of.
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
        /// Bytes the filter must give.
        expected: u64,
        /// Bytes it gave.
        found: u64,
    },
    /// The bytes of a chunk are no deflated data.
    #[error("byte {offset}: the deflated data of a chunk are damaged")]
    Deflate {
        /// Where the chunk starts.
        offset: u64,
    },
    /// The system has no room for values that the limits allow.
    #[error("no memory for {bytes} bytes")]
    Memory {
        /// Bytes wanted.
        bytes: u64,
    },
    /// Nothing of this name.
    #[error("does not exist")]
    NotFound,
    /// A path goes on below something that is no group, or a group was asked for.
    #[error("expected a group, found another object")]
    NotAGroup,
    /// A dataset was asked for.
    #[error("expected a dataset, found another object")]
    NotADataset,
    /// Values of another kind than asked for.
    #[error("expected {expected}, found elements of type {found}")]
    Kind {
        /// What was asked for.
        expected: &'static str,
        /// The type of the elements.
        found: String,
    },
    /// Rows that the dataset does not have.
    #[error("rows {start} to {end}, expected at most {rows}")]
    Rows {
        /// First row asked for.
        start: u64,
        /// The row after the last one asked for.
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

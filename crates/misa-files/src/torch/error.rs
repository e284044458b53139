//! Errors of PyTorch files.

use crate::pickle::{ConvertError, PickleError};
use crate::zip::ZipError;
use std::io;
use thiserror::Error;

/// A file that cannot be read, or that contains such a tensor.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TorchError {
    /// A fault of the archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A fault of one of the pickles.
    #[error("{part}: {source}")]
    Pickle {
        /// The pickle.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        source: PickleError,
    },
    /// A value of the pickle that cannot be read.
    #[error("{part}: {source}")]
    Value {
        /// What the value stands for.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        source: ConvertError,
    },
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
    /// A file of a different kind.
    #[error("byte {offset}: expected {expected}")]
    Format {
        /// Where the difference was noticed.
        offset: u64,
        /// What should be there.
        expected: &'static str,
    },
    /// An archive without the pickle, or with several.
    #[error("archive: expected one `data.pkl` in a folder, found {found}")]
    NoPickle {
        /// How many there are.
        found: usize,
    },
    /// A value where the pickle should name a storage.
    #[error("reference to a storage: expected {expected}, found {found}")]
    Reference {
        /// What the reference should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A storage that is named but missing, or present but not named.
    #[error("storage {key:?}: expected {expected}")]
    Missing {
        /// Name of the storage.
        key: String,
        /// Where it should be.
        expected: &'static str,
    },
    /// A storage whose length differs from the one in the pickle.
    #[error("storage {key:?}: expected {expected} bytes, found {found}")]
    Storage {
        /// Name of the storage.
        key: String,
        /// Bytes according to the pickle.
        expected: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// Arguments that do not describe a tensor.
    #[error("tensor: expected {expected}, found {found}")]
    Tensor {
        /// The expected argument.
        expected: &'static str,
        /// The argument.
        found: String,
    },
    /// A tensor that extends beyond its storage.
    #[error(
        "tensor: shape {shape:?} and strides {strides:?} from element {offset} on, expected all in {len} elements"
    )]
    Bounds {
        /// Length of each axis.
        shape: Vec<usize>,
        /// Elements from one index of each axis to the next.
        strides: Vec<usize>,
        /// Where the first element is.
        offset: usize,
        /// Elements of the storage.
        len: usize,
    },
    /// Tensors that expand to too many bytes.
    #[error("tensors of the file, expected at most {limit} bytes, found more")]
    Limit {
        /// The limit.
        limit: u64,
    },
    /// Elements that are not whole numbers.
    #[error("expected whole numbers, found tensor {dtype} {shape:?}")]
    Kind {
        /// Element type of the tensor.
        dtype: String,
        /// Shape of the tensor.
        shape: Vec<usize>,
    },
}

impl TorchError {
    pub(super) fn format(offset: u64, expected: &'static str) -> Self {
        Self::Format { offset, expected }
    }

    pub(super) fn unread(offset: u64, expected: &'static str, source: io::Error) -> Self {
        Self::Read {
            offset,
            expected,
            source,
        }
    }

    pub(super) fn value(part: &'static str) -> impl Fn(ConvertError) -> Self {
        move |source| Self::Value { part, source }
    }
}

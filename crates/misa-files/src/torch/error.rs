//! What can be wrong with a file of PyTorch.

use crate::pickle::{ConvertError, PickleError};
use crate::zip::ZipError;
use std::io;
use thiserror::Error;

/// A file that cannot be read, or a tensor in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TorchError {
    /// The archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// One of the pickles.
    #[error("{place}: {source}")]
    Pickle {
        /// Which one.
        place: &'static str,
        /// What is wrong with it.
        #[source]
        source: PickleError,
    },
    /// A value of the pickle that cannot be read.
    #[error("{place}: {source}")]
    Value {
        /// What it is for.
        place: &'static str,
        /// What is wrong with it.
        #[source]
        source: ConvertError,
    },
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
    /// A file of another kind.
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
    /// A storage that is named but not there, or the other way round.
    #[error("storage {key:?}: expected {expected}")]
    Missing {
        /// Name of the storage.
        key: String,
        /// Where it should be.
        expected: &'static str,
    },
    /// A storage of another length than the pickle says.
    #[error("storage {key:?}: expected {expected} bytes, found {found}")]
    Storage {
        /// Name of the storage.
        key: String,
        /// Bytes of the elements that the pickle counts.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Arguments that make no tensor.
    #[error("tensor: expected {expected}, found {found}")]
    Tensor {
        /// What the argument should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A tensor that reaches beyond its storage.
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
    /// Tensors that become too large.
    #[error("the tensors expand to more than {limit} bytes")]
    Limit {
        /// The bound.
        limit: u64,
    },
    /// Elements that are no whole numbers.
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

    pub(super) fn value(place: &'static str) -> impl Fn(ConvertError) -> Self {
        move |source| Self::Value { place, source }
    }
}

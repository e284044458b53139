//! Limits on memory for reading a PyTorch file.

use crate::{pickle, zip};

/// Upper limits on the memory that reading one PyTorch file may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// For newer files, which are archives.
    pub archive: zip::Limits,
    /// For the pickle in either kind of file. Its expansion also bounds the bytes of all tensors
    /// together, because strides can repeat one element any number of times.
    pub pickle: pickle::Limits,
}

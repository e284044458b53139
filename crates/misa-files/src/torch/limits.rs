//! How large a file may make its reader.

use crate::{pickle, zip};

/// Upper bounds on what reading one file of PyTorch may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// For the archive that newer files are.
    pub archive: zip::Limits,
    /// For the pickle in either kind of file. Its expansion also bounds what all tensors together
    /// may become, because strides can repeat one element any number of times.
    pub pickle: pickle::Limits,
}

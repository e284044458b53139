//! Files that come from elsewhere, read without trust: nothing in them is executed, every length
//! is checked before memory is allocated, and every fault is a typed error.
//!
//! This crate knows containers and values, not data sets: what the values mean is the business of
//! the crate `misa-data`. It does without the tensor library, so that its parsers build in seconds
//! and can be fuzzed.
//!
//! | File | Holds |
//! |---|---|
//! | `source.rs` | the bytes of a file or of a part of one, in memory or where they are |
//! | `dtype.rs` | element types of arrays |
//! | `elements.rs` | their elements, many at a time |
//! | `hdf5/` | HDF5 files without the HDF5 library |
//! | `pickle/` | Python's files without Python |
//! | `zip/` | archives |
//! | `npy/` | NumPy's arrays and archives of them |
//! | `torch/` | tensors of PyTorch |

mod dtype;
mod elements;
pub mod hdf5;
pub mod npy;
pub mod pickle;
mod source;
pub mod torch;
pub mod zip;

pub use dtype::{Dtype, DtypeKind};
pub use source::Source;

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

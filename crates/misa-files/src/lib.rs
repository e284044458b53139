//! Readers of untrusted files. Nothing in a file is executed, every length is checked before
//! memory is allocated, and every fault is a typed error.
//!
//! This crate knows containers and values, not data sets; the crate `misa-data` knows what the
//! values mean. It does not depend on the tensor library, so its parsers build in seconds and can
//! be fuzzed.
//!
//! | File | Holds |
//! |---|---|
//! | `source.rs` | the bytes of a file or of a part of one, in memory or on disk |
//! | `dtype.rs` | element types of arrays |
//! | `elements.rs` | converting many elements at a time |
//! | `delimited.rs` | text tables as spreadsheets write them |
//! | `kind/` | what a file is, judged by its first bytes |
//! | `hdf5/` | HDF5 files, read without the HDF5 library |
//! | `mat/` | MATLAB files of level 5 |
//! | `pickle/` | Python pickles, read without Python |
//! | `zip/` | zip archives |
//! | `npy/` | NumPy arrays (`.npy`) and archives of them (`.npz`) |
//! | `torch/` | PyTorch tensors |

pub mod delimited;
mod dtype;
mod elements;
pub mod hdf5;
mod kind;
pub mod mat;
pub mod npy;
pub mod pickle;
mod source;
pub mod torch;
pub mod zip;

pub use dtype::{Dtype, DtypeKind};
pub use kind::FileKind;
pub use source::Source;

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! Files that come from elsewhere, read without trust: nothing in them is executed, every length
//! is checked before memory is allocated, and every fault is a typed error.
//!
//! This crate knows containers and values, not data sets: what the values mean is the business of
//! the crate `misa-data`. It does without the tensor library, so that its parsers build in seconds
//! and can be fuzzed.
//!
//! | File | Holds |
//! |---|---|
//! | `source.rs` | the bytes of a file, in memory or where they are |
//! | `section.rs` | part of a source, or bytes unpacked from it |
//! | `dtype.rs` | element types of arrays |
//! | `pickle/` | Python's files without Python |
//! | `zip/` | archives |
//! | `npy/` | NumPy's arrays and archives of them |

mod dtype;
pub mod npy;
pub mod pickle;
mod section;
mod source;
pub mod zip;

pub use dtype::{Dtype, DtypeKind};
pub use section::Section;
pub use source::Source;

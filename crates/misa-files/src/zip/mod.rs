//! Reading zip archives: a directory of members, each stored without compression or deflated.
//!
//! NumPy's `.npz` and PyTorch's `.pt` are such archives. Only what they use is supported: archives
//! in one file, without encryption, with or without 64-bit fields. The directory is checked against
//! the file when the archive is opened. Members that share bytes are refused, because that is how a
//! small archive expands into a very large one.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | limits on memory |
//! | `directory.rs` | the end record and the directory |
//! | `entry.rs` | one member |
//! | `archive.rs` | an open archive |
//! | `inflate.rs` | unpacking |
//! | `error.rs` | errors |

mod archive;
mod directory;
mod entry;
mod error;
mod inflate;
mod limits;

pub use archive::Archive;
pub use entry::{Entry, Method};
pub use error::ZipError;
pub use limits::Limits;

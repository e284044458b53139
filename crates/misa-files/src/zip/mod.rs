//! Reading zip archives: a directory of members, each stored as it is or deflated.
//!
//! NumPy's `.npz` and PyTorch's `.pt` are such archives. Only what they use is read: archives in
//! one piece, without encryption, with or without the fields of 64 bits. Everything the directory
//! claims is checked against the file when it is opened; members that share bytes are refused, for
//! that is how a small file becomes a large one.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | how large an archive may make us |
//! | `directory.rs` | the end record and the directory |
//! | `entry.rs` | one member |
//! | `archive.rs` | an open archive |
//! | `inflate.rs` | unpacking |
//! | `error.rs` | what can be wrong |

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

//! Tensors in the files of PyTorch, both kinds: archives, and the older sequence of pickles.
//!
//! Either holds one pickle, in which a tensor names its storage, and the storages beside it. The
//! pickle is read by [`Pickle::parse_torch`](crate::pickle::Pickle::parse_torch), which executes
//! nothing; storages stay in the file until a tensor asks for its elements.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | how large a file may make us |
//! | `file.rs` | an open file |
//! | `legacy.rs` | the sequence of pickles |
//! | `reference.rs` | how a pickle names a storage |
//! | `tensor.rs` | one tensor |
//! | `error.rs` | what can be wrong |

mod error;
mod file;
mod legacy;
mod limits;
mod reference;
mod tensor;

pub use error::TorchError;
pub use file::File;
pub use limits::Limits;
pub use tensor::Tensor;

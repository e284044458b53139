//! Tensors in PyTorch files of both kinds: archives, and the older sequence of pickles.
//!
//! Both kinds hold one pickle, in which each tensor names its storage, and the storages separately.
//! The pickle is read by [`Pickle::parse_torch`](crate::pickle::Pickle::parse_torch), which executes
//! nothing; storages stay in the file until the elements of a tensor are requested.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | limits on memory |
//! | `file.rs` | an open file |
//! | `legacy.rs` | older files |
//! | `reference.rs` | references to storages |
//! | `tensor.rs` | one tensor |
//! | `error.rs` | errors |

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

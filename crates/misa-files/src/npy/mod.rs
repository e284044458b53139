//! NumPy arrays in files of their own (`.npy`) and in archives (`.npz`).
//!
//! | File | Holds |
//! |---|---|
//! | `header.rs` | what an array is, before its bytes |
//! | `literal.rs` | the piece of Python that headers are written in |
//! | `array.rs` | one array |
//! | `rows.rs` | some of its rows, as numbers or texts |
//! | `npz.rs` | an archive of arrays |
//! | `write.rs` | writes one |
//! | `error.rs` | what can be wrong |

mod array;
mod error;
mod header;
mod literal;
mod npz;
mod rows;
mod write;

pub use array::Npy;
pub use error::{NpyError, NpzError};
pub use npz::Npz;
pub use rows::Rows;
pub use write::NpzWriter;

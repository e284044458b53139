//! NumPy arrays in single files (`.npy`) and in archives (`.npz`).
//!
//! Source: `numpy.lib.format`, versions 1.0 to 3.0 of the array format.
//!
//! | File | Holds |
//! |---|---|
//! | `header.rs` | the header: element type, order and shape |
//! | `literal.rs` | the Python literal that a header is |
//! | `array.rs` | one array |
//! | `rows.rs` | a range of its rows, as numbers or texts |
//! | `npz.rs` | an archive of arrays |
//! | `write.rs` | writing an archive |
//! | `error.rs` | errors |

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

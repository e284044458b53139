//! Reading Python pickles without running Python.
//!
//! A pickle is a program for a stack machine. [`Pickle::parse`] runs the part of that machine that
//! builds plain values and NumPy arrays; nothing is ever imported or called. What a file may name
//! is a closed list ([`Global`]), so a file that wants anything else is refused with the name it
//! asked for.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | how large a file may make us |
//! | `reader.rs` | bounds-checked access to the bytes |
//! | `literal.rs` | numbers and texts in the notation of protocol 0 |
//! | `machine.rs` | the state of the stack machine |
//! | `parse.rs` | its opcodes |
//! | `reduce.rs` | what the allowed names build |
//! | `array.rs` | NumPy arrays |
//! | `node.rs`, `value.rs` | values as they are stored, and views of them |
//! | `error.rs` | what can be wrong |

mod array;
mod error;
mod limits;
mod literal;
mod machine;
mod node;
mod parse;
mod reader;
mod reduce;
mod value;

pub use crate::dtype::{Dtype, DtypeKind};
pub use array::Array;
pub use error::{ConvertError, PickleError};
pub use limits::Limits;
pub use reduce::Global;
pub use value::{Items, Pickle, Value};

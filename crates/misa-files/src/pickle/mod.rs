//! Reading Python pickles without running Python.
//!
//! A pickle is a program for a stack machine. [`Pickle::parse`] runs the part of that machine that
//! builds plain values and NumPy arrays; nothing is ever imported or called. What a file may name
//! is a closed list ([`Global`]), so a file that wants anything else is refused with the name it
//! asked for.
//!
//! The file may be far larger than memory: see [`Source`](crate::Source).
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | how large a file may make us |
//! | `blob.rs` | byte strings, in memory or in the file |
//! | `reader.rs` | bounds-checked access to the bytes |
//! | `literal.rs` | numbers and texts in the notation of protocol 0 |
//! | `machine.rs` | the state of the stack machine |
//! | `memo.rs` | what it remembers |
//! | `parse.rs` | its opcodes |
//! | `global.rs` | the allowed names |
//! | `reduce.rs` | what they build |
//! | `torch.rs` | what files of PyTorch need besides |
//! | `array.rs`, `places.rs` | NumPy arrays, and where their elements are |
//! | `file.rs` | a pickle and its source |
//! | `node.rs`, `value.rs`, `items.rs` | values as they are stored, and views of them |
//! | `error.rs` | what can be wrong |

mod array;
mod blob;
mod error;
mod file;
mod global;
mod items;
mod limits;
mod literal;
mod machine;
mod memo;
mod node;
mod parse;
mod places;
mod reader;
mod reduce;
mod torch;
mod value;

pub use crate::dtype::{Dtype, DtypeKind};
pub use array::Array;
pub use error::{ConvertError, PickleError};
pub use file::Pickle;
pub use global::Global;
pub use limits::Limits;

pub use items::Items;
pub use value::Value;

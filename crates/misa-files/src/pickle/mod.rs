//! Reading and writing Python pickles without running Python.
//!
//! A pickle is a program for a stack machine. [`Pickle::parse`] runs the part of that machine that
//! builds plain values and NumPy arrays; nothing is ever imported or called. Only the members of a
//! closed list ([`Global`]) build values. A value of any other class is not built: asking for it is an
//! error that names the class, and [`Pickle::unread`] counts such values. A file that names what runs
//! code or commands is refused as a whole.
//!
//! The file may be far larger than memory: see [`Source`](crate::Source).
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | limits on memory |
//! | `blob.rs` | byte strings, in memory or in the file |
//! | `reader.rs` | bounds-checked access to the bytes |
//! | `literal.rs` | numbers and texts in the notation of protocol 0 |
//! | `machine.rs` | the state of the stack machine |
//! | `memo.rs` | its memo |
//! | `parse.rs` | its opcodes |
//! | `global.rs` | the allowed names |
//! | `hostile.rs` | the names for which a file is refused |
//! | `unread.rs` | values that are not built |
//! | `reduce.rs` | the values that they build |
//! | `torch.rs` | additions for files of PyTorch |
//! | `array.rs`, `positions.rs` | NumPy arrays, and the order of their elements |
//! | `file.rs` | a pickle and its source |
//! | `node.rs`, `value.rs`, `items.rs` | stored values, and views of them |
//! | `write.rs` | writing pickles |
//! | `error.rs` | errors |

mod array;
mod blob;
mod error;
mod file;
mod global;
mod hostile;
mod items;
mod limits;
mod literal;
mod machine;
mod memo;
mod node;
mod parse;
mod positions;
mod reader;
mod reduce;
mod torch;
mod unread;
mod value;
mod write;

pub use crate::dtype::{Dtype, DtypeKind};
pub use array::Array;
pub use error::{ConvertError, PickleError};
pub use file::Pickle;
pub use global::Global;
pub use items::Items;
pub use limits::Limits;
pub use unread::Unread;
pub use value::Value;
pub use write::PickleWriter;

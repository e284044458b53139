//! JSON as Python writes and reads it: with `NaN`, `Infinity` and `-Infinity`, and other characters than ASCII
//! escaped.

mod number;
mod reader;
mod text;
mod value;
mod writer;

pub(crate) use reader::parse;
pub use value::Json;
pub(crate) use writer::{compact, spaced};

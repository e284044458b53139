//! Reading MATLAB's files of level 5 (`save -v6` and `-v7`), which Octave and SciPy write too.
//!
//! [`Mat::open`] lists the variables; each is read on demand, by its name or by the path of a field, such
//! as `data.features`. Values are read in pieces, packed or not, so a variable is never held a second time
//! as bytes. Files of version 7.3 are HDF5: [`hdf5`](crate::hdf5) reads them.
//!
//! Supported: numbers of all classes and stored types, logical values, texts, cells, structs, both byte
//! orders, packed and small elements. Refused by name: complex and sparse numbers, objects, function handles.
//!
//! Source: "MAT-File Format" (MathWorks), level 5, and what SciPy and Octave write.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | limits on memory and work |
//! | `class.rs` | classes of arrays, and types of stored numbers |
//! | `inflate.rs`, `stream.rs` | the bytes of an element in order, packed or not |
//! | `tag.rs` | the tag of an element |
//! | `heading.rs` | flags, shape and name of an array |
//! | `reader.rs`, `texts.rs` | its content |
//! | `value.rs` | values |
//! | `file.rs` | an open file and its variables |
//! | `error.rs` | errors |

mod class;
mod error;
mod file;
mod heading;
mod inflate;
mod limits;
mod reader;
mod stream;
mod tag;
mod texts;
mod value;

pub use class::Class;
pub use error::{MatError, Position};
pub use file::Mat;
pub use heading::Variable;
pub use limits::Limits;
pub use value::{Array, Struct, Value};

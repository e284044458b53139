//! Reading HDF5 files without the HDF5 library.
//!
//! The part of the format that the files of the field use: groups, and datasets of numbers and
//! texts, in one piece or in chunks, packed with deflate, shuffled, or checked. [`Hdf5::open`]
//! reads the root group; everything else is read when it is asked for. A file that uses another
//! part of the format is refused with the name of that part.
//!
//! Left out: compound and array types, attributes, links to paths, external and virtual storage,
//! other filters.
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | how large a file may make us |
//! | `cursor.rs`, `store.rs` | bounds-checked access to the bytes, and what was spent on it |
//! | `checksum.rs` | the two checksums of the format |
//! | `superblock.rs` | the start of the file |
//! | `header.rs` | object headers and their messages |
//! | `dataspace.rs`, `element.rs`, `layout.rs`, `fill.rs`, `filter.rs` | one message each |
//! | `link.rs` | links of a group |
//! | `tree.rs`, `records.rs`, `heap.rs` | older and newer trees, which lead to links and chunks, and the newer links |
//! | `index.rs`, `chunk.rs` | where chunks are, and where their values go |
//! | `entries.rs`, `fixed.rs`, `extensible.rs` | arrays that lead to chunks |
//! | `texts.rs` | texts of any size |
//! | `file.rs`, `group.rs`, `dataset.rs`, `rows.rs` | what a caller sees |
//! | `error.rs` | what can be wrong |

mod checksum;
mod chunk;
mod cursor;
mod dataset;
mod dataspace;
mod element;
mod entries;
mod error;
mod extensible;
mod file;
mod fill;
mod filter;
mod fixed;
mod group;
mod header;
mod heap;
mod index;
mod layout;
mod limits;
mod link;
mod records;
mod rows;
mod store;
mod superblock;
mod texts;
mod tree;

pub use dataset::Dataset;
pub use element::{Element, Padding};
pub use error::{Fault, Hdf5Error};
pub use file::Hdf5;
pub use group::{Group, Object};
pub use limits::Limits;
pub use rows::Rows;

//! Reading HDF5 files without the HDF5 library.
//!
//! This is the part of the format that data sets of multimodal learning use: groups, and datasets
//! of numbers and texts, contiguous or in chunks, with the filters deflate, shuffle and fletcher32.
//! [`Hdf5::open`] reads the root group; everything else is read on demand. A file that uses another
//! part of the format is refused with the name of that part.
//!
//! Not supported: compound and array types, attributes, soft and external links, external and
//! virtual storage, other filters.
//!
//! Source: HDF5 File Format Specification, version 3.0 (The HDF Group). Each file cites its section
//! as "HDF5 specification, III.A.1".
//!
//! | File | Holds |
//! |---|---|
//! | `limits.rs` | limits on memory and work |
//! | `cursor.rs`, `store.rs` | bounds-checked access to the bytes, and accounting for it |
//! | `checksum.rs` | the two checksums of the format |
//! | `superblock.rs` | the superblock |
//! | `header.rs` | object headers and their messages |
//! | `dataspace.rs`, `element.rs`, `layout.rs`, `fill.rs`, `filter.rs` | one message each |
//! | `link.rs` | the links of a group |
//! | `tree.rs`, `records.rs` | B-trees of versions 1 and 2, which index links and chunks |
//! | `heap.rs` | fractal heaps, which hold the links of large groups |
//! | `index.rs`, `chunk.rs` | finding chunks, and copying their values into rows |
//! | `entries.rs`, `fixed.rs`, `extensible.rs` | fixed and extensible arrays, which index chunks |
//! | `texts.rs` | texts of variable length |
//! | `file.rs`, `group.rs`, `dataset.rs`, `rows.rs` | the public interface |
//! | `error.rs` | errors |

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

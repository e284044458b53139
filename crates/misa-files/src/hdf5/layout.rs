//! The layout of a dataset: where its values are stored.
//!
//! Source: HDF5 specification, IV.A.2.i.

use super::cursor::Cursor;
use super::error::{Fault, Result};

/// Where the values are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In the header itself.
    Compact(Vec<u8>),
    /// Contiguous; without an address if no value was ever written.
    Contiguous { address: Option<u64>, len: u64 },
    /// In chunks of equal shape.
    Chunked(Chunked),
}

/// The shape of the chunks, and the index that points to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunked {
    /// Lengths of a chunk's axes.
    pub shape: Vec<u64>,
    /// Bytes of an element.
    pub element: u64,
    /// Address of the index; `None` if no chunk was ever written.
    pub address: Option<u64>,
    pub index: Index,
    /// Whether chunks that extend beyond the edge are stored without filters.
    pub plain_edges: bool,
    /// Bytes of the size of a filtered chunk in the index, if the layout fixes them.
    pub size_bytes: Option<u8>,
    /// Offset of the layout in the file.
    pub offset: u64,
}

/// The index that points to the chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// A version 1 B-tree.
    Tree,
    /// One chunk, with its stored size and filter mask if it is filtered.
    Single(Option<(u64, u32)>),
    /// All chunks, stored consecutively.
    Implicit,
    FixedArray,
    ExtensibleArray,
    /// A version 2 B-tree.
    NewTree,
}

impl Layout {
    pub fn parse(mut cursor: Cursor<'_>) -> Result<Self> {
        let version = cursor.version("layout", &[3, 4, 5])?;
        let offset = cursor.offset();
        match cursor.u8()? {
            0 => {
                let len = cursor.u16()?;
                Ok(Self::Compact(cursor.take(len.into())?.to_vec()))
            }
            1 => Ok(Self::Contiguous {
                address: cursor.address()?,
                len: cursor.length()?,
            }),
            2 if version == 3 => parse_old(cursor).map(Self::Chunked),
            2 => parse_new(cursor, version).map(Self::Chunked),
            3 => Err(Fault::unsupported(offset, "a virtual dataset")),
            class => Err(Fault::unsupported(offset, format!("layout class {class}"))),
        }
    }
}

/// The shape of a chunk, and the size of an element, which the format stores as one more axis. Each
/// number takes `bytes` bytes, or as many as the next byte states.
fn parse_shape(cursor: &mut Cursor<'_>, axes: u8, bytes: Option<u8>) -> Result<(Vec<u64>, u64)> {
    let offset = cursor.offset();
    let bytes = bytes.map_or_else(|| cursor.u8(), Ok)?;
    let mut shape = (0..axes)
        .map(|_| cursor.uint(bytes))
        .collect::<Result<Vec<_>>>()?;
    let fault = |what, found, expected| Fault::Value {
        offset,
        what,
        found,
        expected,
    };
    if shape.contains(&0) {
        return Err(fault("length of a chunk's axis", 0, "at least 1"));
    }
    match shape.pop() {
        Some(element) if !shape.is_empty() => Ok((shape, element)),
        _ => Err(fault("axes of a chunk", axes.into(), "at least 2")),
    }
}

fn parse_old(mut cursor: Cursor<'_>) -> Result<Chunked> {
    let offset = cursor.offset();
    let axes = cursor.u8()?;
    let address = cursor.address()?;
    let (shape, element) = parse_shape(&mut cursor, axes, Some(4))?;
    Ok(Chunked {
        shape,
        element,
        address,
        index: Index::Tree,
        plain_edges: false,
        size_bytes: None,
        offset,
    })
}

fn parse_new(mut cursor: Cursor<'_>, version: u8) -> Result<Chunked> {
    let offset = cursor.offset();
    let flags = cursor.u8()?;
    let axes = cursor.u8()?;
    let (shape, element) = parse_shape(&mut cursor, axes, None)?;
    let index_offset = cursor.offset();
    let index = match cursor.u8()? {
        1 if flags & 2 != 0 => Index::Single(Some((cursor.length()?, cursor.u32()?))),
        1 => Index::Single(None),
        2 => Index::Implicit,
        // The sizes that follow are repeated in the index itself.
        3 => {
            cursor.skip(1)?;
            Index::FixedArray
        }
        4 => {
            cursor.skip(5)?;
            Index::ExtensibleArray
        }
        5 => {
            cursor.skip(6)?;
            Index::NewTree
        }
        other => {
            return Err(Fault::unsupported(
                index_offset,
                format!("chunk index {other}"),
            ));
        }
    };
    Ok(Chunked {
        shape,
        element,
        address: cursor.address()?,
        index,
        plain_edges: flags & 1 != 0,
        size_bytes: (version == 5).then_some(8),
        offset,
    })
}

//! Where the values of a dataset are.

use super::cursor::Cursor;
use super::error::{Fault, Result};

/// Where the values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In the header itself.
    Compact(Vec<u8>),
    /// In one piece; nowhere when none was ever written.
    Contiguous { address: Option<u64>, len: u64 },
    /// In pieces of one shape.
    Chunked(Chunked),
}

/// Pieces of one shape, and what leads to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunked {
    /// Lengths of a chunk's axes.
    pub shape: Vec<u64>,
    /// Bytes of an element.
    pub element: u64,
    /// Nowhere when no chunk was ever written.
    pub address: Option<u64>,
    pub index: Index,
    /// Whether chunks that reach over the edge are stored without filters.
    pub plain_edges: bool,
    /// Bytes that the index takes for the size of a filtered chunk, where the layout fixes it.
    pub size_bytes: Option<u8>,
    /// Place of the layout in the file.
    pub offset: u64,
}

/// What leads to the chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Tree,
    /// One chunk: its packed size and mask, where it was filtered.
    Single(Option<(u64, u32)>),
    /// Chunks one after the other.
    Implicit,
    FixedArray,
    ExtensibleArray,
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

/// Axes of the chunks and the size of an element, which the format counts as one more axis; each
/// number takes `bytes`, or as many as the next byte says.
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
    let at = cursor.offset();
    let index = match cursor.u8()? {
        1 if flags & 2 != 0 => Index::Single(Some((cursor.length()?, cursor.u32()?))),
        1 => Index::Single(None),
        2 => Index::Implicit,
        // What follows are the sizes that the indexes repeat.
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
        other => return Err(Fault::unsupported(at, format!("chunk index {other}"))),
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

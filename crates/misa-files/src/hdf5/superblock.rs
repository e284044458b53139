//! The superblock: the sizes of addresses, and where the root group is.
//!
//! Source: HDF5 specification, II.A.

use super::checksum;
use super::cursor::{Cursor, Sizes};
use super::error::{Fault, Result};
use super::limits::Limits;
use super::store::Store;
use crate::Source;

const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

/// Bytes of the longest superblock: version 1 with addresses of 8 bytes.
const LONGEST: u64 = 100;

/// The contents of a superblock.
#[derive(Debug)]
struct Superblock {
    sizes: Sizes,
    base: u64,
    end: Option<u64>,
    root: Option<u64>,
}

/// The file in `source`, and the address of the header of its root group.
pub(super) fn open<'a>(source: Source<'a>, limits: &Limits) -> Result<(Store<'a>, u64)> {
    let offset = find(&source)?;
    let len = LONGEST.min(source.len() - offset);
    let bytes = source
        .bytes(offset, len as usize)
        .map_err(|source| Fault::Read { offset, source })?;
    let superblock = Superblock::parse(&bytes, offset)?;
    drop(bytes);
    let length = source.len();
    let end = superblock.end.unwrap_or(length);
    if end > length {
        return Err(Fault::Truncated {
            offset: length,
            expected: end - length,
            found: 0,
        });
    }
    let what = "root group";
    let root = superblock.root.ok_or(Fault::Missing { offset, what })?;
    let store = Store::new(source, *limits, superblock.base, superblock.sizes);
    Ok((store, root))
}

/// Offset of the signature. The file may start with a user block; then the signature is at 512 bytes
/// or a larger power of two.
fn find(source: &Source<'_>) -> Result<u64> {
    let length = source.len();
    let mut offset = 0;
    while source.has(offset, SIGNATURE.len() as u64) {
        let bytes = source
            .bytes(offset, SIGNATURE.len())
            .map_err(|source| Fault::Read { offset, source })?;
        if *bytes == *SIGNATURE {
            return Ok(offset);
        }
        offset = (offset * 2).max(512);
    }
    Err(Fault::NotHdf5 { length })
}

impl Superblock {
    fn parse(bytes: &[u8], offset: u64) -> Result<Self> {
        // Placeholders: the sizes are known only further on.
        let sizes = Sizes {
            address: 8,
            length: 8,
        };
        let mut cursor = Cursor::new(bytes, offset, sizes);
        cursor.skip(SIGNATURE.len() as u64)?;
        match cursor.version("superblock", &[0, 1, 2, 3])? {
            version @ 0..=1 => Self::parse_old(cursor, bytes, version),
            _ => Self::parse_new(cursor, bytes, offset),
        }
    }

    fn parse_old(mut cursor: Cursor<'_>, bytes: &[u8], version: u8) -> Result<Self> {
        // Versions of other structures, all 0.
        cursor.skip(4)?;
        let sizes = parse_sizes(&mut cursor)?;
        // Sizes of tree nodes, which the nodes repeat, and flags.
        cursor.skip(if version == 0 { 9 } else { 13 })?;
        let mut cursor = restart(&cursor, bytes, sizes)?;
        let base = cursor.address()?.unwrap_or(0);
        cursor.address()?;
        let end = cursor.address()?;
        cursor.address()?;
        // Offset of the name of the root group, which has none.
        cursor.length()?;
        let root = cursor.address()?;
        Ok(Self {
            sizes,
            base,
            end,
            root,
        })
    }

    fn parse_new(mut cursor: Cursor<'_>, bytes: &[u8], offset: u64) -> Result<Self> {
        let sizes = parse_sizes(&mut cursor)?;
        cursor.skip(1)?;
        let mut cursor = restart(&cursor, bytes, sizes)?;
        let base = cursor.address()?.unwrap_or(0);
        // The extension holds nothing that a reader needs.
        cursor.address()?;
        let end = cursor.address()?;
        let root = cursor.address()?;
        let len = (cursor.offset() - offset) as usize;
        let stored = cursor.u32()?;
        if !checksum::agree(checksum::lookup3(&bytes[..len]), stored) {
            let what = "superblock";
            return Err(Fault::Checksum { offset, what });
        }
        Ok(Self {
            sizes,
            base,
            end,
            root,
        })
    }
}

/// A cursor at the same position, with the sizes of this file.
fn restart<'b>(cursor: &Cursor<'_>, bytes: &'b [u8], sizes: Sizes) -> Result<Cursor<'b>> {
    let position = bytes.len() - cursor.remaining();
    Ok(Cursor::new(&bytes[position..], cursor.offset(), sizes))
}

fn parse_sizes(cursor: &mut Cursor<'_>) -> Result<Sizes> {
    let mut size = |what| {
        let offset = cursor.offset();
        match cursor.u8()? {
            found @ (2 | 4 | 8) => Ok(found),
            found => Err(Fault::Value {
                offset,
                what,
                found: found.into(),
                expected: "2, 4 or 8",
            }),
        }
    };
    Ok(Sizes {
        address: size("bytes of an address")?,
        length: size("bytes of a length")?,
    })
}

//! Filters: undoing the compression and other transformations of chunks.
//!
//! Source: HDF5 specification, IV.A.2.l.

use super::checksum::{agree, fletcher32};
use super::cursor::Cursor;
use super::error::{Fault, Result};
use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use std::borrow::Cow;

/// Most filters that the format allows.
const FILTERS: u8 = 32;

/// Most bytes that one byte of deflated data can expand to, rounded up.
const DEFLATE: u64 = 1100;

/// One step of the filter pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Deflate,
    /// Bytes of an element. The chunk holds the first bytes of all elements, then the second ones, and
    /// so on.
    Shuffle(usize),
    Fletcher32,
}

/// The filter pipeline of a dataset, in the order of writing.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters(Vec<Filter>);

impl Filters {
    pub fn parse(mut cursor: Cursor<'_>) -> Result<Self> {
        let version = cursor.version("filters", &[1, 2])?;
        let offset = cursor.offset();
        let count = cursor.u8()?;
        if count > FILTERS {
            return Err(Fault::Value {
                offset,
                what: "filters",
                found: count.into(),
                expected: "at most 32",
            });
        }
        if version == 1 {
            cursor.skip(6)?;
        }
        let filters = (0..count)
            .map(|_| Filter::parse(&mut cursor, version))
            .collect::<Result<Vec<_>>>()?;
        // Each one would multiply the size that a small chunk may claim.
        if filters.iter().filter(|&&f| f == Filter::Deflate).count() > 1 {
            return Err(Fault::unsupported(offset, "deflate over deflate"));
        }
        Ok(Self(filters))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The `size` bytes of a chunk, which is stored at `offset` as `packed`. If bit `k` of `mask` is
    /// set, filter `k` was skipped.
    pub fn undo<'b>(
        &self,
        packed: Cow<'b, [u8]>,
        mask: u32,
        size: usize,
        offset: u64,
    ) -> Result<Cow<'b, [u8]>> {
        let mut bytes = packed;
        for (number, filter) in self.0.iter().enumerate().rev() {
            if !is_skipped(mask, number) {
                let size = self.size_after(number, mask, size);
                bytes = filter.undo(bytes, size, offset)?;
            }
        }
        if bytes.len() != size {
            return Err(Fault::Chunk {
                offset,
                filter: "end",
                expected: size as u64,
                found: bytes.len() as u64,
            });
        }
        Ok(bytes)
    }

    /// Bytes after filter `number` is undone: they still include the checksums of earlier filters.
    fn size_after(&self, number: usize, mask: u32, size: usize) -> usize {
        let checksums = (0..number)
            .filter(|&earlier| self.0[earlier] == Filter::Fletcher32 && !is_skipped(mask, earlier))
            .count();
        size.saturating_add(4 * checksums)
    }
}

fn is_skipped(mask: u32, number: usize) -> bool {
    mask >> number & 1 != 0
}

/// The filters that are known but not undone. Source: HDF5 specification, IV.A.2.l, and the HDF
/// Group's registry of filters.
const KNOWN: [(u16, &str); 15] = [
    (4, "szip"),
    (5, "nbit"),
    (6, "scaleoffset"),
    (305, "LZO"),
    (307, "bzip2"),
    (32000, "lzf"),
    (32001, "blosc"),
    (32004, "lz4"),
    (32008, "bitshuffle"),
    (32013, "zfp"),
    (32015, "zstd"),
    (32017, "sz"),
    (32018, "fpzip"),
    (32024, "sz3"),
    (32026, "blosc2"),
];

/// A filter by its name, or else by its number.
fn describe(id: u16) -> String {
    match KNOWN.iter().find(|(known, _)| *known == id) {
        Some((_, name)) => format!("the filter {name}"),
        None => format!("filter {id}"),
    }
}

impl Filter {
    fn parse(cursor: &mut Cursor<'_>, version: u8) -> Result<Self> {
        let offset = cursor.offset();
        let id = cursor.u16()?;
        let named = version == 1 || id >= 256;
        let name = if named { cursor.u16()? } else { 0 };
        // Whether the filter may be skipped; each chunk has a mask for this.
        cursor.skip(2)?;
        let count = cursor.u16()?;
        cursor.skip(name.into())?;
        let values = (0..count)
            .map(|_| cursor.u32())
            .collect::<Result<Vec<_>>>()?;
        if version == 1 && count % 2 == 1 {
            cursor.skip(4)?;
        }
        match (id, values.first()) {
            (1, _) => Ok(Self::Deflate),
            (2, Some(&size)) => Ok(Self::Shuffle(size as usize)),
            (3, _) => Ok(Self::Fletcher32),
            _ => Err(Fault::unsupported(offset, describe(id))),
        }
    }

    fn undo<'b>(self, bytes: Cow<'b, [u8]>, size: usize, offset: u64) -> Result<Cow<'b, [u8]>> {
        match self {
            Self::Deflate => inflate(&bytes, size, offset).map(Cow::Owned),
            Self::Shuffle(element) => Ok(unshuffle(bytes, element)),
            Self::Fletcher32 => verify(bytes, offset),
        }
    }
}

fn inflate(packed: &[u8], size: usize, offset: u64) -> Result<Vec<u8>> {
    let fault = |found| Fault::Chunk {
        offset,
        filter: "deflate",
        expected: size as u64,
        found,
    };
    let most = (packed.len() as u64).saturating_mul(DEFLATE);
    if size as u64 > most {
        return Err(fault(most));
    }
    let mut bytes = zeros(size)?;
    let written = decompress_slice_iter_to_slice(&mut bytes, std::iter::once(packed), true, false)
        .map_err(|_| Fault::Deflate { offset })?;
    if written != size {
        return Err(fault(written as u64));
    }
    Ok(bytes)
}

/// `size` zeros, or an error if there is not enough memory.
pub(super) fn zeros(size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let fault = |_| Fault::Memory { bytes: size as u64 };
    bytes.try_reserve_exact(size).map_err(fault)?;
    bytes.resize(size, 0);
    Ok(bytes)
}

/// Restores the order of bytes: the chunk holds the first bytes of all elements, then the second ones,
/// and so on. A partial element at the end is left in place.
fn unshuffle(bytes: Cow<'_, [u8]>, element: usize) -> Cow<'_, [u8]> {
    let count = bytes.len().checked_div(element).unwrap_or(0);
    if element < 2 || count < 2 {
        return bytes;
    }
    let mut sorted = bytes.to_vec();
    for (position, column) in bytes[..count * element].chunks_exact(count).enumerate() {
        let targets = sorted[position..].iter_mut().step_by(element);
        for (target, &byte) in targets.zip(column) {
            *target = byte;
        }
    }
    Cow::Owned(sorted)
}

fn verify(bytes: Cow<'_, [u8]>, offset: u64) -> Result<Cow<'_, [u8]>> {
    let what = "chunk";
    let Some((body, stored)) = bytes.split_last_chunk::<4>() else {
        return Err(Fault::Checksum { offset, what });
    };
    if !agree(fletcher32(body), u32::from_le_bytes(*stored)) {
        return Err(Fault::Checksum { offset, what });
    }
    let len = body.len();
    Ok(match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..len]),
        Cow::Owned(mut bytes) => {
            bytes.truncate(len);
            Cow::Owned(bytes)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Sizes;
    use super::*;

    #[test]
    fn filters_that_are_not_undone_are_named() {
        let sizes = Sizes {
            address: 8,
            length: 8,
        };
        // Version 2: one filter, its id, flags, no values; filters from 256 on have a name.
        let message = |id: u16| {
            let name: &[u8] = if id >= 256 { &[0, 0] } else { &[] };
            let bytes = [&[2, 1], &id.to_le_bytes()[..], name, &[0, 0, 0, 0]].concat();
            Filters::parse(Cursor::new(&bytes, 0, sizes))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(message(32000), "byte 2: the filter lzf is not supported");
        assert_eq!(message(4), "byte 2: the filter szip is not supported");
        assert_eq!(message(32015), "byte 2: the filter zstd is not supported");
        assert_eq!(message(31999), "byte 2: filter 31999 is not supported");
    }

    #[test]
    fn shuffled_bytes_are_restored() {
        let shuffled = Cow::Borrowed(&b"acebdfx"[..]);
        assert_eq!(*unshuffle(shuffled, 2), *b"abcdefx");
        let short = Cow::Borrowed(&b"abc"[..]);
        assert_eq!(*unshuffle(short, 8), *b"abc");
    }

    #[test]
    fn a_chunk_has_its_size_and_checksum() {
        // `abc` with its checksum: words 0x6162 and 0x6300.
        let packed = [b'a', b'b', b'c', 0x62, 0xc4, 0xc5, 0x25];
        let filters = Filters(vec![Filter::Fletcher32]);
        let undo = |bytes: &[u8], mask, size| {
            let bytes = Cow::Owned(bytes.to_vec());
            filters
                .undo(bytes, mask, size, 7)
                .map(Cow::into_owned)
                .map_err(|fault| fault.to_string())
        };
        assert_eq!(undo(&packed, 0, 3).unwrap(), b"abc");
        assert_eq!(undo(&packed, 1, 7).unwrap(), packed);
        assert_eq!(
            undo(&packed, 0, 4).unwrap_err(),
            "byte 7: end of a chunk, expected 4 bytes, found 3"
        );
        let mut damaged = packed;
        damaged[0] = b'b';
        assert_eq!(
            undo(&damaged, 0, 3).unwrap_err(),
            "byte 7: the checksum of the chunk is wrong"
        );
    }

    #[test]
    fn no_memory_is_allocated_for_a_bomb() {
        let error = inflate(&[0; 10], 1 << 40, 3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 3: deflate of a chunk, expected 1099511627776 bytes, found 11000"
        );
    }

    #[test]
    fn inflated_data_ends_where_the_chunk_does() {
        // Stored without compression: "ab", with its Adler checksum.
        let packed = [
            0x78, 0x01, 1, 2, 0, 0xfd, 0xff, b'a', b'b', 0x01, 0x26, 0x00, 0xc4,
        ];
        assert_eq!(inflate(&packed, 2, 0).unwrap(), b"ab");
        assert!(inflate(&packed, 1, 0).is_err());
        let error = inflate(&packed, 3, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 0: deflate of a chunk, expected 3 bytes, found 2"
        );
    }
}

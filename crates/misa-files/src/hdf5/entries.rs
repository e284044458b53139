//! The parts that fixed and extensible arrays of chunks have in common.
//!
//! Source: HDF5 specification, VII.C and VII.D.

use super::chunk::{Chunk, Grid};
use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::layout::Chunked;
use super::store::{Block, Store};

/// Chunks being read from the entries of an array.
#[derive(Debug)]
pub(super) struct Entries<'g> {
    pub grid: &'g Grid,
    /// The layout that the array belongs to.
    chunked: &'g Chunked,
    filtered: bool,
    /// The axis that can grow without limit.
    growing: Option<usize>,
    /// Bytes of an entry.
    pub bytes: u64,
    chunks: Vec<Chunk>,
}

impl<'g> Entries<'g> {
    pub fn new(
        chunked: &'g Chunked,
        grid: &'g Grid,
        filtered: bool,
        growing: Option<usize>,
    ) -> Self {
        Self {
            grid,
            chunked,
            filtered,
            growing,
            bytes: 0,
            chunks: Vec::new(),
        }
    }

    pub fn chunks(self) -> Vec<Chunk> {
        self.chunks
    }

    /// Reads the version, the kind and the size of an entry, which follow the signature of the
    /// array.
    pub fn read_head(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        cursor.version("array of chunks", &[0])?;
        let offset = cursor.offset();
        let kind = cursor.u8()?;
        if kind != u8::from(self.filtered) {
            return Err(Fault::Value {
                offset,
                what: "kind of an array of chunks",
                found: kind.into(),
                expected: "0 for plain ones, 1 for filtered ones",
            });
        }
        let offset = cursor.offset();
        self.bytes = cursor.u8()?.into();
        let address = u64::from(cursor.sizes().address);
        let fits = match self.bytes.checked_sub(address) {
            // A size of 1 to 8 bytes and a mask of 4.
            Some(extra @ 5..=12) if self.filtered => {
                let bytes = extra as u8 - 4;
                self.chunked.size_bytes.is_none_or(|wanted| wanted == bytes)
            }
            extra => extra == Some(0) && !self.filtered,
        };
        if fits {
            return Ok(());
        }
        Err(Fault::Value {
            offset,
            what: "bytes of an entry of chunks",
            found: self.bytes,
            expected: "room for an address, and for a size and a mask if chunks are filtered",
        })
    }

    /// Reads `count` entries, the first of which has the position `first` in the array.
    pub fn read(&mut self, cursor: &mut Cursor<'_>, first: u64, count: u64) -> Result<()> {
        for entry in first..first.saturating_add(count) {
            let address = cursor.address()?;
            let (stored, mask) = if self.filtered {
                let bytes = self.bytes as u8 - cursor.sizes().address - 4;
                (cursor.uint(bytes)?, cursor.u32()?)
            } else {
                (self.grid.chunk_bytes, 0)
            };
            // An entry may be undefined, or refer to a part that the dataset no longer has.
            let number = self.grid.entry(entry, self.growing);
            self.chunks
                .extend(address.zip(number).map(|(address, number)| Chunk {
                    number,
                    address,
                    stored,
                    mask,
                }));
        }
        Ok(())
    }

    /// Reads `entries` that are stored in consecutive pages from `address` on; `written` says which
    /// pages have been written.
    pub fn read_pages(
        &mut self,
        store: &Store<'_>,
        address: u64,
        entries: std::ops::Range<u64>,
        page: u64,
        written: impl Fn(u64) -> bool,
    ) -> Result<()> {
        let mut page_address = address;
        let count = entries.end - entries.start;
        for number in 0..count.div_ceil(page) {
            let first = number * page;
            let count = page.min(count - first);
            let len = count.saturating_mul(self.bytes).saturating_add(4);
            if written(number) {
                let block = store.fetch(page_address, len)?;
                let mut cursor = block.checked("page of chunks")?;
                self.read(&mut cursor, entries.start + first, count)?;
            }
            page_address = page_address.saturating_add(len);
        }
        Ok(())
    }
}

/// Bit `number` of a bit field, with the highest bit of each byte first.
pub(super) fn bit(bits: &[u8], number: u64) -> bool {
    usize::try_from(number / 8)
        .ok()
        .and_then(|index| bits.get(index))
        .is_some_and(|byte| byte & 0x80 >> (number % 8) != 0)
}

/// A block of an array with `body` bytes besides its prefix and checksum, and the length of the
/// prefix: signature, version, kind and the address of the array.
pub(super) fn part<'s>(
    store: &'s Store<'_>,
    address: u64,
    signature: &'static str,
    body: u64,
) -> Result<(Block<'s>, u64)> {
    let start = 6 + u64::from(store.sizes().address);
    let len = body.saturating_add(start + 4);
    let block = store.fetch(address, len)?;
    block.cursor().signature(signature)?;
    Ok((block, start))
}

//! Arrays of chunks: what the two kinds, fixed and extensible, have in common.

use super::chunk::{Chunk, Grid};
use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::layout::Chunked;
use super::store::{Block, Store};

/// Chunks being read from the entries of an array.
#[derive(Debug)]
pub(super) struct Entries<'g> {
    pub grid: &'g Grid,
    /// Layout and place of the array in the messages of faults.
    chunked: &'g Chunked,
    filtered: bool,
    /// The axis that can grow without bound.
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

    /// Reads version, kind and size of an entry, which follow the signature of the array.
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
            Some(left @ 5..=12) if self.filtered => {
                let bytes = left as u8 - 4;
                self.chunked.size_bytes.is_none_or(|wanted| wanted == bytes)
            }
            left => left == Some(0) && !self.filtered,
        };
        if fits {
            return Ok(());
        }
        Err(Fault::Value {
            offset,
            what: "bytes of an entry of chunks",
            found: self.bytes,
            expected: "an address, for filtered chunks a size and a mask too",
        })
    }

    /// Reads `count` entries, the first of which is number `first` of the array.
    pub fn read(&mut self, cursor: &mut Cursor<'_>, first: u64, count: u64) -> Result<()> {
        for entry in first..first.saturating_add(count) {
            let address = cursor.address()?;
            let (stored, mask) = if self.filtered {
                let bytes = self.bytes as u8 - cursor.sizes().address - 4;
                (cursor.uint(bytes)?, cursor.u32()?)
            } else {
                (self.grid.chunk_bytes, 0)
            };
            // Entries may lead nowhere, or to a part that the dataset once had.
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

    /// Reads `count` entries that are stored in pages, one behind the other from `address` on;
    /// `written` says which pages are.
    pub fn read_pages(
        &mut self,
        store: &Store<'_>,
        address: u64,
        entries: std::ops::Range<u64>,
        page: u64,
        written: impl Fn(u64) -> bool,
    ) -> Result<()> {
        let mut at = address;
        let count = entries.end - entries.start;
        for number in 0..count.div_ceil(page) {
            let first = number * page;
            let count = page.min(count - first);
            let len = count.saturating_mul(self.bytes).saturating_add(4);
            if written(number) {
                let block = store.fetch(at, len)?;
                let mut cursor = block.checked("page of chunks")?;
                self.read(&mut cursor, entries.start + first, count)?;
            }
            at = at.saturating_add(len);
        }
        Ok(())
    }
}

/// Bit `number` of a row of bits, the highest of a byte first.
pub(super) fn bit(bits: &[u8], number: u64) -> bool {
    let byte = usize::try_from(number / 8).ok();
    let byte = byte.and_then(|byte| bits.get(byte));
    byte.is_some_and(|byte| byte & 0x80 >> (number % 8) != 0)
}

/// A part of an array with its signature and checksum, and the place in it behind version, kind
/// and the address of the array.
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

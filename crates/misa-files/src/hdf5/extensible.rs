//! Extensible arrays: the chunk index of newer files for datasets that grow along one axis.
//!
//! The first entries are in the index block itself, the next ones in data blocks that the index
//! block points to, all others in data blocks that super blocks point to. The blocks grow in size.
//!
//! Source: HDF5 specification, VII.D.

use super::cursor::Cursor;
use super::entries::{Entries, bit, part};
use super::error::{Fault, Result};
use super::fixed::page_bits;
use super::store::Store;

/// The header, which determines the size of each block.
#[derive(Debug)]
struct Head {
    /// Bits of the position of an entry.
    bits: u8,
    /// Entries in the index block.
    direct: u64,
    /// Entries of the smallest data block, a power of two.
    least: u64,
    /// Data blocks that the smallest super block points to, a power of two.
    pointers: u64,
    /// Entries of a page.
    page: u64,
    address: Option<u64>,
}

/// The data blocks of one super block. The first levels have no super block of their own: the index
/// block points to their data blocks.
#[derive(Clone, Copy, Debug)]
struct Level {
    blocks: u64,
    /// Entries of each block.
    entries: u64,
}

/// Reads the chunks that the array at `address` lists.
pub(super) fn read(store: &Store<'_>, address: u64, entries: &mut Entries<'_>) -> Result<()> {
    let sizes = store.sizes();
    let len = 16 + 6 * u64::from(sizes.length) + u64::from(sizes.address);
    let block = store.fetch(address, len)?;
    block.cursor().signature("EAHD")?;
    let mut cursor = block.checked("extensible array")?;
    cursor.skip(4)?;
    entries.read_head(&mut cursor)?;
    let head = Head::parse(cursor)?;
    match head.address {
        Some(address) => head.read_index(store, address, entries),
        None => Ok(()),
    }
}

impl Head {
    fn parse(mut cursor: Cursor<'_>) -> Result<Self> {
        let offset = cursor.offset();
        let (bits, direct) = (cursor.u8()?, cursor.u8()?.into());
        let (least, pointers) = (cursor.u8()?.into(), cursor.u8()?.into());
        let page = 1 << page_bits(&mut cursor)?;
        // Counts of blocks and entries, which are not needed.
        for _ in 0..6 {
            cursor.length()?;
        }
        let head = Self {
            bits,
            direct,
            least,
            pointers,
            page,
            address: cursor.address()?,
        };
        let powers = head.least.is_power_of_two() && head.pointers.is_power_of_two();
        let enough = u32::from(bits) >= head.least.trailing_zeros();
        if powers && enough && bits <= 64 && 2 * head.pointers.trailing_zeros() <= head.levels() {
            return Ok(head);
        }
        Err(Fault::Value {
            offset,
            what: "bits of an extensible array",
            found: bits.into(),
            expected: "at most 64, with block sizes that are powers of two and fit",
        })
    }

    fn levels(&self) -> u32 {
        1 + u32::from(self.bits) - self.least.trailing_zeros()
    }

    fn level(&self, number: u32) -> Level {
        // There are at most 64 bits, so neither shift reaches 40.
        Level {
            blocks: 1 << (number / 2),
            entries: self.least << number.div_ceil(2),
        }
    }

    fn read_index(&self, store: &Store<'_>, address: u64, entries: &mut Entries<'_>) -> Result<()> {
        let bytes = u64::from(store.sizes().address);
        let direct_levels = 2 * self.pointers.trailing_zeros();
        let blocks = 2 * (self.pointers - 1);
        let supers = u64::from(self.levels() - direct_levels);
        let body = self.direct * entries.bytes + (blocks + supers) * bytes;
        let (block, start) = part(store, address, "EAIB", body)?;
        let mut cursor = block.checked("extensible array")?;
        cursor.skip(start)?;
        entries.read(&mut cursor, 0, self.direct)?;
        let mut first = self.direct;
        for number in 0..self.levels() {
            let level = self.level(number);
            if number < direct_levels {
                for _ in 0..level.blocks {
                    if let Some(address) = cursor.address()? {
                        self.read_block(store, address, first, level, |_| true, entries)?;
                    }
                    first = first.saturating_add(level.entries);
                }
            } else {
                if let Some(address) = cursor.address()? {
                    self.read_super(store, address, first, level, entries)?;
                }
                first = first.saturating_add(level.blocks.saturating_mul(level.entries));
            }
        }
        Ok(())
    }

    /// Bytes of the position of an entry.
    fn number_bytes(&self) -> u64 {
        self.bits.div_ceil(8).into()
    }

    fn read_super(
        &self,
        store: &Store<'_>,
        address: u64,
        first: u64,
        level: Level,
        entries: &mut Entries<'_>,
    ) -> Result<()> {
        let pages = level.entries / self.page;
        let bits = if level.entries > self.page {
            level.blocks.saturating_mul(pages.div_ceil(8))
        } else {
            0
        };
        let addresses = level.blocks * u64::from(store.sizes().address);
        let body = bits.saturating_add(addresses + self.number_bytes());
        let (block, start) = part(store, address, "EASB", body)?;
        let mut cursor = block.checked("extensible array")?;
        cursor.skip(start + self.number_bytes())?;
        let written = cursor.take(bits)?;
        for number in 0..level.blocks {
            let first = first.saturating_add(number.saturating_mul(level.entries));
            if let Some(address) = cursor.address()? {
                let written =
                    |page| bit(written, number.saturating_mul(pages).saturating_add(page));
                self.read_block(store, address, first, level, written, entries)?;
            }
        }
        Ok(())
    }

    fn read_block(
        &self,
        store: &Store<'_>,
        address: u64,
        first: u64,
        level: Level,
        written: impl Fn(u64) -> bool,
        entries: &mut Entries<'_>,
    ) -> Result<()> {
        let paged = level.entries > self.page;
        // The entries of a paged block follow it, in pages with checksums of their own.
        let count = if paged { 0 } else { level.entries };
        let body = count
            .saturating_mul(entries.bytes)
            .saturating_add(self.number_bytes());
        let (block, start) = part(store, address, "EADB", body)?;
        let mut cursor = block.checked("extensible array")?;
        cursor.skip(start + self.number_bytes())?;
        if !paged {
            return entries.read(&mut cursor, first, count);
        }
        let pages = address.saturating_add(block.bytes.len() as u64);
        let all = first..first.saturating_add(level.entries);
        entries.read_pages(store, pages, all, self.page, written)
    }
}

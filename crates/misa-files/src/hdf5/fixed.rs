//! Fixed arrays: the chunk index of newer files for datasets of limited size.
//!
//! Source: HDF5 specification, VII.C.

use super::cursor::Cursor;
use super::entries::{Entries, bit, part};
use super::error::{Fault, Result};
use super::store::Store;

/// Largest page, as a power of two.
const PAGE_BITS: u8 = 32;

/// Reads the chunks that the array at `address` lists.
pub(super) fn read(store: &Store<'_>, address: u64, entries: &mut Entries<'_>) -> Result<()> {
    let sizes = store.sizes();
    let len = 12 + u64::from(sizes.length) + u64::from(sizes.address);
    let block = store.fetch(address, len)?;
    block.cursor().signature("FAHD")?;
    let mut cursor = block.checked("fixed array")?;
    cursor.skip(4)?;
    entries.read_head(&mut cursor)?;
    let page_bits = page_bits(&mut cursor)?;
    let offset = cursor.offset();
    let count = cursor.length()?;
    if Some(count) != entries.grid.most() {
        return Err(Fault::Value {
            offset,
            what: "chunks in a fixed array",
            found: count,
            expected: "as many as the dataset has at its maximum size",
        });
    }
    match cursor.address()? {
        Some(address) => read_block(store, address, count, 1 << page_bits, entries),
        None => Ok(()),
    }
}

/// Entries of a page, as a power of two.
pub(super) fn page_bits(cursor: &mut Cursor<'_>) -> Result<u8> {
    let offset = cursor.offset();
    let found = cursor.u8()?;
    if found <= PAGE_BITS {
        return Ok(found);
    }
    Err(Fault::Value {
        offset,
        what: "bits of a page of chunks",
        found: found.into(),
        expected: "at most 32",
    })
}

fn read_block(
    store: &Store<'_>,
    address: u64,
    count: u64,
    page: u64,
    entries: &mut Entries<'_>,
) -> Result<()> {
    let body = if count > page {
        // The entries are in pages behind the block; here is one bit per page.
        count.div_ceil(page).div_ceil(8)
    } else {
        count.saturating_mul(entries.bytes)
    };
    let (block, start) = part(store, address, "FADB", body)?;
    let mut cursor = block.checked("fixed array")?;
    cursor.skip(start)?;
    if count <= page {
        return entries.read(&mut cursor, 0, count);
    }
    let written = cursor.take(body)?;
    let pages = address.saturating_add(block.bytes.len() as u64);
    entries.read_pages(store, pages, 0..count, page, |page| bit(written, page))
}

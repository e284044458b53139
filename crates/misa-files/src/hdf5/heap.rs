//! Fractal heaps, which hold the links of large groups in newer files.
//!
//! A heap is a separate address space, divided into blocks whose size doubles from row to row. A
//! table points to the blocks of the first rows, and to further tables for the other rows.
//!
//! Source: HDF5 specification, III.G.

use super::checksum::{agree, lookup3};
use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::store::{Block, Store};
use std::collections::HashMap;

/// A heap, with the blocks that have been read.
#[derive(Debug)]
pub(super) struct Heap<'s> {
    store: &'s Store<'s>,
    offset: u64,
    /// Bytes of the identifier of an object.
    id: u64,
    /// Whether blocks have checksums.
    checked: bool,
    /// Blocks of a row, a power of two.
    width: u64,
    /// Bytes of a block of the first row, a power of two.
    start: u64,
    /// Bytes of the largest block, a power of two.
    largest: u64,
    /// Bits of an offset in the heap.
    bits: u16,
    root: Option<u64>,
    /// Rows of the root table; 0 if the heap is a single block.
    rows: u64,
    blocks: HashMap<u64, Block<'s>>,
}

impl<'s> Heap<'s> {
    pub fn read(store: &'s Store<'s>, address: u64) -> Result<Self> {
        let sizes = store.sizes();
        let len = 26 + 12 * u64::from(sizes.length) + 3 * u64::from(sizes.address);
        // Filters would make the header longer; without them it has this length.
        let filters = {
            let block = store.fetch(address, 9)?;
            let mut cursor = block.cursor();
            cursor.signature("FRHP")?;
            cursor.version("heap", &[0])?;
            cursor.skip(2)?;
            cursor.u16()?
        };
        let block = store.fetch(address, len)?;
        if filters != 0 {
            return Err(Fault::unsupported(block.offset, "a filtered heap of links"));
        }
        let heap = Self::parse(store, block.checked("heap")?)?;
        let sized = [heap.width, heap.start, heap.largest];
        let sane = sized
            .iter()
            .all(|size| size.is_power_of_two() && *size <= 1 << 32);
        if sane && heap.start <= heap.largest && heap.bits <= 64 && heap.rows <= 64 {
            return Ok(heap);
        }
        Err(Fault::Value {
            offset: heap.offset,
            what: "first block of a heap",
            found: heap.start,
            expected: "blocks and rows that are powers of two, and offsets of at most 64 bits",
        })
    }

    fn parse(store: &'s Store<'s>, mut cursor: Cursor<'_>) -> Result<Self> {
        let offset = cursor.offset();
        cursor.skip(5)?;
        let id = cursor.u16()?.into();
        cursor.skip(2)?;
        let checked = cursor.u8()? & 2 != 0;
        cursor.skip(4)?;
        // Free space and counts of objects, which reading does not need.
        cursor.length()?;
        cursor.address()?;
        cursor.length()?;
        cursor.address()?;
        for _ in 0..8 {
            cursor.length()?;
        }
        Ok(Self {
            store,
            offset,
            id,
            checked,
            width: cursor.u16()?.into(),
            start: cursor.length()?,
            largest: cursor.length()?,
            bits: cursor.u16()?,
            root: {
                cursor.skip(2)?;
                cursor.address()?
            },
            rows: cursor.u16()?.into(),
            blocks: HashMap::new(),
        })
    }

    /// Calls `parse` with the object that `id` refers to.
    pub fn object<T>(
        &mut self,
        mut id: Cursor<'_>,
        parse: impl FnOnce(Cursor<'_>) -> Result<T>,
    ) -> Result<T> {
        let offset = id.offset();
        if id.u8()? & 0x30 != 0 {
            let what = "a huge or tiny object in a heap of links";
            return Err(Fault::unsupported(offset, what));
        }
        let bytes = self.bits.div_ceil(8);
        let position = id.uint(bytes as u8)?;
        let length_bytes = self.id.saturating_sub(1 + u64::from(bytes)).min(8);
        let len = id.uint(length_bytes as u8)?;
        let (address, size, inside) = self.find(position)?;
        let block = self.block(address, size)?;
        let mut cursor = block.cursor();
        cursor.skip(inside)?;
        let start = cursor.offset();
        parse(Cursor::new(cursor.take(len)?, start, cursor.sizes()))
    }

    /// Bytes of a block of a row.
    fn block_bytes(&self, row: u64) -> u128 {
        u128::from(self.start) << row.saturating_sub(1)
    }

    /// Address and size of the block that holds a position of the heap, and the position in that block.
    fn find(&mut self, position: u64) -> Result<(u64, u64, u64)> {
        let (offset, what) = (self.offset, "block of a heap");
        let missing = || Fault::Missing { offset, what };
        let mut address = self.root.ok_or_else(missing)?;
        if self.rows == 0 {
            return Ok((address, self.start, position));
        }
        let (mut rows, mut inside) = (self.rows, u128::from(position));
        loop {
            let row = self.row(inside);
            if row >= rows {
                return Err(missing());
            }
            let bytes = self.block_bytes(row);
            if row > 0 {
                inside -= bytes * u128::from(self.width);
            }
            let column = (inside / bytes) as u64;
            inside %= bytes;
            let entry = row * self.width + column;
            address = self.entry(address, rows, entry)?.ok_or_else(missing)?;
            if bytes <= u128::from(self.largest) {
                return Ok((address, bytes as u64, inside as u64));
            }
            // A table for as many rows as fill a block of this size, fewer than those of its parent.
            let first = u128::from(self.start) * u128::from(self.width);
            rows = match (bytes / first).checked_ilog2() {
                Some(more) => u64::from(more) + 1,
                None => return Err(missing()),
            };
        }
    }

    /// The row that contains a position. Each row except the first is as long as all rows before it.
    fn row(&self, position: u128) -> u64 {
        let first = u128::from(self.start) * u128::from(self.width);
        (position / first)
            .checked_ilog2()
            .map_or(0, |row| u64::from(row) + 1)
    }

    /// The address in an entry of the table at `address`.
    fn entry(&mut self, address: u64, rows: u64, entry: u64) -> Result<Option<u64>> {
        let head = self.head_bytes();
        let each = u64::from(self.store.sizes().address);
        let len = head + rows * self.width * each + 4;
        if !self.blocks.contains_key(&address) {
            let block = self.store.fetch(address, len)?;
            block.cursor().signature("FHIB")?;
            block.checked("table of a heap")?;
            self.blocks.insert(address, block);
        }
        let block = self.known(address)?;
        let mut cursor = block.cursor();
        cursor.skip(head + entry * each)?;
        cursor.address()
    }

    /// Bytes of a block before its contents, without the checksum.
    fn head_bytes(&self) -> u64 {
        5 + u64::from(self.store.sizes().address) + u64::from(self.bits.div_ceil(8))
    }

    fn block(&mut self, address: u64, size: u64) -> Result<&Block<'s>> {
        if !self.blocks.contains_key(&address) {
            let block = self.store.fetch(address, size)?;
            block.cursor().signature("FHDB")?;
            if self.checked {
                verify(&block, self.head_bytes() as usize)?;
            }
            self.blocks.insert(address, block);
        }
        self.known(address)
    }

    fn known(&self, address: u64) -> Result<&Block<'s>> {
        let (offset, what) = (self.store.offset(address), "block of a heap");
        let block = self.blocks.get(&address);
        block.ok_or(Fault::Missing { offset, what })
    }
}

/// Checks the checksum at `position` in a block. It is computed with its own bytes set to zero.
fn verify(block: &Block<'_>, position: usize) -> Result<()> {
    let (offset, what) = (block.offset, "block of a heap");
    let fault = || Fault::Checksum { offset, what };
    let mut bytes = block.bytes.to_vec();
    let field = bytes.get_mut(position..position + 4).ok_or_else(fault)?;
    let stored = [field[0], field[1], field[2], field[3]];
    field.fill(0);
    if agree(lookup3(&bytes), u32::from_le_bytes(stored)) {
        Ok(())
    } else {
        Err(fault())
    }
}

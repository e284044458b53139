//! Texts of variable length, which are stored in global heaps outside the dataset.
//!
//! Source: HDF5 specification, III.E and IV.B.

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::store::{Block, Store};
use crate::dtype::byte_text;
use std::collections::HashMap;
use std::ops::Range;

/// Bytes of heaps that are kept in memory at once. Writers fill one heap after the other.
const HELD: usize = 64 << 20;

/// The texts of a dataset.
#[derive(Debug)]
pub(super) struct Texts<'s> {
    store: &'s Store<'s>,
    heaps: HashMap<u64, Heap<'s>>,
    held: usize,
}

/// A global heap.
#[derive(Debug)]
struct Heap<'s> {
    block: Block<'s>,
    objects: HashMap<u32, Range<usize>>,
}

impl<'s> Texts<'s> {
    pub fn new(store: &'s Store<'s>) -> Self {
        let heaps = HashMap::new();
        Self {
            store,
            heaps,
            held: 0,
        }
    }

    /// The text that `element` refers to. Its bytes are counted before they are copied.
    pub fn read(&mut self, element: &[u8], offset: u64) -> Result<String> {
        let mut cursor = Cursor::new(element, offset, self.store.sizes());
        let len = cursor.u32()? as usize;
        let address = cursor.address()?;
        let number = cursor.u32()?;
        // Elements that were never written are all zeros.
        let Some(address) = address.filter(|&address| len > 0 && address > 0) else {
            return Ok(String::new());
        };
        let store = self.store;
        let heap = self.heap(address)?;
        let what = "text in its heap";
        let missing = Fault::Missing { offset, what };
        let range = heap.objects.get(&number).cloned().ok_or(missing)?;
        let Some(bytes) = heap.block.bytes[range.clone()].get(..len) else {
            return Err(Fault::Truncated {
                offset: heap.block.offset + range.start as u64,
                expected: len as u64,
                found: range.len() as u64,
            });
        };
        // Many elements may refer to one text; counting each visit bounds them.
        store.visit(offset, len as u64)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        Ok(byte_text(&bytes[..end.unwrap_or(len)]))
    }

    fn heap(&mut self, address: u64) -> Result<&Heap<'s>> {
        if !self.heaps.contains_key(&address) {
            let heap = Heap::read(self.store, address)?;
            if self.held > HELD {
                self.heaps.clear();
                self.held = 0;
            }
            self.held += heap.block.bytes.len();
            self.heaps.insert(address, heap);
        }
        let (offset, what) = (self.store.offset(address), "heap of texts");
        self.heaps
            .get(&address)
            .ok_or(Fault::Missing { offset, what })
    }
}

impl<'s> Heap<'s> {
    fn read(store: &'s Store<'s>, address: u64) -> Result<Self> {
        let head = 8 + u64::from(store.sizes().length);
        let len = {
            let block = store.fetch(address, head)?;
            let mut cursor = block.cursor();
            cursor.signature("GCOL")?;
            cursor.version("heap of texts", &[1])?;
            cursor.skip(3)?;
            cursor.length()?
        };
        let block = store.fetch(address, len)?;
        let objects = objects(block.cursor(), head)?;
        Ok(Self { block, objects })
    }
}

/// Positions of the objects of a heap in its block.
fn objects(mut cursor: Cursor<'_>, head: u64) -> Result<HashMap<u32, Range<usize>>> {
    let mut objects = HashMap::new();
    let start = cursor.offset();
    cursor.skip(head)?;
    let smallest = 8 + usize::from(cursor.sizes().length);
    while cursor.remaining() >= smallest {
        let number = cursor.u16()?;
        // The reference count, and reserved bytes.
        cursor.skip(6)?;
        let len = cursor.length()?;
        // Object 0 is the free space at the end.
        if number == 0 {
            break;
        }
        let first = (cursor.offset() - start) as usize;
        let bytes = cursor.take(len)?;
        objects.insert(number.into(), first..first + bytes.len());
        let padding = len.next_multiple_of(8) - len;
        cursor.skip(padding.min(cursor.remaining() as u64))?;
    }
    Ok(objects)
}

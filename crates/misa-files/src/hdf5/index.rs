//! Finding the chunks that have been written, by any kind of index.
//!
//! Source: HDF5 specification, VII; for the older B-tree III.A.1.

use super::chunk::{Chunk, Grid};
use super::cursor::Cursor;
use super::entries::Entries;
use super::error::{Fault, Result};
use super::layout::{Chunked, Index};
use super::store::Store;
use super::tree::{self, Leads};
use super::{extensible, fixed, records};

/// Types of version 2 B-trees whose records point to chunks.
const PLAIN: u8 = 10;
const FILTERED: u8 = 11;

/// Everything that is needed to find the chunks of a dataset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder<'i> {
    pub store: &'i Store<'i>,
    pub chunked: &'i Chunked,
    pub grid: &'i Grid,
    pub filtered: bool,
}

impl Finder<'_> {
    /// The chunks that have been written, sorted by number.
    pub fn find(&self) -> Result<Vec<Chunk>> {
        let Some(address) = self.chunked.address else {
            return Ok(Vec::new());
        };
        let mut chunks = match self.chunked.index {
            Index::Tree => self.tree_chunks(address)?,
            Index::Single(packed) => self.single(address, packed),
            Index::Implicit => self.implicit(address)?,
            Index::FixedArray => {
                let mut entries = self.entries(None);
                fixed::read(self.store, address, &mut entries)?;
                entries.chunks()
            }
            Index::ExtensibleArray => {
                let mut entries = self.entries(self.grid.growing());
                extensible::read(self.store, address, &mut entries)?;
                entries.chunks()
            }
            Index::NewTree => self.record_chunks(address)?,
        };
        chunks.sort_by_key(|chunk| chunk.number);
        self.check(&chunks)?;
        Ok(chunks)
    }

    fn check(&self, chunks: &[Chunk]) -> Result<()> {
        let offset = self.chunked.offset;
        let same_number = |pair: &[Chunk]| pair[0].number == pair[1].number;
        if chunks.windows(2).any(same_number) {
            let what = "a chunk";
            return Err(Fault::Twice { offset, what });
        }
        let stored = |total: u64, chunk: &Chunk| total.saturating_add(chunk.stored);
        let limit = self.store.len();
        // Chunks do not overlap; otherwise a few bytes could be unpacked many times.
        if chunks.iter().fold(0, stored) > limit {
            let what = "bytes of all chunks";
            return Err(Fault::Limit {
                offset,
                what,
                limit,
            });
        }
        Ok(())
    }

    fn entries(&self, growing: Option<usize>) -> Entries<'_> {
        Entries::new(self.chunked, self.grid, self.filtered, growing)
    }

    fn tree_chunks(&self, root: u64) -> Result<Vec<Chunk>> {
        let mut chunks = Vec::new();
        let axes = self.grid.counts.len();
        let mut first = vec![0; axes];
        let leads = Leads::ToChunks { axes };
        tree::walk(self.store, root, leads, |mut key, address| {
            let offset = key.offset();
            let (stored, mask) = (key.u32()?.into(), key.u32()?);
            for axis in &mut first {
                *axis = key.u64()?;
            }
            let number = self.grid.number(&first).ok_or(Fault::Value {
                offset,
                what: "first row of a chunk",
                found: first[0],
                expected: "a position in the dataset where a chunk starts",
            })?;
            chunks.push(Chunk {
                number,
                address,
                stored,
                mask,
            });
            Ok(())
        })?;
        Ok(chunks)
    }

    fn single(&self, address: u64, packed: Option<(u64, u32)>) -> Vec<Chunk> {
        let (stored, mask) = packed.unwrap_or((self.grid.chunk_bytes, 0));
        // A dataset without values has no chunk, whatever the address.
        let numbers = 0..self.grid.len().min(1);
        let chunk = |number| Chunk {
            number,
            address,
            stored,
            mask,
        };
        numbers.map(chunk).collect()
    }

    fn implicit(&self, start: u64) -> Result<Vec<Chunk>> {
        let offset = self.store.offset(start);
        let stored = self.grid.chunk_bytes;
        let count = self.grid.most().unwrap_or(u64::MAX);
        let total = count.checked_mul(stored).ok_or(Fault::Limit {
            offset,
            what: "bytes of all chunks",
            limit: u64::MAX,
        })?;
        // All chunks must exist, so no more are listed than the file has bytes.
        self.store.locate(start, total)?;
        self.store.visit(offset, count)?;
        let chunk = |entry| {
            let number = self.grid.entry(entry, None)?;
            Some(Chunk {
                number,
                address: start + entry * stored,
                stored,
                mask: 0,
            })
        };
        Ok((0..count).filter_map(chunk).collect())
    }

    fn record_chunks(&self, root: u64) -> Result<Vec<Chunk>> {
        let mut chunks = Vec::new();
        let kind = if self.filtered { FILTERED } else { PLAIN };
        records::walk(self.store, root, kind, |record| {
            chunks.push(self.record(record)?);
            Ok(())
        })?;
        Ok(chunks)
    }

    fn record(&self, mut record: Cursor<'_>) -> Result<Chunk> {
        let (offset, what) = (record.offset(), "chunk in its tree");
        let address = record.address()?.ok_or(Fault::Missing { offset, what })?;
        let (stored, mask) = if self.filtered {
            (record.uint(self.size_bytes(&record)?)?, record.u32()?)
        } else {
            (self.grid.chunk_bytes, 0)
        };
        let index = (0..self.grid.counts.len())
            .map(|_| record.u64())
            .collect::<Result<Vec<_>>>()?;
        let number = self.grid.number_at(&index).ok_or(Fault::Value {
            offset,
            what: "first index of a chunk",
            found: index[0],
            expected: "an index inside the dataset",
        })?;
        Ok(Chunk {
            number,
            address,
            stored,
            mask,
        })
    }

    /// Bytes of the size of a filtered chunk: the rest of the record beside the mask and the index.
    fn size_bytes(&self, record: &Cursor<'_>) -> Result<u8> {
        let rest = 4 + 8 * self.grid.counts.len();
        let bytes = record.remaining().saturating_sub(rest).min(9) as u8;
        let wanted = self.chunked.size_bytes;
        if wanted.is_none_or(|wanted| wanted == bytes) {
            return Ok(bytes);
        }
        Err(Fault::Value {
            offset: record.offset(),
            what: "bytes of the size of a chunk",
            found: bytes.into(),
            expected: "8",
        })
    }
}

//! The chunks that were written, whatever leads to them.

use super::chunk::{Chunk, Grid};
use super::entries::Entries;
use super::error::{Fault, Result};
use super::layout::{Chunked, Index};
use super::records;
use super::store::Store;
use super::tree::{self, Leads};
use super::{extensible, fixed};

/// Kinds of trees whose records lead to chunks.
const PLAIN: u8 = 10;
const FILTERED: u8 = 11;

/// The chunks of a dataset that were written, sorted by number.
pub(super) fn read(
    store: &Store<'_>,
    chunked: &Chunked,
    grid: &Grid,
    filtered: bool,
) -> Result<Vec<Chunk>> {
    let Some(address) = chunked.address else {
        return Ok(Vec::new());
    };
    let offset = chunked.offset;
    let mut chunks = match chunked.index {
        Index::Tree => from_tree(store, address, grid)?,
        Index::Single(packed) => single(address, grid, packed),
        Index::Implicit => implicit(store, address, grid)?,
        Index::FixedArray => {
            let mut entries = Entries::new(chunked, grid, filtered, None);
            fixed::read(store, address, &mut entries)?;
            entries.chunks()
        }
        Index::ExtensibleArray => {
            let mut entries = Entries::new(chunked, grid, filtered, grid.growing());
            extensible::read(store, address, &mut entries)?;
            entries.chunks()
        }
        Index::NewTree => from_records(store, address, chunked, grid, filtered)?,
    };
    let stored = |total: u64, chunk: &Chunk| total.saturating_add(chunk.stored);
    let limit = store.len();
    // Chunks lie side by side; otherwise a few bytes could be unpacked again and again.
    if chunks.iter().fold(0, stored) > limit {
        let what = "bytes of all chunks";
        return Err(Fault::Limit {
            offset,
            what,
            limit,
        });
    }
    chunks.sort_by_key(|chunk| chunk.number);
    if chunks
        .windows(2)
        .any(|pair| pair[0].number == pair[1].number)
    {
        let what = "one chunk";
        return Err(Fault::Twice { offset, what });
    }
    Ok(chunks)
}

fn from_tree(store: &Store<'_>, root: u64, grid: &Grid) -> Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let axes = grid.counts.len();
    let mut place = vec![0; axes];
    tree::walk(store, root, Leads::ToChunks { axes }, |mut key, address| {
        let offset = key.offset();
        let (stored, mask) = (key.u32()?.into(), key.u32()?);
        for axis in &mut place {
            *axis = key.u64()?;
        }
        let number = grid.number(&place).ok_or(Fault::Value {
            offset,
            what: "first row of a chunk",
            found: place[0],
            expected: "a place of the dataset where a chunk starts",
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

fn from_records(
    store: &Store<'_>,
    root: u64,
    chunked: &Chunked,
    grid: &Grid,
    filtered: bool,
) -> Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let axes = grid.counts.len();
    let kind = if filtered { FILTERED } else { PLAIN };
    records::walk(store, root, kind, |mut record| {
        let offset = record.offset();
        let (what, missing) = ("chunk in its tree", offset);
        let address = record.address()?.ok_or(Fault::Missing {
            offset: missing,
            what,
        })?;
        let (stored, mask) = if filtered {
            // What the mask and the place leave.
            let bytes = record.remaining().saturating_sub(4 + 8 * axes).min(9) as u8;
            if chunked.size_bytes.is_some_and(|wanted| wanted != bytes) {
                return Err(Fault::Value {
                    offset,
                    what: "bytes of the size of a chunk",
                    found: bytes.into(),
                    expected: "8",
                });
            }
            (record.uint(bytes)?, record.u32()?)
        } else {
            (grid.chunk_bytes, 0)
        };
        let index = (0..axes)
            .map(|_| record.u64())
            .collect::<Result<Vec<_>>>()?;
        let number = grid.number_at(&index).ok_or(Fault::Value {
            offset,
            what: "first number of a chunk",
            found: index[0],
            expected: "numbers that the dataset has",
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

fn single(address: u64, grid: &Grid, packed: Option<(u64, u32)>) -> Vec<Chunk> {
    let (stored, mask) = packed.unwrap_or((grid.chunk_bytes, 0));
    // A dataset without values has no chunk, whatever the address.
    let numbers = 0..grid.len().min(1);
    let chunk = |number| Chunk {
        number,
        address,
        stored,
        mask,
    };
    numbers.map(chunk).collect()
}

fn implicit(store: &Store<'_>, start: u64, grid: &Grid) -> Result<Vec<Chunk>> {
    let offset = store.offset(start);
    let stored = grid.chunk_bytes;
    let count = grid.most().unwrap_or(u64::MAX);
    let total = count.checked_mul(stored).ok_or(Fault::Limit {
        offset,
        what: "bytes of all chunks",
        limit: u64::MAX,
    })?;
    // All are there, so that no more are listed than the file has bytes.
    store.place(start, total)?;
    store.visit(offset, count)?;
    let chunk = |entry| {
        let number = grid.entry(entry, None)?;
        Some(Chunk {
            number,
            address: start + entry * stored,
            stored,
            mask: 0,
        })
    };
    Ok((0..count).filter_map(chunk).collect())
}

//! The bytes of the file, and accounting for what has been read.

use super::checksum;
use super::cursor::{Cursor, Sizes};
use super::error::{Fault, Result};
use super::limits::Limits;
use crate::Source;
use std::borrow::Cow;
use std::cell::Cell;

/// Least cost of a visit, so that the number of tiny visits is bounded too.
const VISIT: u64 = 16;

/// A file whose address base and sizes are known.
#[derive(Debug)]
pub(super) struct Store<'a> {
    source: Source<'a>,
    limits: Limits,
    base: u64,
    sizes: Sizes,
    visited: Cell<u64>,
    values: Cell<u64>,
}

/// A piece of the file.
#[derive(Debug)]
pub(super) struct Block<'s> {
    pub bytes: Cow<'s, [u8]>,
    /// Offset in the file.
    pub offset: u64,
    sizes: Sizes,
}

impl Block<'_> {
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.bytes, self.offset, self.sizes)
    }

    /// The bytes without the checksum at their end, which is checked first.
    pub fn checked(&self, what: &'static str) -> Result<Cursor<'_>> {
        let offset = self.offset;
        let Some((body, stored)) = self.bytes.split_last_chunk::<4>() else {
            return Err(Fault::Checksum { offset, what });
        };
        if !checksum::agree(checksum::lookup3(body), u32::from_le_bytes(*stored)) {
            return Err(Fault::Checksum { offset, what });
        }
        Ok(Cursor::new(body, offset, self.sizes))
    }
}

impl<'a> Store<'a> {
    /// A file whose addresses are relative to byte `base`.
    pub fn new(source: Source<'a>, limits: Limits, base: u64, sizes: Sizes) -> Self {
        Self {
            source,
            limits,
            base,
            sizes,
            visited: Cell::new(0),
            values: Cell::new(0),
        }
    }

    /// Bytes of the file.
    pub fn len(&self) -> u64 {
        self.source.len()
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The `len` bytes at `address`.
    pub fn fetch(&self, address: u64, len: u64) -> Result<Block<'_>> {
        let offset = self.locate(address, len)?;
        self.visit(offset, len)?;
        let bytes = self
            .source
            .bytes(offset, len as usize)
            .map_err(|source| Fault::Read { offset, source })?;
        let sizes = self.sizes;
        Ok(Block {
            bytes,
            offset,
            sizes,
        })
    }

    /// Offset in the file of the `len` bytes at `address`, or a fault if they do not exist.
    pub fn locate(&self, address: u64, len: u64) -> Result<u64> {
        let offset = self.offset(address);
        if self.source.has(offset, len) && usize::try_from(len).is_ok() {
            return Ok(offset);
        }
        let found = self.source.len().saturating_sub(offset);
        Err(Fault::Truncated {
            offset,
            expected: len,
            found,
        })
    }

    /// Offset in the file of `address`, whether or not it exists.
    pub fn offset(&self, address: u64) -> u64 {
        self.base.saturating_add(address)
    }

    /// Counts a visit of `len` bytes.
    pub fn visit(&self, offset: u64, len: u64) -> Result<()> {
        let limit = self.limits.visited(self.source.len());
        let cost = len.max(VISIT);
        let what = "bytes visited in this file";
        spend(&self.visited, cost, limit).ok_or(Fault::Limit {
            offset,
            what,
            limit,
        })
    }

    /// Counts `bytes` of values, before memory is allocated for them.
    pub fn claim(&self, offset: u64, bytes: u64) -> Result<()> {
        let limit = self.limits.dataset_bytes;
        if bytes > limit {
            let what = "bytes of a dataset";
            return Err(Fault::Limit {
                offset,
                what,
                limit,
            });
        }
        let limit = self.limits.values(self.source.len());
        let what = "bytes of values from this file";
        spend(&self.values, bytes, limit).ok_or(Fault::Limit {
            offset,
            what,
            limit,
        })
    }
}

/// Adds `cost` to `spent`, if the total stays within `limit`.
fn spend(spent: &Cell<u64>, cost: u64, limit: u64) -> Option<()> {
    let total = spent.get().checked_add(cost)?;
    (total <= limit).then(|| spent.set(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(bytes: &[u8]) -> Store<'_> {
        let sizes = Sizes {
            address: 8,
            length: 8,
        };
        let limits = Limits {
            visits: 2,
            expansion: 3,
            ..Limits::default()
        };
        Store::new(Source::from(bytes), limits, 10, sizes)
    }

    #[test]
    fn addresses_count_from_the_base() {
        let bytes: Vec<u8> = (0..100).collect();
        let store = store(&bytes);
        assert_eq!(*store.fetch(5, 2).unwrap().bytes, [15, 16]);
        let error = store.fetch(80, 11).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 90: expected 11 more bytes, found 10"
        );
        assert!(store.fetch(u64::MAX, 1).is_err());
    }

    #[test]
    fn work_is_bounded() {
        let bytes = [0; 1 << 16];
        let store = store(&bytes);
        let fetched = (0..).take_while(|_| store.fetch(0, 1 << 10).is_ok());
        // Twice the file, plus the minimum of one MiB.
        assert_eq!(fetched.count(), 128 + 1024);
        store.claim(0, 3 << 16).unwrap();
        store.claim(0, 1 << 20).unwrap();
        let error = store.claim(0, 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 0: bytes of values from this file, expected at most 1245184"
        );
    }
}

//! Version 1 B-trees, which point to the links of a group and to the chunks of a dataset.
//!
//! Source: HDF5 specification, III.A.1.

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::store::Store;

/// What the leaves of a tree point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// Symbol table nodes.
    ToSymbols,
    /// Chunks with this many axes.
    ToChunks { axes: usize },
}

impl Leads {
    fn number(self) -> u8 {
        match self {
            Self::ToSymbols => 0,
            Self::ToChunks { .. } => 1,
        }
    }

    fn key_bytes(self, store: &Store<'_>) -> u64 {
        match self {
            Self::ToSymbols => store.sizes().length.into(),
            // Size, mask, and an index per axis, including one for the bytes of an element.
            Self::ToChunks { axes } => 8 + 8 * (axes as u64 + 1),
        }
    }
}

/// Calls `leaf` with the key and the address of each object that the tree at `root` points to, in the
/// order of the tree.
pub(super) fn walk(
    store: &Store<'_>,
    root: u64,
    leads: Leads,
    mut leaf: impl FnMut(Cursor<'_>, u64) -> Result<()>,
) -> Result<()> {
    // The level decreases from parent to child, so the walk ends; the store bounds its cost.
    let mut open = vec![(root, None)];
    while let Some((address, level)) = open.pop() {
        let node = Node::read(store, address, leads)?;
        if level.is_some_and(|level: u8| node.level >= level) {
            let (offset, what) = (store.offset(address), "tree");
            return Err(Fault::Cycle { offset, what });
        }
        let below = open.len();
        node.each(|key, child| {
            if node.level == 0 {
                return leaf(key, child);
            }
            open.push((child, Some(node.level)));
            Ok(())
        })?;
        // The last node pushed is read next.
        open[below..].reverse();
    }
    Ok(())
}

#[derive(Debug)]
struct Node<'s> {
    level: u8,
    entries: u16,
    block: super::store::Block<'s>,
    key_bytes: u64,
}

impl<'s> Node<'s> {
    fn read(store: &'s Store<'_>, address: u64, leads: Leads) -> Result<Self> {
        let sizes = store.sizes();
        let address_bytes = u64::from(sizes.address);
        let head = 8 + 2 * address_bytes;
        let (level, entries) = {
            let block = store.fetch(address, head)?;
            let mut cursor = block.cursor();
            cursor.signature("TREE")?;
            let (offset, found) = (cursor.offset(), cursor.u8()?);
            if found != leads.number() {
                return Err(Fault::Value {
                    offset,
                    what: "kind of a tree",
                    found: found.into(),
                    expected: "0 for groups, 1 for chunks",
                });
            }
            (cursor.u8()?, cursor.u16()?)
        };
        let key_bytes = leads.key_bytes(store);
        let len = u64::from(entries) * (key_bytes + address_bytes);
        let block = store.fetch(address.saturating_add(head), len)?;
        Ok(Self {
            level,
            entries,
            block,
            key_bytes,
        })
    }

    fn each(&self, mut entry: impl FnMut(Cursor<'_>, u64) -> Result<()>) -> Result<()> {
        let mut cursor = self.block.cursor();
        for _ in 0..self.entries {
            let offset = cursor.offset();
            let key = Cursor::new(cursor.take(self.key_bytes)?, offset, cursor.sizes());
            let what = "child of a tree";
            let child = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
            entry(key, child)?;
        }
        Ok(())
    }
}

//! Version 2 B-trees: ordered records, which point to links and to chunks.
//!
//! Source: HDF5 specification, III.A.2.

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::store::Store;

/// Bytes of a node besides its records: signature, version, type, checksum.
const NODE: u64 = 10;

/// A tree of records.
#[derive(Debug)]
struct Tree<'s> {
    store: &'s Store<'s>,
    kind: u8,
    record: u64,
    /// Bytes of the number of records of a child.
    count_bytes: u8,
    /// Bytes of the number of records in a child and all nodes below it, by the depth of the child.
    total_bytes: Vec<u8>,
}

/// A node that is still to be read.
#[derive(Clone, Copy, Debug)]
struct Pending {
    address: u64,
    records: u64,
    depth: usize,
}

/// Calls `take` with each record of the tree at `address`, whose type must be `kind`.
pub(super) fn walk(
    store: &Store<'_>,
    address: u64,
    kind: u8,
    mut take: impl FnMut(Cursor<'_>) -> Result<()>,
) -> Result<()> {
    let (tree, root) = Tree::read(store, address, kind)?;
    // The depth decreases from parent to child, so the walk ends; the store bounds its cost.
    let mut open: Vec<Pending> = root.into_iter().collect();
    while let Some(node) = open.pop() {
        tree.read_node(node, &mut take, &mut open)?;
    }
    Ok(())
}

/// Bytes of a number up to `limit`.
fn bytes_for(limit: u64) -> u8 {
    (limit.max(1).ilog2() / 8 + 1) as u8
}

impl<'s> Tree<'s> {
    fn read(store: &'s Store<'s>, address: u64, kind: u8) -> Result<(Self, Option<Pending>)> {
        let sizes = store.sizes();
        let len = 22 + u64::from(sizes.address) + u64::from(sizes.length);
        let block = store.fetch(address, len)?;
        block.cursor().signature("BTHD")?;
        let mut cursor = block.checked("tree")?;
        cursor.skip(4)?;
        cursor.version("tree", &[0])?;
        let offset = cursor.offset();
        expect_kind(&mut cursor, kind)?;
        let (node, record) = (cursor.u32()?.into(), cursor.u16()?.into());
        let depth = cursor.u16()?.into();
        // The percentages at which nodes are split and merged.
        cursor.skip(2)?;
        let root = cursor.address()?;
        let records = cursor.u16()?.into();
        let mut tree = Self {
            store,
            kind,
            record,
            count_bytes: 0,
            total_bytes: Vec::new(),
        };
        tree.measure(node, depth, offset)?;
        let root = root.map(|address| Pending {
            address,
            records,
            depth,
        });
        Ok((tree, root))
    }

    /// Computes how many bytes the counts in a node take, which follows from the capacity of a node.
    fn measure(&mut self, node: u64, depth: usize, offset: u64) -> Result<()> {
        let fault = Fault::Value {
            offset,
            what: "bytes of a node",
            found: node,
            expected: "room for two records and their children",
        };
        let room = node.saturating_sub(NODE);
        let mut most = room.checked_div(self.record).unwrap_or(0);
        self.count_bytes = bytes_for(most);
        let mut total = most;
        self.total_bytes.push(0);
        for below in 0..depth {
            let pointer = self.pointer(below);
            most = room.saturating_sub(pointer) / (self.record + pointer);
            if most < 2 {
                return Err(fault);
            }
            // Each level at least doubles the total, so a tree that is deeper than any file can be ends here.
            let Some(sum) = total
                .checked_mul(most + 1)
                .and_then(|t| t.checked_add(most))
            else {
                return Err(fault);
            };
            total = sum;
            self.total_bytes.push(bytes_for(total));
        }
        if total == 0 { Err(fault) } else { Ok(()) }
    }

    fn read_node(
        &self,
        node: Pending,
        take: &mut impl FnMut(Cursor<'_>) -> Result<()>,
        open: &mut Vec<Pending>,
    ) -> Result<()> {
        let below = node.depth.checked_sub(1);
        let children = below.map_or(0, |_| node.records + 1);
        let body = node
            .records
            .saturating_mul(self.record)
            .saturating_add(children.saturating_mul(self.pointer(below.unwrap_or(0))));
        let block = self.store.fetch(node.address, body.saturating_add(NODE))?;
        block
            .cursor()
            .signature(if below.is_some() { "BTIN" } else { "BTLF" })?;
        let mut cursor = block.checked("tree")?;
        cursor.skip(4)?;
        cursor.version("tree", &[0])?;
        expect_kind(&mut cursor, self.kind)?;
        for _ in 0..node.records {
            let offset = cursor.offset();
            let record = cursor.take(self.record)?;
            take(Cursor::new(record, offset, cursor.sizes()))?;
        }
        let Some(depth) = below else {
            return Ok(());
        };
        for _ in 0..children {
            open.push(self.child(&mut cursor, depth)?);
        }
        Ok(())
    }

    /// Bytes of a pointer to a child at this depth.
    fn pointer(&self, depth: usize) -> u64 {
        let numbers = u64::from(self.count_bytes) + u64::from(self.total_bytes[depth]);
        u64::from(self.store.sizes().address) + numbers
    }

    fn child(&self, cursor: &mut Cursor<'_>, depth: usize) -> Result<Pending> {
        let (offset, what) = (cursor.offset(), "child of a tree");
        let address = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
        let records = cursor.uint(self.count_bytes)?;
        cursor.skip(self.total_bytes[depth].into())?;
        Ok(Pending {
            address,
            records,
            depth,
        })
    }
}

fn expect_kind(cursor: &mut Cursor<'_>, kind: u8) -> Result<()> {
    let offset = cursor.offset();
    let found = cursor.u8()?;
    if found == kind {
        return Ok(());
    }
    Err(Fault::Value {
        offset,
        what: "kind of a tree",
        found: found.into(),
        expected: "5 for links, 10 for plain chunks, 11 for filtered ones",
    })
}

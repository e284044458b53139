//! The links of a group: names, and the objects that they refer to.
//!
//! Source: HDF5 specification, IV.A.2.c (link info), IV.A.2.g (links), IV.A.2.r (symbol tables),
//! III.B and III.C (their nodes and entries) and III.D (their names).

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::header::{Header, Kind};
use super::heap::Heap;
use super::records;
use super::store::{Block, Store};
use super::tree::{self, Leads};
use crate::dtype::byte_text;

/// The type of version 2 B-tree whose records point to links, by name.
const LINKS_BY_NAME: u8 = 5;

/// One name in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub name: String,
    pub target: Target,
    /// Offset of the link in the file.
    pub offset: u64,
}

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The object at an address.
    Object(u64),
    /// A path, in this file (soft link) or in another one (external link).
    Path,
}

/// The links of the group with this header; `None` if the object is not a group.
pub(super) fn read(store: &Store<'_>, header: &Header<'_>) -> Result<Option<Vec<Link>>> {
    let mut links = Links::new(store, header.offset);
    if let Some((root, heap)) = header.find(Kind::SymbolTable, symbol_table)? {
        links.add_symbols(root, heap)?;
        return Ok(Some(links.links));
    }
    if !header.has(Kind::LinkInfo) && !header.has(Kind::Link) {
        return Ok(None);
    }
    for cursor in header.all(Kind::Link) {
        links.add(parse(cursor)?)?;
    }
    if let Some(dense) = header.find(Kind::LinkInfo, link_info)?.flatten() {
        links.add_dense(dense)?;
    }
    Ok(Some(links.links))
}

/// Addresses of the tree and of the heap of names.
fn symbol_table(mut cursor: Cursor<'_>) -> Result<(u64, u64)> {
    let offset = cursor.offset();
    let what = "symbol table";
    let tree = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
    let heap = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
    Ok((tree, heap))
}

/// Addresses of the heap and of the tree of names, if the links are not in the header.
fn link_info(mut cursor: Cursor<'_>) -> Result<Option<(u64, u64)>> {
    cursor.version("link info", &[0])?;
    if cursor.u8()? & 1 != 0 {
        cursor.skip(8)?;
    }
    let heap = cursor.address()?;
    Ok(heap.zip(cursor.address()?))
}

/// A link message.
fn parse(mut cursor: Cursor<'_>) -> Result<Link> {
    let offset = cursor.offset();
    cursor.version("link", &[1])?;
    let flags = cursor.u8()?;
    let kind = if flags & 8 != 0 { cursor.u8()? } else { 0 };
    if flags & 4 != 0 {
        cursor.skip(8)?;
    }
    if flags & 16 != 0 {
        cursor.skip(1)?;
    }
    let len = cursor.uint(1 << (flags & 3))?;
    let name = byte_text(cursor.take(len)?);
    let target = if kind == 0 {
        let what = "target of a link";
        Target::Object(cursor.address()?.ok_or(Fault::Missing { offset, what })?)
    } else {
        Target::Path
    };
    Ok(Link {
        name,
        target,
        offset,
    })
}

/// Links being collected.
struct Links<'s> {
    store: &'s Store<'s>,
    offset: u64,
    links: Vec<Link>,
}

impl<'s> Links<'s> {
    fn new(store: &'s Store<'s>, offset: u64) -> Self {
        let links = Vec::new();
        Self {
            store,
            offset,
            links,
        }
    }

    fn add(&mut self, link: Link) -> Result<()> {
        // Such a name could not be part of a path, or would refer to this group itself.
        if link.name.is_empty() || link.name == "." || link.name.contains('/') {
            let Link { name, offset, .. } = link;
            return Err(Fault::Name { offset, name });
        }
        let limit = self.store.limits().links;
        if self.links.len() >= limit {
            return Err(Fault::Limit {
                offset: self.offset,
                what: "links of a group",
                limit: limit as u64,
            });
        }
        self.links.push(link);
        Ok(())
    }

    /// Adds the links in the heap, which a tree sorted by the hashes of the names points to.
    fn add_dense(&mut self, (heap, tree): (u64, u64)) -> Result<()> {
        let store = self.store;
        let mut heap = Heap::read(store, heap)?;
        records::walk(store, tree, LINKS_BY_NAME, |mut record| {
            record.skip(4)?;
            let link = heap.object(record, parse)?;
            // Many records may point to one long name; counting each visit bounds them.
            store.visit(link.offset, link.name.len() as u64)?;
            self.add(link)
        })?;
        self.links.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    fn add_symbols(&mut self, root: u64, heap: u64) -> Result<()> {
        let store = self.store;
        let names = names(store, heap)?;
        tree::walk(store, root, Leads::ToSymbols, |_, address| {
            self.add_table(address, &names.cursor())
        })
    }

    /// Adds the links of one symbol table node.
    fn add_table(&mut self, address: u64, names: &Cursor<'_>) -> Result<()> {
        let count = {
            let head = self.store.fetch(address, 8)?;
            let mut cursor = head.cursor();
            cursor.signature("SNOD")?;
            cursor.version("symbol table", &[1])?;
            cursor.skip(1)?;
            cursor.u16()?
        };
        let sizes = self.store.sizes();
        let entry = u64::from(sizes.length) + u64::from(sizes.address) + 24;
        let start = address.saturating_add(8);
        let block = self.store.fetch(start, entry * u64::from(count))?;
        let mut cursor = block.cursor();
        for _ in 0..count {
            let link = self.symbol(&mut cursor, names)?;
            self.add(link)?;
        }
        Ok(())
    }

    fn symbol(&self, cursor: &mut Cursor<'_>, names: &Cursor<'_>) -> Result<Link> {
        let offset = cursor.offset();
        let mut name_start = names.clone();
        name_start.skip(cursor.length()?)?;
        let name = terminated(name_start)?;
        // Names may overlap in a hostile heap; counting each visit bounds them.
        self.store.visit(offset, name.len() as u64)?;
        let address = cursor.address()?;
        let cached = cursor.u32()?;
        cursor.skip(20)?;
        let target = match (address, cached) {
            (_, 2) => Target::Path,
            (Some(address), _) => Target::Object(address),
            (None, _) => {
                let what = "target of a link";
                return Err(Fault::Missing { offset, what });
            }
        };
        Ok(Link {
            name: byte_text(name),
            target,
            offset,
        })
    }
}

/// The local heap with the names of an older group, each terminated by a zero.
fn names<'s>(store: &'s Store<'_>, heap: u64) -> Result<Block<'s>> {
    let sizes = store.sizes();
    let head_len = 8 + 2 * u64::from(sizes.length) + u64::from(sizes.address);
    let head = store.fetch(heap, head_len)?;
    let mut cursor = head.cursor();
    cursor.signature("HEAP")?;
    cursor.version("heap of names", &[0])?;
    cursor.skip(3)?;
    let len = cursor.length()?;
    // The list of free space.
    cursor.length()?;
    let (offset, what) = (cursor.offset(), "heap of names");
    let address = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
    store.fetch(address, len)
}

/// The bytes up to the next zero.
fn terminated<'b>(mut cursor: Cursor<'b>) -> Result<&'b [u8]> {
    let rest = cursor.clone().take(cursor.remaining() as u64)?;
    let missing = Fault::Truncated {
        offset: cursor.offset() + rest.len() as u64,
        expected: 1,
        found: 0,
    };
    let len = rest.iter().position(|&byte| byte == 0).ok_or(missing)?;
    cursor.take(len as u64)
}

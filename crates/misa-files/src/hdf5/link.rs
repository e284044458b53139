//! The names in a group, and what they stand for.

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::header::{Header, Kind};
use super::heap::Heap;
use super::records;
use super::store::{Block, Store};
use super::tree::{self, Leads};
use crate::dtype::byte_text;

/// The kind of tree whose records lead to links by their names.
const LINKS_BY_NAME: u8 = 5;

/// One name in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub name: String,
    pub target: Target,
    /// Place of the link in the file.
    pub offset: u64,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The object at an address.
    Object(u64),
    /// A path, in this file or in another one.
    Path,
}

/// The links of the group with this header; `None` if it is none.
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

/// Addresses of the heap and of the tree of names, where the links are not in the header.
fn link_info(mut cursor: Cursor<'_>) -> Result<Option<(u64, u64)>> {
    cursor.version("link info", &[0])?;
    if cursor.u8()? & 1 != 0 {
        cursor.skip(8)?;
    }
    let heap = cursor.address()?;
    Ok(heap.zip(cursor.address()?))
}

/// A link in its newer form.
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
        // A path of such a name would lead elsewhere, perhaps back here.
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

    /// Adds the links that the tree, sorted by scrambled names, finds in the heap.
    fn add_dense(&mut self, (heap, tree): (u64, u64)) -> Result<()> {
        let store = self.store;
        let mut heap = Heap::read(store, heap)?;
        records::walk(store, tree, LINKS_BY_NAME, |mut record| {
            record.skip(4)?;
            let link = heap.object(record, parse)?;
            // Records may lead to one long name again and again; this ends them.
            store.visit(link.offset, link.name.len() as u64)?;
            self.add(link)
        })?;
        self.links.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }

    fn add_symbols(&mut self, root: u64, heap: u64) -> Result<()> {
        let store = self.store;
        let names = names(store, heap)?;
        let names = names.cursor();
        tree::walk(store, root, Leads::ToSymbols, |_, address| {
            self.add_table(address, &names)
        })
    }

    /// Adds the links of one table of symbols.
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
        let place = address.saturating_add(8);
        let block = self.store.fetch(place, entry * u64::from(count))?;
        let mut cursor = block.cursor();
        for _ in 0..count {
            let link = self.symbol(&mut cursor, names)?;
            self.add(link)?;
        }
        Ok(())
    }

    fn symbol(&self, cursor: &mut Cursor<'_>, names: &Cursor<'_>) -> Result<Link> {
        let offset = cursor.offset();
        let mut name = names.clone();
        name.skip(cursor.length()?)?;
        let name = terminated(name)?;
        // Names may overlap in a hostile heap; this ends them.
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

/// The names of a group in its older form, each ended by a zero.
fn names<'s>(store: &'s Store<'_>, heap: u64) -> Result<Block<'s>> {
    let sizes = store.sizes();
    let head = 8 + 2 * u64::from(sizes.length) + u64::from(sizes.address);
    let head = store.fetch(heap, head)?;
    let mut cursor = head.cursor();
    cursor.signature("HEAP")?;
    cursor.version("heap of names", &[0])?;
    cursor.skip(3)?;
    let len = cursor.length()?;
    // Where free room is.
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

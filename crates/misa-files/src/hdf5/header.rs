//! Object headers: the messages that describe an object.
//!
//! Source: HDF5 specification, IV.A.1 (prefix), IV.A.2 (messages) and IV.A.2.q (continuation).

use super::cursor::Cursor;
use super::error::{Fault, Result};
use super::store::{Block, Store};
use std::collections::HashSet;

/// The messages that this reader uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dataspace,
    LinkInfo,
    Datatype,
    OldFill,
    Fill,
    Link,
    ExternalFiles,
    Layout,
    Filters,
    Continuation,
    SymbolTable,
}

/// The position of one message.
#[derive(Clone, Copy, Debug)]
struct Message {
    kind: Kind,
    shared: bool,
    block: usize,
    start: usize,
    len: usize,
}

/// The header of one object.
#[derive(Debug)]
pub(super) struct Header<'s> {
    store: &'s Store<'s>,
    /// Offset in the file.
    pub offset: u64,
    blocks: Vec<Block<'s>>,
    messages: Vec<Message>,
    seen: usize,
}

/// The version of a header.
#[derive(Clone, Copy, Debug)]
enum Form {
    Old { messages: usize },
    New { ordered: bool },
}

impl<'s> Header<'s> {
    /// The header at `address`.
    pub fn read(store: &'s Store<'s>, address: u64) -> Result<Self> {
        let mut header = Self {
            store,
            offset: store.offset(address),
            blocks: Vec::new(),
            messages: Vec::new(),
            seen: 0,
        };
        let (form, first) = match &*store.fetch(address, 4)?.bytes {
            b"OHDR" => header.read_new(address)?,
            _ => header.read_old(address)?,
        };
        header.read_blocks(form, first)?;
        Ok(header)
    }

    /// The first block of messages, and the position of the first message in it.
    fn read_old(&self, address: u64) -> Result<(Form, (Block<'s>, usize))> {
        let prefix = self.store.fetch(address, 16)?;
        let mut cursor = prefix.cursor();
        cursor.version("object header", &[1])?;
        cursor.skip(1)?;
        let messages = cursor.u16()?.into();
        // The number of links to this object.
        cursor.skip(4)?;
        let len = cursor.u32()?;
        let block = self.store.fetch(address.saturating_add(16), len.into())?;
        Ok((Form::Old { messages }, (block, 0)))
    }

    fn read_new(&self, address: u64) -> Result<(Form, (Block<'s>, usize))> {
        let (flags, skipped, size) = {
            let prefix = self.store.fetch(address, 6)?;
            let mut cursor = prefix.cursor();
            cursor.skip(4)?;
            cursor.version("object header", &[2])?;
            let flags = cursor.u8()?;
            let times = if flags & 0x20 == 0 { 0 } else { 16 };
            let bounds = if flags & 0x10 == 0 { 0 } else { 4 };
            (flags, 6 + times + bounds, 1_u8 << (flags & 3))
        };
        let field = self
            .store
            .fetch(address.saturating_add(skipped), size.into())?;
        let len = field.cursor().uint(size)?;
        let start = skipped + u64::from(size);
        let block = self.store.fetch(address, len.saturating_add(start + 4))?;
        let ordered = flags & 4 != 0;
        Ok((Form::New { ordered }, (block, start as usize)))
    }

    /// Reads the first block, then every continuation.
    fn read_blocks(&mut self, form: Form, first: (Block<'s>, usize)) -> Result<()> {
        let mut read = HashSet::new();
        let mut followed = 0;
        let mut next = Some(first);
        while let Some((block, start)) = next {
            if !read.insert(block.offset) {
                let (offset, what) = (block.offset, "object header");
                return Err(Fault::Cycle { offset, what });
            }
            self.read_messages(form, &block, start)?;
            self.blocks.push(block);
            let more = self.messages[followed..]
                .iter()
                .position(|message| message.kind == Kind::Continuation);
            next = match more {
                Some(ahead) => {
                    followed += ahead + 1;
                    Some(self.continuation(form, self.messages[followed - 1])?)
                }
                None => None,
            };
        }
        Ok(())
    }

    fn continuation(&self, form: Form, message: Message) -> Result<(Block<'s>, usize)> {
        let mut cursor = self.cursor(message);
        let offset = cursor.offset();
        let what = "continuation of the object header";
        let address = cursor.address()?.ok_or(Fault::Missing { offset, what })?;
        let len = cursor.length()?;
        let block = self.store.fetch(address, len)?;
        match form {
            Form::Old { .. } => Ok((block, 0)),
            Form::New { .. } => {
                block.cursor().signature("OCHK")?;
                Ok((block, 4))
            }
        }
    }

    fn read_messages(&mut self, form: Form, block: &Block<'s>, start: usize) -> Result<()> {
        let mut cursor = match form {
            Form::Old { .. } => block.cursor(),
            Form::New { .. } => block.checked("object header")?,
        };
        cursor.skip(start as u64)?;
        let least = match form {
            Form::Old { .. } => 8,
            Form::New { ordered } => 4 + 2 * usize::from(ordered),
        };
        // A gap that is too small for a message may remain.
        while cursor.remaining() >= least {
            if matches!(form, Form::Old { messages } if self.seen >= messages) {
                break;
            }
            self.read_message(form, block, &mut cursor)?;
        }
        Ok(())
    }

    fn read_message(
        &mut self,
        form: Form,
        block: &Block<'s>,
        cursor: &mut Cursor<'_>,
    ) -> Result<()> {
        let offset = cursor.offset();
        let limit = self.store.limits().messages as u64;
        if self.seen as u64 >= limit {
            let what = "messages of an object header";
            return Err(Fault::Limit {
                offset,
                what,
                limit,
            });
        }
        self.seen += 1;
        let (kind, len, flags) = match form {
            Form::Old { .. } => (cursor.u16()?, cursor.u16()?, cursor.u8()?),
            Form::New { .. } => (cursor.u8()?.into(), cursor.u16()?, cursor.u8()?),
        };
        match form {
            Form::Old { .. } => cursor.skip(3)?,
            Form::New { ordered: true } => cursor.skip(2)?,
            Form::New { ordered: false } => {}
        }
        let start = (cursor.offset() - block.offset) as usize;
        cursor.skip(len.into())?;
        let Some(kind) = Kind::parse(kind) else {
            // The writer states whether a reader may ignore an unknown message.
            if flags & 0x80 != 0 && kind > 0x18 {
                let what = format!("header message {kind}");
                return Err(Fault::unsupported(offset, what));
            }
            return Ok(());
        };
        self.messages.push(Message {
            kind,
            shared: flags & 2 != 0,
            block: self.blocks.len(),
            start,
            len: len.into(),
        });
        Ok(())
    }

    fn cursor(&self, message: Message) -> Cursor<'_> {
        let block = &self.blocks[message.block];
        let bytes = &block.bytes[message.start..message.start + message.len];
        let offset = block.offset + message.start as u64;
        Cursor::new(bytes, offset, self.store.sizes())
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.messages.iter().any(|message| message.kind == kind)
    }

    /// The contents of all messages of a kind that are stored in this header.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = Cursor<'_>> {
        self.messages
            .iter()
            .filter(move |message| message.kind == kind && !message.shared)
            .map(|&message| self.cursor(message))
    }

    /// The first message of a kind, parsed. Its contents may be shared with another header.
    pub fn find<T>(
        &self,
        kind: Kind,
        parse: impl FnOnce(Cursor<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let first = self.messages.iter().find(|message| message.kind == kind);
        let Some(&message) = first else {
            return Ok(None);
        };
        if !message.shared {
            return parse(self.cursor(message)).map(Some);
        }
        let offset = self.offset;
        let header = Self::read(self.store, shared_address(self.cursor(message))?)?;
        let what = "shared message";
        // Only stored messages count: one that is shared again would be an endless chain.
        let contents = header.all(kind).next();
        parse(contents.ok_or(Fault::Missing { offset, what })?).map(Some)
    }
}

/// The address of the object that holds the contents of a shared message.
fn shared_address(mut cursor: Cursor<'_>) -> Result<u64> {
    let offset = cursor.offset();
    let version = cursor.version("shared message", &[1, 2, 3])?;
    let kind = cursor.u8()?;
    if version == 1 {
        cursor.skip(6)?;
    }
    if version == 3 && kind != 2 {
        return Err(Fault::unsupported(offset, "the heap of shared messages"));
    }
    let what = "shared message";
    cursor.address()?.ok_or(Fault::Missing { offset, what })
}

impl Kind {
    fn parse(number: u16) -> Option<Self> {
        Some(match number {
            0x01 => Self::Dataspace,
            0x02 => Self::LinkInfo,
            0x03 => Self::Datatype,
            0x04 => Self::OldFill,
            0x05 => Self::Fill,
            0x06 => Self::Link,
            0x07 => Self::ExternalFiles,
            0x08 => Self::Layout,
            0x0b => Self::Filters,
            0x10 => Self::Continuation,
            0x11 => Self::SymbolTable,
            _ => return None,
        })
    }
}

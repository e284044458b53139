//! The opcodes of a pickle, run on the stack machine.

use super::PickleError;
use super::literal::{self, Integer};
use super::machine::{Finished, Machine};
use super::node::{Node, NodeId};
use super::reduce::Global;
use std::borrow::Cow;

impl<'a> Machine<'a> {
    /// Runs the whole program.
    pub fn run(mut self) -> Result<Finished<'a>, PickleError> {
        let size = self.input.remaining() as u64;
        match size {
            0 => return Err(PickleError::Empty),
            _ if size > self.limits.file_bytes => {
                return Err(self.limit("a file too large", self.limits.file_bytes));
            }
            _ => {}
        }
        loop {
            self.offset = self.input.position();
            self.opcode = self.input.u8()?;
            if self.opcode == b'.' {
                return self.finish();
            }
            self.step().map_err(|error| self.at_start(error))?;
        }
    }

    fn finish(mut self) -> Result<Finished<'a>, PickleError> {
        let root = self.pop()?;
        if self.input.remaining() > 0 {
            return Err(PickleError::Trailing {
                offset: self.input.position(),
                found: self.input.remaining(),
            });
        }
        Ok(Finished {
            nodes: self.nodes,
            root,
            budget: self.budget,
        })
    }

    /// One opcode: first those that control the machine, then containers, then plain values.
    fn step(&mut self) -> Result<(), PickleError> {
        match self.opcode {
            0x80 => self.protocol(),
            0x95 => {
                // Frames only announce how much to read ahead.
                let length = self.input.u64()?;
                self.check_available(length)
            }
            b'(' => {
                self.check_stack()?;
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'0' => match self.marks.last() {
                Some(&mark) if mark == self.stack.len() => self.pop_mark().map(drop),
                _ => self.pop().map(drop),
            },
            b'1' => self.pop_mark().map(drop),
            b'2' => {
                let top = self.top()?;
                self.push_id(top)
            }
            b'g' | b'h' | b'j' => self.get(),
            b'p' | b'q' | b'r' | 0x94 => self.put(),
            b'c' | 0x93 => self.global(),
            b'R' => self.call(),
            b'b' => {
                let (state, target) = (self.pop()?, self.top()?);
                self.build(target, state)
            }
            b'a' | b'e' | b's' | b'u' | 0x90 => self.extend(),
            _ => {
                let node = self.container_or_value()?;
                self.push(node)
            }
        }
    }

    fn container_or_value(&mut self) -> Result<Node<'a>, PickleError> {
        Ok(match self.opcode {
            b']' => Node::List(Vec::new()),
            b')' => Node::Tuple(Vec::new()),
            b'}' => Node::Dict(Vec::new()),
            0x8f => Node::Set(Vec::new()),
            b'l' => Node::List(self.pop_mark()?),
            b't' => Node::Tuple(self.pop_mark()?),
            0x91 => Node::Set(self.pop_mark()?),
            b'd' => {
                let items = self.pop_mark()?;
                Node::Dict(self.entries(&items)?)
            }
            0x85..=0x87 => {
                let count = usize::from(self.opcode - 0x84);
                self.check_height(count)?;
                Node::Tuple(self.stack.split_off(self.stack.len() - count))
            }
            _ => self.value()?,
        })
    }

    fn value(&mut self) -> Result<Node<'a>, PickleError> {
        Ok(match self.opcode {
            b'N' => Node::None,
            0x88 => Node::Bool(true),
            0x89 => Node::Bool(false),
            b'K' => Node::Int(self.input.u8()?.into()),
            b'M' => Node::Int(self.input.u16()?.into()),
            b'J' => Node::Int(i32::from_le_bytes(self.input.array()?).into()),
            b'G' => Node::Float(f64::from_be_bytes(self.input.array()?)),
            0x8a | 0x8b => {
                let bytes = self.sized_bytes()?;
                integer(literal::little_endian(bytes))
            }
            b'X' | 0x8c | 0x8d => {
                let bytes = self.sized_bytes()?;
                let text = std::str::from_utf8(bytes).map_err(|_| self.literal("UTF-8 text"))?;
                Node::Text(Cow::Borrowed(text))
            }
            b'B' | b'C' | 0x8e | 0x96 => Node::Bytes(Cow::Borrowed(self.sized_bytes()?)),
            b'T' | b'U' => Node::ByteText(Cow::Borrowed(self.sized_bytes()?)),
            b'I' | b'L' | b'F' | b'S' | b'V' => self.line_value()?,
            _ => return Err(self.refused()),
        })
    }

    /// A value of protocol 0, written as a line of text.
    fn line_value(&mut self) -> Result<Node<'a>, PickleError> {
        let line = self.input.line()?;
        match self.opcode {
            b'I' if line == b"00" || line == b"01" => Some(Node::Bool(line == b"01")),
            b'I' | b'L' => literal::decimal(line).map(integer),
            b'F' => literal::float(line).map(Node::Float),
            b'S' => literal::quoted(line).map(Node::ByteText),
            _ => literal::raw_unicode(line).map(|text| Node::Text(Cow::Owned(text))),
        }
        .ok_or_else(|| self.literal("a number or text in the notation of protocol 0"))
    }

    /// The argument of an opcode that starts with its own length.
    fn sized_bytes(&mut self) -> Result<&'a [u8], PickleError> {
        let length = match self.opcode {
            0x8a | 0x8c | b'C' | b'U' => self.input.u8()?.into(),
            b'X' | b'B' => self.input.u32()?.into(),
            b'T' | 0x8b => {
                let length = i32::from_le_bytes(self.input.array()?);
                u64::try_from(length).map_err(|_| self.literal("a length of at least 0"))?
            }
            _ => self.input.u64()?,
        };
        self.input.take(length)
    }

    fn protocol(&mut self) -> Result<(), PickleError> {
        match self.input.u8()? {
            0..=5 => Ok(()),
            found => Err(PickleError::Protocol {
                offset: self.offset,
                found,
            }),
        }
    }

    fn get(&mut self) -> Result<(), PickleError> {
        let index = self.memo_index()?;
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| *self.memo.get(index)?);
        let id = entry.ok_or(PickleError::Memo {
            offset: self.offset,
            index,
        })?;
        self.push_id(id)
    }

    fn put(&mut self) -> Result<(), PickleError> {
        let top = self.top()?;
        let index = match self.opcode {
            0x94 => self.memo.len() as u64,
            _ => self.memo_index()?,
        };
        // Writers count up, so an honest index is smaller than the number of opcodes so far.
        if index > self.offset as u64 {
            return Err(self.limit("memo index", self.offset as u64));
        }
        let index = index as usize;
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        self.memo[index] = Some(top);
        Ok(())
    }

    fn memo_index(&mut self) -> Result<u64, PickleError> {
        match self.opcode {
            b'h' | b'q' => Ok(self.input.u8()?.into()),
            b'j' | b'r' => Ok(self.input.u32()?.into()),
            _ => match literal::decimal(self.input.line()?) {
                Some(Integer::Exact(index)) => u64::try_from(index).ok(),
                _ => None,
            }
            .ok_or_else(|| self.literal("a memo index")),
        }
    }

    fn global(&mut self) -> Result<(), PickleError> {
        let (module, name) = if self.opcode == b'c' {
            let module = String::from_utf8_lossy(self.input.line()?);
            (module, String::from_utf8_lossy(self.input.line()?))
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            (self.global_text(module)?, self.global_text(name)?)
        };
        let found = Global::find(&module, &name).ok_or_else(|| {
            // Long enough for every real name, short enough for a message.
            const SHOWN: usize = 120;
            let name = format!("{module}.{name}");
            PickleError::GlobalNotAllowed {
                offset: self.offset,
                name: name.escape_debug().take(SHOWN).collect(),
            }
        })?;
        self.push(Node::Global(found))
    }

    fn global_text(&self, id: NodeId) -> Result<Cow<'a, str>, PickleError> {
        match self.node(id) {
            Node::Text(text) => Ok(text.clone()),
            _ => Err(self.wrong("a text", id)),
        }
    }

    fn call(&mut self) -> Result<(), PickleError> {
        let (arguments, global) = (self.pop()?, self.pop()?);
        let Node::Global(global) = *self.node(global) else {
            return Err(self.wrong("a global", global));
        };
        let Node::Tuple(items) = self.node(arguments) else {
            return Err(self.wrong("a tuple", arguments));
        };
        // No allowed global takes more; longer lists of arguments are not copied.
        const MOST: usize = 5;
        let items: Vec<NodeId> = items.iter().copied().take(MOST).collect();
        let node = self.reduce(global, &items)?;
        self.push(node)
    }

    /// Adds items to the container below them.
    fn extend(&mut self) -> Result<(), PickleError> {
        let items = match self.opcode {
            b'a' => vec![self.pop()?],
            b's' => {
                self.check_height(2)?;
                self.stack.split_off(self.stack.len() - 2)
            }
            _ => self.pop_mark()?,
        };
        let entries = match self.opcode {
            b's' | b'u' => self.entries(&items)?,
            _ => Vec::new(),
        };
        let target = self.top()?;
        match (self.opcode, &mut self.nodes[target as usize]) {
            (b'a' | b'e', Node::List(list)) => list.extend(items),
            (0x90, Node::Set(set)) => set.extend(items),
            (b's' | b'u', Node::Dict(dict)) => dict.extend(entries),
            _ => return Err(self.wrong("a container for its items", target)),
        }
        Ok(())
    }

    fn entries(&self, items: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>, PickleError> {
        if !items.len().is_multiple_of(2) {
            return Err(self.wrong_stack("keys and values", "an odd number of values"));
        }
        Ok(items
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect())
    }
}

fn integer<'a>(value: Integer) -> Node<'a> {
    match value {
        Integer::Exact(value) => Node::Int(value),
        Integer::Huge(value) => Node::Huge(value),
    }
}

//! Running the opcodes of a pickle on the stack machine.

use super::PickleError;
use super::blob::Blob;
use super::literal::{self, Integer};
use super::machine::{Finished, Machine};
use super::node::{Node, NodeId};

/// Bytes of the longest name, and digits of the longest number. Python itself reads at most 4300
/// digits.
const LONGEST: u64 = 8192;

impl Machine<'_> {
    /// Runs the whole program.
    pub fn run(mut self) -> Result<Finished, PickleError> {
        if self.input.source().is_empty() {
            return Err(PickleError::Empty);
        }
        if self.input.source().len() > self.limits.file_bytes {
            return Err(self.limit("bytes of a file", self.limits.file_bytes));
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

    fn finish(mut self) -> Result<Finished, PickleError> {
        let root = self.pop()?;
        self.check_unknown()?;
        self.check_root(root)?;
        if self.input.remaining() > 0 && !self.torch {
            return Err(PickleError::Trailing {
                offset: self.input.position(),
                found: self.input.remaining(),
            });
        }
        Ok(Finished {
            nodes: self.nodes,
            root,
            has_unknown: self.unknown > 0,
            budget: self.budget.get(),
            end: self.input.position(),
        })
    }

    /// One opcode: first those that control the machine, then containers, then plain values.
    fn step(&mut self) -> Result<(), PickleError> {
        match self.opcode {
            0x80 => self.protocol(),
            0x95 => {
                // A frame only announces how many bytes follow.
                let length = self.input.u64()?;
                self.input.check(length)
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
            b'i' | b'o' | 0x81 | 0x92 if !self.torch => self.instance(),
            b'b' => {
                let (state, target) = (self.pop()?, self.top()?);
                self.build(target, state)
            }
            b'a' | b'e' | b's' | b'u' | 0x90 => self.extend(),
            b'P' | b'Q' if self.torch => self.persistent(),
            _ => {
                let node = self.container_or_value()?;
                self.push(node)
            }
        }
    }

    fn container_or_value(&mut self) -> Result<Node, PickleError> {
        Ok(match self.opcode {
            b']' => Node::List(Vec::new()),
            b')' => self.tuple(Vec::new()),
            b'}' => Node::Dict(Vec::new()),
            0x8f => self.set(Vec::new(), false)?,
            b'l' => Node::List(self.pop_mark()?),
            b't' => {
                let items = self.pop_mark()?;
                self.tuple(items)
            }
            0x91 => {
                let items = self.pop_mark()?;
                self.set(items, true)?
            }
            b'd' => {
                let items = self.pop_mark()?;
                Node::Dict(self.entries(&items)?)
            }
            0x85..=0x87 => {
                let items = self.pop_many(usize::from(self.opcode - 0x84))?;
                self.tuple(items)
            }
            _ => self.value()?,
        })
    }

    fn value(&mut self) -> Result<Node, PickleError> {
        Ok(match self.opcode {
            b'N' => Node::None,
            0x88 => Node::Bool(true),
            0x89 => Node::Bool(false),
            b'K' => Node::Int(self.input.u8()?.into()),
            b'M' => Node::Int(self.input.u16()?.into()),
            b'J' => Node::Int(i32::from_le_bytes(self.input.array()?).into()),
            b'G' => Node::Float(f64::from_be_bytes(self.input.array()?)),
            0x8a | 0x8b => self.long()?,
            b'X' | 0x8c | 0x8d => {
                let text = self.sized()?;
                match text.is_utf8(self.input.source()) {
                    Ok(true) => Node::Text(text),
                    Ok(false) => return Err(self.literal("UTF-8 text")),
                    Err(error) => return Err(self.input.io(&error)),
                }
            }
            b'B' | b'C' | 0x8e | 0x96 => Node::Bytes(self.sized()?),
            b'T' | b'U' => Node::ByteText(self.sized()?),
            b'I' | b'L' | b'F' | b'S' | b'V' => self.line_value()?,
            _ => return Err(self.refused()),
        })
    }

    fn long(&mut self) -> Result<Node, PickleError> {
        let digits = self.sized()?;
        if digits.len() > LONGEST {
            return Err(self.literal("an integer of at most 8192 bytes"));
        }
        match digits.all(self.input.source()) {
            Ok(bytes) => Ok(integer(literal::little_endian(&bytes))),
            Err(error) => Err(self.input.io(&error)),
        }
    }

    /// A value of protocol 0, written as a line of text.
    fn line_value(&mut self) -> Result<Node, PickleError> {
        let line = match self.opcode {
            b'S' | b'V' => self.line(u64::MAX)?,
            _ => self.short_line()?,
        };
        match self.opcode {
            b'I' if line == b"00" || line == b"01" => Some(Node::Bool(line == b"01")),
            b'I' | b'L' => literal::decimal(&line).map(integer),
            b'F' => literal::float(&line).map(Node::Float),
            b'S' => literal::quoted(&line)
                .map(|bytes| Node::ByteText(Blob::Memory(bytes.into_owned().into()))),
            _ => literal::raw_unicode(&line).map(Node::text),
        }
        .ok_or_else(|| self.literal("a number or text in the notation of protocol 0"))
    }

    /// A line with a name or number.
    pub(super) fn short_line(&mut self) -> Result<Vec<u8>, PickleError> {
        self.line(LONGEST)
    }

    fn line(&mut self, most: u64) -> Result<Vec<u8>, PickleError> {
        let line = self.input.line(most)?;
        line.ok_or_else(|| self.literal("a line of at most 8192 bytes"))
    }

    /// An argument that starts with its own length.
    fn sized(&mut self) -> Result<Blob, PickleError> {
        let length = match self.opcode {
            0x8a | 0x8c | b'C' | b'U' => self.input.u8()?.into(),
            b'X' | b'B' => self.input.u32()?.into(),
            b'T' | 0x8b => {
                let length = i32::from_le_bytes(self.input.array()?);
                u64::try_from(length).map_err(|_| self.literal("a length of at least 0"))?
            }
            _ => self.input.u64()?,
        };
        self.input.blob(length)
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

    /// Adds items to the container below them.
    fn extend(&mut self) -> Result<(), PickleError> {
        let start = match self.opcode {
            b'a' => self.height_below(1)?,
            b's' => self.height_below(2)?,
            _ => self.take_mark()?,
        };
        let items = &self.stack[start..];
        match self.opcode {
            b's' | b'u' => self.check_entries(items)?,
            0x90 => self.check_keys(items.iter().copied())?,
            _ => {}
        }
        let target = self.stack[self.height_below(items.len() + 1)?];
        let pairs = items.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        match (self.opcode, &mut self.nodes[target as usize]) {
            (b'a' | b'e', Node::List(list)) => list.extend_from_slice(items),
            (0x90, Node::Set { items: set, .. }) => set.extend_from_slice(items),
            (b's' | b'u', Node::Dict(dict)) => dict.extend(pairs),
            (_, Node::Object(_)) => {}
            _ => return Err(self.wrong("a container for its items", target)),
        }
        self.stack.truncate(start);
        Ok(())
    }

    pub(super) fn tuple(&self, items: Vec<NodeId>) -> Node {
        let hashable = items.iter().all(|&id| self.node(id).is_hashable());
        Node::Tuple { items, hashable }
    }

    pub(super) fn set(&self, items: Vec<NodeId>, frozen: bool) -> Result<Node, PickleError> {
        self.check_keys(items.iter().copied())?;
        Ok(Node::Set { items, frozen })
    }

    /// Fails if Python does not accept one of `keys` as a dictionary key.
    pub(super) fn check_keys(
        &self,
        keys: impl IntoIterator<Item = NodeId>,
    ) -> Result<(), PickleError> {
        let mut keys = keys.into_iter();
        match keys.find(|&id| !self.node(id).is_hashable()) {
            Some(id) => Err(self.wrong("a hashable key", id)),
            None => Ok(()),
        }
    }

    fn entries(&self, items: &[NodeId]) -> Result<Vec<(NodeId, NodeId)>, PickleError> {
        self.check_entries(items)?;
        let pairs = items.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        Ok(pairs.collect())
    }

    /// Fails unless `items` are alternating keys and values.
    fn check_entries(&self, items: &[NodeId]) -> Result<(), PickleError> {
        if !items.len().is_multiple_of(2) {
            return Err(self.wrong_stack("keys and values", "an odd number of values"));
        }
        self.check_keys(items.iter().copied().step_by(2))
    }
}

fn integer(value: Integer) -> Node {
    match value {
        Integer::Exact(value) => Node::Int(value),
        Integer::Huge(value) => Node::Huge(value),
    }
}

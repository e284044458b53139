//! The state of the stack machine, and the checks on every access to it.

use super::node::{Node, NodeId};
use super::reader::Reader;
use super::{Limits, PickleError};

/// The part of Python's pickle machine that builds values; see [`Global`] for what it may name.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    pub input: Reader<'a>,
    pub limits: Limits,
    pub nodes: Vec<Node<'a>>,
    pub stack: Vec<NodeId>,
    /// Height of the stack at each open mark.
    pub marks: Vec<usize>,
    pub memo: Vec<Option<NodeId>>,
    /// Bytes that decoding may still produce.
    pub budget: u64,
    /// Place and value of the opcode at hand.
    pub offset: usize,
    pub opcode: u8,
}

/// What a finished machine leaves behind.
#[derive(Debug)]
pub(super) struct Finished<'a> {
    pub nodes: Vec<Node<'a>>,
    pub root: NodeId,
    pub budget: u64,
}

impl<'a> Machine<'a> {
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self {
            input: Reader::new(bytes),
            limits: *limits,
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            budget: limits.budget(bytes.len()),
            offset: 0,
            opcode: 0,
        }
    }

    pub fn push(&mut self, node: Node<'a>) -> Result<(), PickleError> {
        if self.nodes.len() >= self.limits.values {
            return Err(self.limit("too many values", self.limits.values as u64));
        }
        // Fits, because the limit on values is far below 2^32 on any machine that holds them.
        let id = NodeId::try_from(self.nodes.len())
            .map_err(|_| self.limit("too many values", NodeId::MAX.into()))?;
        self.nodes.push(node);
        self.push_id(id)
    }

    pub fn push_id(&mut self, id: NodeId) -> Result<(), PickleError> {
        self.check_stack()?;
        self.stack.push(id);
        Ok(())
    }

    pub fn check_stack(&self) -> Result<(), PickleError> {
        if self.stack.len() + self.marks.len() >= self.limits.stack {
            return Err(self.limit("values nested too deep", self.limits.stack as u64));
        }
        Ok(())
    }

    /// Fails unless `count` values lie above the last mark.
    pub fn check_height(&self, count: usize) -> Result<(), PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() < floor + count {
            return Err(self.wrong_stack("a value", "nothing"));
        }
        Ok(())
    }

    pub fn check_available(&self, length: u64) -> Result<(), PickleError> {
        if length > self.input.remaining() as u64 {
            return Err(PickleError::Truncated {
                offset: self.input.position(),
                expected: length,
                found: self.input.remaining(),
            });
        }
        Ok(())
    }

    pub fn pop(&mut self) -> Result<NodeId, PickleError> {
        let id = self.top()?;
        self.stack.pop();
        Ok(id)
    }

    pub fn top(&self) -> Result<NodeId, PickleError> {
        self.check_height(1)?;
        self.stack
            .last()
            .copied()
            .ok_or_else(|| self.wrong_stack("a value", "nothing"))
    }

    pub fn pop_mark(&mut self) -> Result<Vec<NodeId>, PickleError> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => Err(self.wrong_stack("a mark", "none")),
        }
    }

    pub fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    pub fn replace(&mut self, id: NodeId, node: Node<'a>) {
        self.nodes[id as usize] = node;
    }

    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Takes `bytes` of the memory that decoding may use, before it is used.
    pub fn charge(&mut self, bytes: usize) -> Result<(), PickleError> {
        self.budget = self.budget.checked_sub(bytes as u64).ok_or_else(|| {
            let limit = self.limits.budget(self.input.len());
            self.limit("the values expand too much", limit)
        })?;
        Ok(())
    }

    pub fn wrong(&self, expected: &'static str, found: NodeId) -> PickleError {
        self.wrong_stack(expected, self.node(found).kind())
    }

    pub fn wrong_stack(&self, expected: &'static str, found: &'static str) -> PickleError {
        PickleError::Stack {
            offset: self.offset,
            opcode: self.opcode,
            expected,
            found,
        }
    }

    pub fn limit(&self, what: &'static str, limit: u64) -> PickleError {
        PickleError::Limit {
            offset: self.offset,
            what,
            limit,
        }
    }

    pub fn unsupported(&self, dtype: &str) -> PickleError {
        PickleError::Dtype {
            offset: self.offset,
            found: dtype.chars().take(40).collect(),
        }
    }

    pub fn literal(&self, expected: &'static str) -> PickleError {
        PickleError::Literal {
            offset: self.offset,
            expected,
        }
    }

    /// Files of other kinds fail at once, for reasons that only make sense inside a pickle.
    pub fn at_start(&self, error: PickleError) -> PickleError {
        use PickleError::{Literal, Memo, Stack, UnknownOpcode};
        match error {
            Memo { .. } | Stack { .. } | UnknownOpcode { .. } | Literal { .. }
                if self.offset == 0 =>
            {
                let found = self.opcode;
                PickleError::Start { found }
            }
            error => error,
        }
    }

    /// Opcodes that build instances of classes or refer to data outside the file.
    pub fn refused(&self) -> PickleError {
        let name = match self.opcode {
            b'i' => "INST",
            b'o' => "OBJ",
            0x81 => "NEWOBJ",
            0x92 => "NEWOBJ_EX",
            0x82 => "EXT1",
            0x83 => "EXT2",
            0x84 => "EXT4",
            b'P' => "PERSID",
            b'Q' => "BINPERSID",
            0x97 => "NEXT_BUFFER",
            0x98 => "READONLY_BUFFER",
            opcode => {
                return PickleError::UnknownOpcode {
                    offset: self.offset,
                    opcode,
                };
            }
        };
        PickleError::OpcodeNotAllowed {
            offset: self.offset,
            name,
        }
    }
}

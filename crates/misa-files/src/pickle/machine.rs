//! The state of the stack machine, and the checks on every access to it.

use super::node::{Node, NodeId};
use super::reader::Reader;
use super::{Limits, PickleError};
use crate::source::Source;
use std::cell::Cell;

/// The part of Python's pickle machine that builds values; see `global.rs` for what it may name.
#[derive(Debug)]
pub(super) struct Machine<'s> {
    pub input: Reader<'s>,
    pub limits: Limits,
    /// Whether what only PyTorch writes is allowed.
    pub torch: bool,
    pub nodes: Vec<Node>,
    pub stack: Vec<NodeId>,
    /// Height of the stack at each open mark.
    pub marks: Vec<usize>,
    pub memo: Vec<Option<NodeId>>,
    /// Bytes that decoding may still produce.
    pub budget: Cell<u64>,
    /// Names outside the list that no one has used yet.
    pub unknown: usize,
    /// Place and value of the opcode at hand.
    pub offset: u64,
    pub opcode: u8,
}

/// What a finished machine leaves behind.
#[derive(Debug)]
pub(super) struct Finished {
    pub nodes: Vec<Node>,
    pub root: NodeId,
    pub budget: u64,
    /// Where the pickle ends.
    pub end: u64,
}

impl<'s> Machine<'s> {
    /// A machine at the start of `source`, for plain pickles.
    pub fn new(source: &'s Source<'s>, limits: &Limits) -> Self {
        Self {
            input: Reader::new(source, 0),
            limits: *limits,
            torch: false,
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            budget: Cell::new(limits.budget(source.len())),
            unknown: 0,
            offset: 0,
            opcode: 0,
        }
    }

    /// A machine at `offset` of `source`, for pickles of PyTorch.
    pub fn torch(source: &'s Source<'s>, offset: u64, limits: &Limits) -> Self {
        Self {
            input: Reader::new(source, offset),
            torch: true,
            ..Self::new(source, limits)
        }
    }

    pub fn push(&mut self, node: Node) -> Result<(), PickleError> {
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
        let mark = self.take_mark()?;
        Ok(self.take_above(mark))
    }

    /// Closes the last mark; what lies above it stays.
    pub fn take_mark(&mut self) -> Result<usize, PickleError> {
        let mark = self.marks.pop();
        mark.ok_or_else(|| self.wrong_stack("a mark", "none"))
    }

    /// The topmost `count` values, in order.
    pub fn pop_many(&mut self, count: usize) -> Result<Vec<NodeId>, PickleError> {
        let height = self.height_below(count)?;
        Ok(self.take_above(height))
    }

    /// The height of the stack below its topmost `count` values.
    pub fn height_below(&self, count: usize) -> Result<usize, PickleError> {
        self.check_height(count)?;
        Ok(self.stack.len() - count)
    }

    fn take_above(&mut self, height: usize) -> Vec<NodeId> {
        // Not `split_off`: at 0 it makes the new stack as large as the old one, even for nothing.
        self.stack.drain(height..).collect()
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub fn replace(&mut self, id: NodeId, node: Node) {
        self.nodes[id as usize] = node;
    }

    /// Takes `bytes` of the memory that decoding may use, before it is used.
    pub fn charge(&self, bytes: u64) -> Result<(), PickleError> {
        let left = self.budget.get().checked_sub(bytes).ok_or_else(|| {
            let limit = self.limits.budget(self.input.source().len());
            self.limit("the values expand too much", limit)
        })?;
        self.budget.set(left);
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

//! The state of the stack machine, and the checks on every access to it.

use super::node::{Node, NodeId};
use super::reader::Reader;
use super::{Limits, PickleError};
use crate::source::Source;
use std::cell::Cell;

/// The part of Python's pickle machine that builds values; `global.rs` lists what it may name.
#[derive(Debug)]
pub(super) struct Machine<'s> {
    pub input: Reader<'s>,
    pub limits: Limits,
    /// Whether constructs that only PyTorch writes are allowed.
    pub torch: bool,
    pub nodes: Vec<Node>,
    pub stack: Vec<NodeId>,
    /// Height of the stack at each open mark.
    pub marks: Vec<usize>,
    pub memo: Vec<Option<NodeId>>,
    /// Bytes that decoding may still produce.
    pub budget: Cell<u64>,
    /// Names outside the list, and element types that are not supported; in PyTorch's files only those
    /// that have not been used yet.
    pub unknown: usize,
    /// Offset of the current opcode.
    pub offset: u64,
    /// The current opcode.
    pub opcode: u8,
}

/// The result of a finished machine.
#[derive(Debug)]
pub(super) struct Finished {
    pub nodes: Vec<Node>,
    pub root: NodeId,
    /// Whether something is not built.
    pub has_unknown: bool,
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
            return Err(self.limit("values of a pickle", self.limits.values as u64));
        }
        // Fits, because memory bounds the number of values far below 2^32.
        let id = NodeId::try_from(self.nodes.len())
            .map_err(|_| self.limit("values of a pickle", NodeId::MAX.into()))?;
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
            return Err(self.limit("values on the stack", self.limits.stack as u64));
        }
        Ok(())
    }

    /// Fails unless there are `count` values above the last mark.
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
        Ok(self.stack.split_off(mark))
    }

    /// Closes the last mark and keeps the values above it.
    pub fn take_mark(&mut self) -> Result<usize, PickleError> {
        let mark = self.marks.pop();
        mark.ok_or_else(|| self.wrong_stack("a mark", "none"))
    }

    /// The topmost `count` values, in order.
    pub fn pop_many(&mut self, count: usize) -> Result<Vec<NodeId>, PickleError> {
        let height = self.height_below(count)?;
        Ok(self.stack.split_off(height))
    }

    /// The height of the stack below its topmost `count` values.
    pub fn height_below(&self, count: usize) -> Result<usize, PickleError> {
        self.check_height(count)?;
        Ok(self.stack.len() - count)
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub fn replace(&mut self, id: NodeId, node: Node) {
        self.nodes[id as usize] = node;
    }

    /// Takes `bytes` from the memory budget of decoding, before they are allocated.
    pub fn charge(&self, bytes: u64) -> Result<(), PickleError> {
        let remaining = self.budget.get().checked_sub(bytes).ok_or_else(|| {
            let limit = self.limits.budget(self.input.source().len());
            self.limit("bytes of the values", limit)
        })?;
        self.budget.set(remaining);
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

    /// Replaces errors at the first byte: other kinds of files fail there, with messages that only make
    /// sense inside a pickle.
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

    /// The error for opcodes that build instances of classes or refer to data outside the file.
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

//! What can be wrong with a pickle.

use std::io::{self, ErrorKind};
use thiserror::Error;

/// A pickle that cannot be read, with the place of the offending opcode.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PickleError {
    /// The file holds nothing.
    #[error("no bytes, expected a pickle")]
    Empty,
    /// A first byte that no pickle starts with.
    #[error("byte 0: expected the start of a pickle, found 0x{found:02x}")]
    Start {
        /// The first byte.
        found: u8,
    },
    /// The bytes cannot be read.
    #[error("byte {offset}: cannot be read: {kind}")]
    Io {
        /// Where reading stopped.
        offset: u64,
        /// What the system says.
        kind: ErrorKind,
    },
    /// An argument or the stop opcode lies beyond the end.
    #[error("byte {offset}: the file ends, expected {expected} more bytes, found {found}")]
    Truncated {
        /// Where the missing bytes would start.
        offset: u64,
        /// Bytes needed.
        expected: u64,
        /// Bytes left.
        found: u64,
    },
    /// Bytes after the stop opcode.
    #[error("byte {offset}: {found} bytes after the end of the pickle")]
    Trailing {
        /// Where the pickle ends.
        offset: u64,
        /// Bytes left.
        found: u64,
    },
    /// A byte that is no opcode: not a pickle, or a damaged one.
    #[error("byte {offset}: 0x{opcode:02x} is no pickle opcode")]
    UnknownOpcode {
        /// Place of the opcode.
        offset: u64,
        /// The byte found.
        opcode: u8,
    },
    /// An opcode that only serves to build objects of arbitrary classes.
    #[error("byte {offset}: opcode `{name}` is not allowed")]
    OpcodeNotAllowed {
        /// Place of the opcode.
        offset: u64,
        /// Python's name of the opcode.
        name: &'static str,
    },
    /// A function or class outside the list of allowed ones.
    #[error("byte {offset}: global `{name}` is not allowed")]
    GlobalNotAllowed {
        /// Place of the opcode.
        offset: u64,
        /// Module and name, joined by a dot.
        name: String,
    },
    /// A protocol newer than 5.
    #[error("byte {offset}: protocol {found}, expected 0 to 5")]
    Protocol {
        /// Place of the opcode.
        offset: u64,
        /// The protocol found.
        found: u8,
    },
    /// A bound of [`Limits`](super::Limits) would be exceeded.
    #[error("byte {offset}: {what}, expected at most {limit}")]
    Limit {
        /// Place of the opcode.
        offset: u64,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// An opcode found something else on the stack than it works on.
    #[error("byte {offset}: opcode 0x{opcode:02x} expected {expected}, found {found}")]
    Stack {
        /// Place of the opcode.
        offset: u64,
        /// The opcode.
        opcode: u8,
        /// What the opcode works on.
        expected: &'static str,
        /// What is on the stack.
        found: &'static str,
    },
    /// A reference to a value that was never remembered.
    #[error("byte {offset}: memo entry {index} does not exist")]
    Memo {
        /// Place of the opcode.
        offset: u64,
        /// The entry asked for.
        index: u64,
    },
    /// A number or text that cannot be decoded.
    #[error("byte {offset}: expected {expected}")]
    Literal {
        /// Place of the opcode.
        offset: u64,
        /// What the bytes should have been.
        expected: &'static str,
    },
    /// An element type that holds neither numbers nor texts.
    #[error("byte {offset}: element type {found:?} is not supported")]
    Dtype {
        /// Place of the opcode.
        offset: u64,
        /// NumPy's name of the type.
        found: String,
    },
    /// An array whose shape and bytes do not agree.
    #[error(
        "byte {offset}: array of shape {shape:?} and element size {size}, found {found} bytes or elements"
    )]
    ArraySize {
        /// Place of the opcode.
        offset: u64,
        /// The claimed shape.
        shape: Vec<u64>,
        /// Bytes of an element (1 for objects).
        size: usize,
        /// Bytes (objects: elements) there are.
        found: u64,
    },
}

/// A value that is not of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// Another kind of value.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// What was wanted.
        expected: &'static str,
        /// What there is.
        found: String,
    },
    /// The values of the file expand to more bytes than allowed.
    #[error("the values expand to more than {limit} bytes")]
    Limit {
        /// The bound.
        limit: u64,
    },
    /// The bytes of the value cannot be read.
    #[error("the bytes of the value cannot be read: {kind}")]
    Io {
        /// What the system says.
        kind: ErrorKind,
    },
}

impl From<io::Error> for ConvertError {
    fn from(error: io::Error) -> Self {
        Self::Io { kind: error.kind() }
    }
}

//! Errors of pickles.

use std::io::{self, ErrorKind};
use thiserror::Error;

/// A pickle that cannot be read, with the offset of the offending opcode.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PickleError {
    /// The file is empty.
    #[error("no bytes, expected a pickle")]
    Empty,
    /// The first byte is not the start of a pickle.
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
        /// The kind of error that the system reports.
        kind: ErrorKind,
    },
    /// An argument or the stop opcode lies beyond the end.
    #[error("byte {offset}: the file ends, expected {expected} more bytes, found {found}")]
    Truncated {
        /// Where the missing bytes would start.
        offset: u64,
        /// Bytes needed.
        expected: u64,
        /// Bytes that remain.
        found: u64,
    },
    /// Bytes after the stop opcode.
    #[error("byte {offset}: {found} bytes after the end of the pickle")]
    Trailing {
        /// Where the pickle ends.
        offset: u64,
        /// Bytes that remain.
        found: u64,
    },
    /// A byte that is not an opcode: the file is damaged or not a pickle.
    #[error("byte {offset}: 0x{opcode:02x} is not a pickle opcode")]
    UnknownOpcode {
        /// Offset of the opcode.
        offset: u64,
        /// The byte found.
        opcode: u8,
    },
    /// An opcode that builds objects of classes, where no class is, or that refers to other data.
    #[error("byte {offset}: opcode `{name}` is not allowed")]
    OpcodeNotAllowed {
        /// Offset of the opcode.
        offset: u64,
        /// Python's name of the opcode.
        name: &'static str,
    },
    /// A function or class that runs code or commands, or, where nothing but the list of allowed names
    /// may be, any other one.
    #[error("byte {offset}: global `{name}` is not allowed")]
    GlobalNotAllowed {
        /// Offset of the opcode.
        offset: u64,
        /// Module and name, joined by a dot.
        name: String,
    },
    /// The outermost value is of a class that is not read.
    #[error(
        "byte {offset}: class `{class}` is not allowed as the whole content, expected a list, a dict, \
         a text, a number or a NumPy array"
    )]
    Object {
        /// Where the class is named.
        offset: u64,
        /// Module and name, joined by a dot.
        class: String,
    },
    /// A protocol newer than 5.
    #[error("byte {offset}: protocol {found}, expected 0 to 5")]
    Protocol {
        /// Offset of the opcode.
        offset: u64,
        /// The protocol found.
        found: u8,
    },
    /// A limit of [`Limits`](super::Limits) is exceeded.
    #[error("byte {offset}: {what}, expected at most {limit}")]
    Limit {
        /// Offset of the opcode.
        offset: u64,
        /// What exceeds it.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// An opcode whose operands on the stack are of the wrong kind.
    #[error("byte {offset}: opcode 0x{opcode:02x} expected {expected}, found {found}")]
    Stack {
        /// Offset of the opcode.
        offset: u64,
        /// The opcode.
        opcode: u8,
        /// The kind that the opcode needs.
        expected: &'static str,
        /// The kind on the stack.
        found: &'static str,
    },
    /// A reference to a memo entry that was never stored.
    #[error("byte {offset}: memo entry {index} does not exist")]
    Memo {
        /// Offset of the opcode.
        offset: u64,
        /// The requested entry.
        index: u64,
    },
    /// A number or text that cannot be decoded.
    #[error("byte {offset}: expected {expected}")]
    Literal {
        /// Offset of the opcode.
        offset: u64,
        /// What the bytes should have been.
        expected: &'static str,
    },
    /// An element type that is neither numbers, texts nor objects.
    #[error("byte {offset}: element type {found:?} is not supported")]
    Dtype {
        /// Offset of the opcode.
        offset: u64,
        /// NumPy's name of the type.
        found: String,
    },
    /// An array whose shape and bytes do not agree.
    #[error(
        "byte {offset}: array of shape {shape:?} and element size {size}, found {found} bytes or elements"
    )]
    ArraySize {
        /// Offset of the opcode.
        offset: u64,
        /// The stated shape.
        shape: Vec<u64>,
        /// Bytes of an element (1 for objects).
        size: usize,
        /// Bytes in the file (for objects: elements).
        found: u64,
    },
}

/// A value that is not of the requested kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// Another kind of value.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// The requested kind.
        expected: &'static str,
        /// The value.
        found: String,
    },
    /// The values of the file expand to more bytes than the limits allow.
    #[error("values of the file, expected at most {limit} bytes, found more")]
    Limit {
        /// The limit.
        limit: u64,
    },
    /// The bytes of the value cannot be read.
    #[error("bytes of the value cannot be read: {kind}")]
    Io {
        /// The kind of error that the system reports.
        kind: ErrorKind,
    },
}

impl From<io::Error> for ConvertError {
    fn from(error: io::Error) -> Self {
        Self::Io { kind: error.kind() }
    }
}

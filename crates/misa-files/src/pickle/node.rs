//! Values as the machine stores them.

use super::array::ArrayNode;
use super::reduce::Global;
use crate::dtype::Dtype;
use std::borrow::Cow;

/// Place of a value among the values of its pickle.
pub(super) type NodeId = u32;

/// One value. Containers refer to their items by place, so that shared and cyclic values need no
/// counting and deeply nested ones no recursion, not even when they are dropped.
#[derive(Debug)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, rounded.
    Huge(f64),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    /// A Python 2 string: text or bytes, whichever is expected.
    ByteText(Cow<'a, [u8]>),
    List(Vec<NodeId>),
    Tuple(Vec<NodeId>),
    Set(Vec<NodeId>),
    Dict(Vec<(NodeId, NodeId)>),
    Global(Global),
    Dtype(Dtype),
    Array(Box<ArrayNode>),
}

impl Node<'_> {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Huge(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::ByteText(_) => "byte text",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::Dict(_) => "dict",
            Self::Global(_) => "global",
            Self::Dtype(_) => "dtype",
            Self::Array(_) => "array",
        }
    }

    /// Bytes of any of the three kinds that may hold the buffer of an array.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) | Self::ByteText(bytes) => Some(bytes),
            _ => None,
        }
    }
}

//! Values as the machine stores them.

use super::array::ArrayNode;
use super::blob::Blob;
use super::global::{Global, Unknown};
use crate::dtype::{Dtype, DtypeKind};

/// Place of a value among the values of its pickle.
pub(super) type NodeId = u32;

/// One value. Containers refer to their items by place, so that shared and cyclic values need no
/// counting and deeply nested ones no recursion, not even when they are dropped.
#[derive(Debug)]
pub(super) enum Node {
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, rounded.
    Huge(f64),
    Float(f64),
    Text(Blob),
    Bytes(Blob),
    /// A Python 2 string: text or bytes, whichever is expected.
    ByteText(Blob),
    List(Vec<NodeId>),
    Tuple {
        items: Vec<NodeId>,
        hashable: bool,
    },
    Set {
        items: Vec<NodeId>,
        frozen: bool,
    },
    Dict(Vec<(NodeId, NodeId)>),
    Global(Global),
    /// A name outside the list, so far unused.
    Unknown(Box<Unknown>),
    Dtype(Dtype),
    Array(Box<ArrayNode>),
    /// A value outside the pickle, known by this one.
    Persistent(NodeId),
    /// What a function of PyTorch would make of a tuple of arguments.
    Call(Global, NodeId),
}

impl Node {
    pub fn text(text: String) -> Self {
        Self::Text(Blob::Memory(text.into_bytes().into()))
    }

    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(Blob::Memory(bytes.into()))
    }

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
            Self::Tuple { .. } => "tuple",
            Self::Set { .. } => "set",
            Self::Dict(_) => "dict",
            Self::Global(_) | Self::Unknown(_) => "global",
            Self::Dtype(_) => "dtype",
            Self::Array(_) => "array",
            Self::Persistent(_) => "persistent id",
            Self::Call(..) => "call",
        }
    }

    /// Bytes of any of the kinds that may hold the buffer of an array.
    pub fn blob(&self) -> Option<&Blob> {
        match self {
            Self::Bytes(blob) | Self::ByteText(blob) => Some(blob),
            _ => None,
        }
    }

    /// The items of a list, tuple or set.
    pub fn items(&self) -> Option<&[NodeId]> {
        match self {
            Self::List(items) | Self::Tuple { items, .. } | Self::Set { items, .. } => Some(items),
            _ => None,
        }
    }

    /// Whether Python would take this as a key.
    pub fn is_hashable(&self) -> bool {
        match self {
            Self::List(_) | Self::Dict(_) | Self::Call(..) => false,
            Self::Tuple { hashable, .. } => *hashable,
            Self::Set { frozen, .. } => *frozen,
            // Scalars of NumPy are kept as arrays of rank 0.
            Self::Array(array) => array.rank() == 0 && array.dtype().kind() != DtypeKind::Object,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_small() {
        // A value takes at least one byte of the file, so this bounds memory by the file.
        assert_eq!(size_of::<Node>(), 32);
    }
}

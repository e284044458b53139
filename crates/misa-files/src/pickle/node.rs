//! Values as the machine stores them.

use super::array::ArrayNode;
use super::blob::Blob;
use super::global::Global;
use super::unread::Unknown;
use crate::dtype::{Dtype, DtypeKind};

/// Index of a value among the values of its pickle.
pub(super) type NodeId = u32;

/// One value. Containers refer to their items by index, so shared and cyclic values need no reference
/// counts, and deeply nested values need no recursion, not even when they are dropped.
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
    /// A Python 2 string, which may be text or bytes.
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
    /// A name outside the list, or an element type that is not supported.
    Unknown(Box<Unknown>),
    /// A value that is not built, with its class, an `Unknown`.
    Object(NodeId),
    Dtype(Dtype),
    Array(Box<ArrayNode>),
    /// A value outside the pickle, with its identifier.
    Persistent(NodeId),
    /// A function of PyTorch and its arguments, which is not called.
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
            Self::Object(_) => "object",
        }
    }

    /// The bytes, if this is a kind that may hold the elements of an array.
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

    /// Whether Python accepts this as a dictionary key.
    pub fn is_hashable(&self) -> bool {
        match self {
            Self::List(_) | Self::Dict(_) | Self::Call(..) => false,
            Self::Tuple { hashable, .. } => *hashable,
            Self::Set { frozen, .. } => *frozen,
            // NumPy scalars are stored as arrays of rank 0.
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

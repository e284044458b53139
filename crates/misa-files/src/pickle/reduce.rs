//! What a pickle may name, and what each name builds.

use super::PickleError;
use super::array::ArrayNode;
use super::literal;
use super::machine::Machine;
use super::node::{Node, NodeId};
use crate::dtype::Dtype;
use std::borrow::Cow;

/// The functions and classes that a pickle may name: constructors of values and arrays.
///
/// They are only labels here. Naming one makes a value; what "calling" it builds is written in
/// this file, and there is no way to call anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Global {
    /// `numpy.core.multiarray._reconstruct`: an array, filled in afterwards.
    Reconstruct,
    /// `numpy.ndarray`.
    NdArray,
    /// `numpy.dtype`.
    Dtype,
    /// `numpy.core.multiarray.scalar`.
    Scalar,
    /// `numpy.core.numeric._frombuffer`: an array of protocol 5.
    FromBuffer,
    /// `_codecs.encode`: how Python 3 writes bytes in protocols below 3.
    Encode,
    /// `collections.OrderedDict`.
    OrderedDict,
    /// `collections.defaultdict`.
    DefaultDict,
    /// `dict`.
    Dict,
    /// `list`.
    List,
    /// `tuple`.
    Tuple,
    /// `set`.
    Set,
    /// `frozenset`.
    FrozenSet,
    /// `bytes`.
    Bytes,
    /// `bytearray`.
    ByteArray,
    /// `int`, `float`, `str` and `bool`, as default factories only.
    Plain,
}

impl Global {
    /// The allowed name, whichever version of Python or NumPy wrote it.
    pub fn find(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                Self::Reconstruct
            }
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Self::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Self::FromBuffer,
            ("numpy", "ndarray") => Self::NdArray,
            ("numpy", "dtype") => Self::Dtype,
            ("_codecs", "encode") => Self::Encode,
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("collections", "defaultdict") => Self::DefaultDict,
            ("builtins" | "__builtin__", name) => match name {
                "dict" => Self::Dict,
                "list" => Self::List,
                "tuple" => Self::Tuple,
                "set" => Self::Set,
                "frozenset" => Self::FrozenSet,
                "bytes" => Self::Bytes,
                "bytearray" => Self::ByteArray,
                "int" | "float" | "str" | "bool" => Self::Plain,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl<'a> Machine<'a> {
    /// What `global`, given `arguments`, builds.
    pub(super) fn reduce(
        &mut self,
        global: Global,
        arguments: &[NodeId],
    ) -> Result<Node<'a>, PickleError> {
        Ok(match (global, arguments) {
            (Global::Reconstruct, [class, ..]) => {
                if !matches!(self.node(*class), Node::Global(Global::NdArray)) {
                    return Err(self.wrong("numpy.ndarray", *class));
                }
                // Filled in by BUILD; until then an array of nothing.
                self.new_array(&[0], Dtype::F4, false, *class, Some(0))?
            }
            (Global::Dtype, [name, ..]) => Node::Dtype(self.dtype_named(*name)?),
            (Global::Scalar, &[dtype, data]) => {
                let dtype = self.dtype(dtype)?;
                self.new_array(&[], dtype, false, data, None)?
            }
            (Global::FromBuffer, &[data, dtype, shape, order]) => {
                let (dtype, shape) = (self.dtype(dtype)?, self.shape(shape)?);
                let fortran = self.text(order)? == "F";
                self.new_array(&shape, dtype, fortran, data, None)?
            }
            (Global::Encode | Global::Bytes | Global::ByteArray, &[text, encoding]) => {
                self.encode(text, encoding)?
            }
            _ => self.container(global, arguments)?,
        })
    }

    /// The containers of Python itself, empty or filled.
    fn container(&mut self, global: Global, arguments: &[NodeId]) -> Result<Node<'a>, PickleError> {
        Ok(match (global, arguments) {
            (Global::Bytes | Global::ByteArray, []) => Node::Bytes(Cow::Borrowed(&[])),
            (Global::Bytes | Global::ByteArray, &[bytes]) => self.copy_bytes(bytes)?,
            (Global::OrderedDict | Global::Dict, []) => Node::Dict(Vec::new()),
            (Global::OrderedDict | Global::Dict, &[pairs]) => self.pairs(pairs)?,
            // The factory would only be called for keys that are not there.
            (Global::DefaultDict, [] | [_]) => Node::Dict(Vec::new()),
            (Global::DefaultDict, &[_, pairs]) => self.pairs(pairs)?,
            (Global::List, []) => Node::List(Vec::new()),
            (Global::Tuple, []) => Node::Tuple(Vec::new()),
            (Global::Set | Global::FrozenSet, []) => Node::Set(Vec::new()),
            (Global::List, &[items]) => Node::List(self.copy_items(items)?),
            (Global::Tuple, &[items]) => Node::Tuple(self.copy_items(items)?),
            (Global::Set | Global::FrozenSet, &[items]) => Node::Set(self.copy_items(items)?),
            _ => return Err(self.wrong_stack("the arguments of its global", "others")),
        })
    }

    /// Fills in the array or element type `target` from `state`.
    pub(super) fn build(&mut self, target: NodeId, state: NodeId) -> Result<(), PickleError> {
        let Node::Tuple(items) = self.node(state) else {
            return Err(self.wrong("a tuple", state));
        };
        // States have at most nine parts; more are not copied.
        let items: Vec<NodeId> = items.iter().copied().take(10).collect();
        let built = match (self.node(target), items.as_slice()) {
            (Node::Dtype(dtype), [_, order, subtype, names, ..]) => {
                let mut dtype = *dtype;
                for part in [subtype, names] {
                    if !matches!(self.node(*part), Node::None) {
                        return Err(self.unsupported("structured"));
                    }
                }
                dtype.set_big_endian(self.text(*order)? == ">");
                Node::Dtype(dtype)
            }
            (Node::Array(_), &[_, shape, dtype, fortran, data])
            | (Node::Array(_), &[shape, dtype, fortran, data]) => {
                let (dtype, shape) = (self.dtype(dtype)?, self.shape(shape)?);
                let fortran = match self.node(fortran) {
                    Node::Bool(fortran) => *fortran,
                    Node::Int(fortran) => *fortran != 0,
                    _ => return Err(self.wrong("a bool", fortran)),
                };
                self.new_array(&shape, dtype, fortran, data, None)?
            }
            _ => return Err(self.wrong("an array or element type", target)),
        };
        self.replace(target, built);
        Ok(())
    }

    fn new_array(
        &self,
        shape: &[u64],
        dtype: Dtype,
        fortran: bool,
        data: NodeId,
        available: Option<usize>,
    ) -> Result<Node<'a>, PickleError> {
        let available = match (available, self.node(data)) {
            (Some(available), _) => available,
            (None, Node::List(items)) if dtype.kind() == super::DtypeKind::Object => items.len(),
            (None, node) => match node.as_bytes() {
                Some(bytes) if dtype.kind() != super::DtypeKind::Object => bytes.len(),
                _ => return Err(self.wrong("the elements of an array", data)),
            },
        };
        let array = ArrayNode::new(shape, dtype, fortran, data, available);
        let array = array.ok_or_else(|| PickleError::ArraySize {
            offset: self.offset(),
            shape: shape.to_vec(),
            size: dtype.size(),
            found: available,
        })?;
        Ok(Node::Array(Box::new(array)))
    }

    fn dtype_named(&self, name: NodeId) -> Result<Dtype, PickleError> {
        let name = self.text(name)?;
        Dtype::parse(name).ok_or_else(|| self.unsupported(name))
    }

    fn dtype(&self, id: NodeId) -> Result<Dtype, PickleError> {
        match self.node(id) {
            Node::Dtype(dtype) => Ok(*dtype),
            _ => Err(self.wrong("an element type", id)),
        }
    }

    fn shape(&self, id: NodeId) -> Result<Vec<u64>, PickleError> {
        // NumPy's own limit on the rank.
        const MAX_RANK: usize = 64;
        let Node::Tuple(axes) = self.node(id) else {
            return Err(self.wrong("a tuple of axes", id));
        };
        if axes.len() > MAX_RANK {
            return Err(self.limit("axes of an array", MAX_RANK as u64));
        }
        axes.iter()
            .map(|&axis| match self.node(axis) {
                Node::Int(length) => u64::try_from(*length).ok(),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(|| self.wrong_stack("axes of at least 0", "others"))
    }

    fn text(&self, id: NodeId) -> Result<&str, PickleError> {
        // Python 2 texts of this kind are short words; checking long ones again and again is work.
        const LONGEST: usize = 64;
        match self.node(id) {
            Node::Text(text) => Some(text.as_ref()),
            Node::ByteText(bytes) if bytes.len() <= LONGEST => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
        .ok_or_else(|| self.wrong("a text", id))
    }

    /// Bytes that were written as a Latin-1 text.
    fn encode(&mut self, text: NodeId, encoding: NodeId) -> Result<Node<'a>, PickleError> {
        if !matches!(self.text(encoding)?, "latin1" | "latin-1") {
            return Err(self.wrong("`latin1`", encoding));
        }
        self.charge(self.text(text)?.len())?;
        match literal::latin1(self.text(text)?) {
            Some(bytes) => Ok(Node::Bytes(Cow::Owned(bytes))),
            None => Err(self.wrong("a Latin-1 text", text)),
        }
    }

    fn copy_bytes(&mut self, id: NodeId) -> Result<Node<'a>, PickleError> {
        let Node::Bytes(bytes) = self.node(id) else {
            return Err(self.wrong("bytes", id));
        };
        let length = bytes.len();
        self.charge(length)?;
        match self.node(id) {
            Node::Bytes(bytes) => Ok(Node::Bytes(bytes.clone())),
            _ => Err(self.wrong("bytes", id)),
        }
    }

    fn copy_items(&mut self, id: NodeId) -> Result<Vec<NodeId>, PickleError> {
        let (Node::List(items) | Node::Tuple(items) | Node::Set(items)) = self.node(id) else {
            return Err(self.wrong("a list or tuple", id));
        };
        let size = items.len() * size_of::<NodeId>();
        let items = items.clone();
        self.charge(size)?;
        Ok(items)
    }

    /// A dictionary from a list of pairs, as Python 2 writes ordered ones.
    fn pairs(&mut self, id: NodeId) -> Result<Node<'a>, PickleError> {
        if let Node::Dict(entries) = self.node(id) {
            let entries = entries.clone();
            self.charge(entries.len() * size_of::<(NodeId, NodeId)>())?;
            return Ok(Node::Dict(entries));
        }
        let items = self.copy_items(id)?;
        self.charge(items.len() * size_of::<NodeId>())?;
        items
            .into_iter()
            .map(|item| match self.node(item) {
                Node::List(pair) | Node::Tuple(pair) if pair.len() == 2 => Ok((pair[0], pair[1])),
                _ => Err(self.wrong("a pair", item)),
            })
            .collect::<Result<_, _>>()
            .map(Node::Dict)
    }
}

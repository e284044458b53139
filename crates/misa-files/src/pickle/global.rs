//! The functions and classes that a pickle may name.

use super::PickleError;
use super::hostile::{is_hostile, is_name};
use super::machine::Machine;
use super::node::{Node, NodeId};
use crate::dtype::Dtype;

/// The functions and classes that a pickle may name: constructors of values and arrays.
///
/// They are only labels here. Naming one makes a value; `reduce.rs` defines what "calling" it
/// builds, and nothing else can be called.
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
    /// `int`, `float`, `str` and `bool`, only as default factories.
    Plain,
    /// `torch._utils._rebuild_tensor` and `_rebuild_tensor_v2`: a tensor from its storage, offset,
    /// shape and strides, in this order.
    Tensor,
    /// `torch._utils._rebuild_parameter` and `torch.nn.parameter.Parameter`: a tensor that is
    /// learned.
    Parameter,
    /// `torch.FloatStorage` and similar classes, with the type of their elements.
    Storage(Dtype),
    /// Any other name, as a default factory in a pickle of PyTorch.
    Factory,
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

impl Machine<'_> {
    /// Pushes the function or class that the opcode names.
    pub(super) fn global(&mut self) -> Result<(), PickleError> {
        let (module, name) = if self.opcode == 0x93 {
            let (name, module) = (self.pop()?, self.pop()?);
            (self.name_part(module)?, self.name_part(name)?)
        } else {
            (self.short_line()?, self.short_line()?)
        };
        let module = String::from_utf8_lossy(&module);
        let name = String::from_utf8_lossy(&name);
        let known = match Global::find(&module, &name) {
            None if self.torch => Global::find_torch(&module, &name),
            known => known,
        };
        if let Some(global) = known {
            return self.push(Node::Global(global));
        }
        // Long enough for every real name, short enough for a message.
        const SHOWN: usize = 120;
        let shown = format!("{module}.{name}")
            .escape_debug()
            .take(SHOWN)
            .collect();
        let (offset, may_stay) = (self.offset, is_name(&module, &name));
        if !self.torch && (!may_stay || is_hostile(&module, &name)) {
            return Err(PickleError::GlobalNotAllowed {
                offset,
                name: shown,
            });
        }
        let node = self.unknown_node(offset, shown, false)?;
        self.unknown += 1;
        self.push(node)
    }

    fn name_part(&self, id: NodeId) -> Result<Vec<u8>, PickleError> {
        match self.node(id) {
            // Texts that stay in the file are too long to be names.
            Node::Text(text) => Ok(text.in_memory().unwrap_or(b"(a long text)").to_vec()),
            _ => Err(self.wrong("a text", id)),
        }
    }

    /// Pushes the value that a function makes of its arguments.
    pub(super) fn call(&mut self) -> Result<(), PickleError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let global = match self.node(function) {
            Node::Global(global) => *global,
            Node::Unknown(unknown) if self.torch => return Err(unknown.refused()),
            _ => match self.class(function) {
                Some(class) => {
                    let object = self.object(class, arguments)?;
                    return self.push(object);
                }
                None => return Err(self.wrong("a global", function)),
            },
        };
        let Node::Tuple { items, .. } = self.node(arguments) else {
            return Err(self.wrong("a tuple", arguments));
        };
        // No name of Python or NumPy takes more; further arguments are not copied.
        const MOST: usize = 5;
        let items: Vec<NodeId> = items.iter().copied().take(MOST).collect();
        // A default factory is never called.
        let needed = match global {
            Global::DefaultDict => items.get(1..).unwrap_or_default(),
            _ => &items,
        };
        let node = if let Some(class) = self.class_among(needed) {
            Node::Object(class)
        } else {
            match self.torch_call(global, arguments)? {
                Some(node) => node,
                None => self.reduce(global, &items)?,
            }
        };
        self.push(node)
    }
}

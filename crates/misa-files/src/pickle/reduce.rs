//! The values that the allowed names build.

use super::PickleError;
use super::array::ArrayNode;
use super::blob::{Blob, KEPT};
use super::global::Global;
use super::machine::Machine;
use super::node::{Node, NodeId};
use crate::dtype::{Dtype, DtypeKind};

impl Machine<'_> {
    /// The value that `global` builds from `arguments`.
    pub(super) fn reduce(
        &mut self,
        global: Global,
        arguments: &[NodeId],
    ) -> Result<Node, PickleError> {
        Ok(match (global, arguments) {
            (Global::Reconstruct, [class, ..]) => {
                if !matches!(self.node(*class), Node::Global(Global::NdArray)) {
                    return Err(self.wrong("numpy.ndarray", *class));
                }
                // An empty array until BUILD fills it in.
                self.new_array(&[0], Dtype::F4, false, *class, Some(0))?
            }
            (Global::Dtype, [name, ..]) => self.dtype_named(*name)?,
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
    fn container(&mut self, global: Global, arguments: &[NodeId]) -> Result<Node, PickleError> {
        Ok(match (global, arguments) {
            (Global::Bytes | Global::ByteArray, []) => Node::bytes(Vec::new()),
            (Global::Bytes | Global::ByteArray, &[bytes]) => self.copy_bytes(bytes)?,
            (Global::OrderedDict | Global::Dict, []) => Node::Dict(Vec::new()),
            (Global::OrderedDict | Global::Dict, &[pairs]) => self.pairs(pairs)?,
            // Python calls the factory only for missing keys.
            (Global::DefaultDict, []) => Node::Dict(Vec::new()),
            (Global::DefaultDict, &[factory, ref rest @ ..]) if rest.len() <= 1 => {
                self.take_factory(factory);
                match rest {
                    [pairs] => self.pairs(*pairs)?,
                    _ => Node::Dict(Vec::new()),
                }
            }
            (Global::List | Global::Tuple | Global::Set | Global::FrozenSet, []) => {
                self.sequence(global, Vec::new())?
            }
            (Global::List | Global::Tuple | Global::Set | Global::FrozenSet, &[items]) => {
                let items = self.copy_items(items)?;
                self.sequence(global, items)?
            }
            _ => return Err(self.wrong_stack("the arguments of its global", "others")),
        })
    }

    fn sequence(&self, global: Global, items: Vec<NodeId>) -> Result<Node, PickleError> {
        match global {
            Global::List => Ok(Node::List(items)),
            Global::Tuple => Ok(self.tuple(items)),
            _ => self.set(items, global == Global::FrozenSet),
        }
    }

    /// Fills in the array or element type `target` from `state`.
    pub(super) fn build(&mut self, target: NodeId, state: NodeId) -> Result<(), PickleError> {
        if let (true, Node::Dict(_), Node::Dict(_)) =
            (self.torch, self.node(target), self.node(state))
        {
            // Attributes of a dictionary of tensors: the version of the module that wrote it.
            return Ok(());
        }
        if self.class(target).is_some() {
            return Ok(());
        }
        let Node::Tuple { items, .. } = self.node(state) else {
            return Err(self.wrong("a tuple", state));
        };
        // States have at most nine parts; further ones are not copied.
        let items: Vec<NodeId> = items.iter().copied().take(10).collect();
        let is_numpy = matches!(self.node(target), Node::Dtype(_) | Node::Array(_));
        if let (true, Some(class)) = (is_numpy, self.class_among(&items)) {
            self.replace(target, Node::Object(class));
            return Ok(());
        }
        let built = match (self.node(target), items.as_slice()) {
            (Node::Dtype(dtype), [_, order, subtype, names, ..]) => {
                let is_none = |part: NodeId| matches!(self.node(part), Node::None);
                if is_none(*subtype) && is_none(*names) {
                    let mut dtype = *dtype;
                    dtype.set_big_endian(self.text(*order)? == ">");
                    Node::Dtype(dtype)
                } else {
                    let node = self.unsupported_dtype("structured")?;
                    self.unknown += 1;
                    node
                }
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
        available: Option<u64>,
    ) -> Result<Node, PickleError> {
        let available = match (available, self.node(data)) {
            (Some(available), _) => available,
            (None, Node::List(items)) if dtype.kind() == DtypeKind::Object => items.len() as u64,
            (None, node) => match node.blob() {
                Some(blob) if dtype.kind() != DtypeKind::Object => blob.len(),
                _ => return Err(self.wrong("the elements of an array", data)),
            },
        };
        // One tuple may be the shape of many arrays.
        self.charge(size_of_val(shape) as u64)?;
        match ArrayNode::new(shape, dtype, fortran, data, available) {
            Some(array) => Ok(Node::Array(Box::new(array))),
            None => Err(PickleError::ArraySize {
                offset: self.offset,
                shape: shape.to_vec(),
                size: dtype.size(),
                found: available,
            }),
        }
    }

    fn dtype_named(&mut self, name: NodeId) -> Result<Node, PickleError> {
        let text = self.text(name)?;
        match Dtype::parse(text) {
            Some(dtype) => Ok(Node::Dtype(dtype)),
            None => {
                let node = self.unsupported_dtype(text)?;
                self.unknown += 1;
                Ok(node)
            }
        }
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
        let Node::Tuple { items: axes, .. } = self.node(id) else {
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

    /// A short word, such as the name of an element type.
    fn text(&self, id: NodeId) -> Result<&str, PickleError> {
        match self.node(id) {
            Node::Text(text) | Node::ByteText(text) => text.in_memory(),
            _ => None,
        }
        // Long texts are refused, because validating them repeatedly would be costly.
        .filter(|bytes| bytes.len() as u64 <= KEPT)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| self.wrong("a text", id))
    }

    /// Bytes that were written as a Latin-1 text.
    fn encode(&self, text: NodeId, encoding: NodeId) -> Result<Node, PickleError> {
        if !matches!(self.text(encoding)?, "latin1" | "latin-1") {
            return Err(self.wrong("`latin1`", encoding));
        }
        let Node::Text(blob) = self.node(text) else {
            return Err(self.wrong("a text", text));
        };
        self.charge(blob.len())?;
        match blob.latin1(self.input.source()) {
            Ok(Some(bytes)) => Ok(Node::Bytes(bytes)),
            Ok(None) => Err(self.wrong("a Latin-1 text", text)),
            Err(error) => Err(self.input.io(&error)),
        }
    }

    fn copy_bytes(&self, id: NodeId) -> Result<Node, PickleError> {
        let Node::Bytes(blob) = self.node(id) else {
            return Err(self.wrong("bytes", id));
        };
        match blob {
            &Blob::File { offset, len } => Ok(Node::Bytes(Blob::File { offset, len })),
            Blob::Memory(bytes) => {
                self.charge(bytes.len() as u64)?;
                Ok(Node::Bytes(Blob::Memory(bytes.clone())))
            }
        }
    }

    fn copy_items(&self, id: NodeId) -> Result<Vec<NodeId>, PickleError> {
        let items = self.node(id).items();
        let items = items.ok_or_else(|| self.wrong("a list or tuple", id))?;
        self.charge(size_of_val(items) as u64)?;
        Ok(items.to_vec())
    }

    /// A dictionary from a list of pairs, as Python 2 writes an `OrderedDict`.
    fn pairs(&self, id: NodeId) -> Result<Node, PickleError> {
        if let Node::Dict(entries) = self.node(id) {
            self.charge(size_of_val(entries.as_slice()) as u64)?;
            return Ok(Node::Dict(entries.clone()));
        }
        let items = self.copy_items(id)?;
        self.charge(size_of_val(items.as_slice()) as u64)?;
        let entries: Vec<_> = items
            .into_iter()
            .map(|item| match self.node(item).items() {
                Some(&[key, value]) => Ok((key, value)),
                _ => Err(self.wrong("a pair", item)),
            })
            .collect::<Result<_, _>>()?;
        self.check_keys(entries.iter().map(|&(key, _)| key))?;
        Ok(Node::Dict(entries))
    }
}

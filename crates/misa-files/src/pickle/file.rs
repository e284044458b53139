//! A pickle, and the source that holds its long byte strings.

use super::blob::Blob;
use super::machine::{Finished, Machine};
use super::node::{Node, NodeId};
use super::{ConvertError, Limits, PickleError, Value};
use crate::source::Source;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// The values of one pickle. Long byte strings stay in its [`Source`] until they are requested.
#[derive(Debug)]
pub struct Pickle<'a> {
    source: Source<'a>,
    nodes: Vec<Node>,
    root: NodeId,
    has_unknown: bool,
    limit: u64,
    /// Bytes that conversions may still produce.
    budget: Cell<u64>,
    /// Arrays whose elements are not in reading order, each read once.
    held: RefCell<BTreeMap<NodeId, Rc<Vec<u8>>>>,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle that is the whole of `source`, protocols 0 to 5.
    ///
    /// Differs: only values, NumPy arrays and a few containers are built; nothing is executed. Values of
    /// other classes and arrays of other element types are left out, see [`unread`](Self::unread).
    ///
    /// # Errors
    ///
    /// [`PickleError`] when the bytes are not a complete pickle, name what runs code or commands, exceed
    /// `limits` or cannot be read, or when the outermost value is of another class.
    pub fn parse(source: impl Into<Source<'a>>, limits: &Limits) -> Result<Self, PickleError> {
        let source = source.into();
        let finished = Machine::new(&source, limits).run()?;
        Ok(Self::new(source, finished, limits))
    }

    /// Reads a pickle of PyTorch that starts at `offset` of `source`. Returns it with the offset of
    /// its end, which any bytes may follow.
    ///
    /// This allows more than [`parse`](Self::parse), but still executes nothing: references to
    /// values outside the pickle ([`Value::persistent`]), tensors and parameters
    /// ([`Value::call`]), classes of storages ([`Value::global`]), attributes of dictionaries,
    /// which are ignored, and any name as the factory of a `defaultdict`, which is never called. Any
    /// other use of a name outside the list is an error.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse).
    pub fn parse_torch(
        source: impl Into<Source<'a>>,
        offset: u64,
        limits: &Limits,
    ) -> Result<(Self, u64), PickleError> {
        let source = source.into();
        let finished = Machine::torch(&source, offset, limits).run()?;
        let end = finished.end;
        Ok((Self::new(source, finished, limits), end))
    }

    fn new(source: Source<'a>, finished: Finished, limits: &Limits) -> Self {
        Self {
            nodes: finished.nodes,
            root: finished.root,
            has_unknown: finished.has_unknown,
            limit: limits.budget(source.len()),
            budget: Cell::new(finished.budget),
            held: RefCell::default(),
            source,
        }
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        self.value(self.root)
    }

    /// PyTorch's identifiers of values outside the pickle, one per reference.
    pub(crate) fn persistent_ids(&self) -> impl Iterator<Item = Value<'_>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Persistent(id) => Some(self.value(*id)),
            _ => None,
        })
    }

    pub(super) fn root_id(&self) -> NodeId {
        self.root
    }

    /// Number of values.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether something was not built.
    pub(super) fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    pub(super) fn value(&self, id: NodeId) -> Value<'_> {
        Value::new(self, id)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Takes `bytes` from the memory budget of conversions, before they allocate it.
    pub(super) fn charge(&self, bytes: usize) -> Result<(), ConvertError> {
        let remaining = self
            .budget
            .get()
            .checked_sub(bytes as u64)
            .ok_or(ConvertError::Limit { limit: self.limit })?;
        self.budget.set(remaining);
        Ok(())
    }

    /// The bytes of `blob` in `range`.
    pub(super) fn read<'p>(
        &'p self,
        blob: &'p Blob,
        range: Range<usize>,
    ) -> Result<Cow<'p, [u8]>, ConvertError> {
        Ok(blob.bytes(&self.source, range.start as u64..range.end as u64)?)
    }

    /// All bytes of `blob`.
    pub(super) fn read_all<'p>(&'p self, blob: &'p Blob) -> Result<Cow<'p, [u8]>, ConvertError> {
        Ok(blob.all(&self.source)?)
    }

    /// All bytes of `blob`, the content of value `id`, which are kept in memory from now on.
    pub(super) fn hold(&self, id: NodeId, blob: &Blob) -> Result<Rc<Vec<u8>>, ConvertError> {
        if let Some(bytes) = self.held.borrow().get(&id) {
            return Ok(bytes.clone());
        }
        self.charge(blob.memory())?;
        let bytes = Rc::new(self.read_all(blob)?.into_owned());
        self.held.borrow_mut().insert(id, bytes.clone());
        Ok(bytes)
    }
}

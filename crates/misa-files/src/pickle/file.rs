//! A pickle, and the source that holds its long parts.

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

/// The values of one pickle; long byte strings stay in its [`Source`] until they are asked for.
#[derive(Debug)]
pub struct Pickle<'a> {
    source: Source<'a>,
    nodes: Vec<Node>,
    root: NodeId,
    limit: u64,
    /// Bytes that conversions may still produce.
    budget: Cell<u64>,
    /// Arrays whose elements are not in reading order, each read once.
    held: RefCell<BTreeMap<NodeId, Rc<Vec<u8>>>>,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle that is the whole of `source`, protocols 0 to 5.
    ///
    /// Differs: only values, NumPy arrays and a few containers are built; nothing is executed.
    ///
    /// # Errors
    ///
    /// [`PickleError`] when the bytes are no complete pickle, name anything that is not allowed,
    /// exceed `limits` or cannot be read.
    pub fn parse(source: impl Into<Source<'a>>, limits: &Limits) -> Result<Self, PickleError> {
        let source = source.into();
        let finished = Machine::new(&source, limits).run()?;
        Ok(Self::new(source, finished, limits))
    }

    /// Reads a pickle that PyTorch wrote from `offset` of `source` on; what follows it may be
    /// anything. Also says where it ends.
    ///
    /// More is allowed than in [`parse`](Self::parse), and still nothing executed: references to
    /// values outside the pickle ([`Value::persistent`]), tensors and parameters
    /// ([`Value::call`]), classes of storages ([`Value::global`]), attributes of dictionaries,
    /// which are left out, and any name as the factory of a `defaultdict`, which is never called.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
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

    /// What PyTorch calls the values outside the pickle, one for each reference.
    pub(crate) fn persistent_ids(&self) -> impl Iterator<Item = Value<'_>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Persistent(id) => Some(self.value(*id)),
            _ => None,
        })
    }

    pub(super) fn value(&self, id: NodeId) -> Value<'_> {
        Value::new(self, id)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Takes `bytes` of the memory that conversions may use, before they use it.
    pub(super) fn charge(&self, bytes: usize) -> Result<(), ConvertError> {
        let left = self.budget.get().checked_sub(bytes as u64);
        self.budget
            .set(left.ok_or(ConvertError::Limit { limit: self.limit })?);
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

    /// All bytes of `blob`, the content of value `id`, kept from now on.
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

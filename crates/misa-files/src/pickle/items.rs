//! The items of a container.

use super::node::NodeId;
use super::{Pickle, Value};

/// The items of a list, tuple, set or array of objects.
#[derive(Clone, Copy, Debug)]
pub struct Items<'p> {
    pickle: &'p Pickle<'p>,
    ids: &'p [NodeId],
}

impl<'p> Items<'p> {
    pub(super) fn new(pickle: &'p Pickle<'p>, ids: &'p [NodeId]) -> Self {
        Self { pickle, ids }
    }

    /// Number of items.
    pub fn len(self) -> usize {
        self.ids.len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.ids.is_empty()
    }

    /// One item.
    pub fn get(self, index: usize) -> Option<Value<'p>> {
        self.ids.get(index).map(|&id| self.pickle.value(id))
    }

    /// The items in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Value<'p>> {
        self.ids.iter().map(move |&id| self.pickle.value(id))
    }
}

//! The finished values of a pickle.

use super::array::Array;
use super::machine::Machine;
use super::node::{Node, NodeId};
use super::{ConvertError, Limits, PickleError};
use crate::dtype::{Number, byte_text};
use std::cell::Cell;

/// The values of one pickle file; they borrow its bytes.
#[derive(Debug)]
pub struct Pickle<'a> {
    nodes: Vec<Node<'a>>,
    root: NodeId,
    limit: u64,
    /// Bytes that conversions may still produce.
    budget: Cell<u64>,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle in `bytes`, protocols 0 to 5.
    ///
    /// Differs: only values, NumPy arrays and a few containers are built; nothing is executed.
    ///
    /// # Errors
    ///
    /// [`PickleError`] when the bytes are no complete pickle, name anything that is not allowed,
    /// or exceed `limits`.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, PickleError> {
        let finished = Machine::new(bytes, limits).run()?;
        Ok(Self {
            nodes: finished.nodes,
            root: finished.root,
            limit: limits.budget(bytes.len()),
            budget: Cell::new(finished.budget),
        })
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        self.value(self.root)
    }

    fn value(&self, id: NodeId) -> Value<'_> {
        Value { pickle: self, id }
    }

    /// Takes `bytes` of the memory that conversions may use, before they use it.
    pub(super) fn charge(&self, bytes: usize) -> Result<(), ConvertError> {
        let left = self.budget.get().checked_sub(bytes as u64);
        self.budget
            .set(left.ok_or(ConvertError::Limit { limit: self.limit })?);
        Ok(())
    }
}

/// A view of one value.
///
/// Converting accessors (`to_…`) produce owned values and share one memory budget per file; the
/// others borrow.
#[derive(Clone, Copy, Debug)]
pub struct Value<'p> {
    pickle: &'p Pickle<'p>,
    id: NodeId,
}

impl<'p> Value<'p> {
    fn node(self) -> &'p Node<'p> {
        &self.pickle.nodes[self.id as usize]
    }

    /// The kind of value in one word, such as `list` or `array`.
    pub fn kind(self) -> &'static str {
        self.node().kind()
    }

    /// The kind and size of the value, for messages.
    pub fn describe(self) -> String {
        match self.node() {
            Node::List(items) | Node::Tuple(items) | Node::Set(items) => {
                format!("{} of {}", self.kind(), items.len())
            }
            Node::Dict(entries) => format!("dict of {}", entries.len()),
            Node::Array(array) => array.to_string(),
            _ => self.kind().to_owned(),
        }
    }

    /// Whether this is Python's `None`.
    pub fn is_none(self) -> bool {
        matches!(self.node(), Node::None)
    }

    /// The items of a list or tuple, or of an array of objects.
    pub fn items(self) -> Option<Items<'p>> {
        let ids = match self.node() {
            Node::List(ids) | Node::Tuple(ids) | Node::Set(ids) => ids,
            Node::Array(array) => match self.pickle.nodes.get(array.objects()? as usize)? {
                Node::List(ids) => ids,
                _ => return None,
            },
            _ => return None,
        };
        Some(Items {
            pickle: self.pickle,
            ids,
        })
    }

    /// The entries of a dictionary, in file order.
    pub fn entries(self) -> Option<impl ExactSizeIterator<Item = (Value<'p>, Value<'p>)>> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        let pickle = self.pickle;
        Some(
            entries
                .iter()
                .map(move |&(key, value)| (pickle.value(key), pickle.value(value))),
        )
    }

    /// The value that a dictionary holds under a text key; the last one, as in Python.
    pub fn get(self, key: &str) -> Option<Value<'p>> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        let is_key = |id: NodeId| self.pickle.value(id).is_text(key);
        let found = entries.iter().rev().find(|&&(id, _)| is_key(id))?;
        Some(self.pickle.value(found.1))
    }

    fn is_text(self, text: &str) -> bool {
        match self.node() {
            Node::Text(found) => found == text,
            Node::ByteText(found) => found.as_ref() == text.as_bytes(),
            _ => false,
        }
    }

    /// The array, when it is one. NumPy scalars are arrays of rank 0.
    pub fn array(self) -> Option<Array<'p>> {
        let Node::Array(array) = self.node() else {
            return None;
        };
        let bytes = match self.pickle.nodes.get(array.data() as usize)? {
            Node::List(_) => &[],
            node => node.as_bytes()?,
        };
        Some(Array::new(self.pickle, array, bytes))
    }

    fn number(self) -> Option<Number> {
        match self.node() {
            Node::Bool(value) => Some(Number::Int(i128::from(*value))),
            Node::Int(value) => Some(Number::Int(i128::from(*value))),
            Node::Huge(value) | Node::Float(value) => Some(Number::Float(*value)),
            Node::Array(_) => self.array()?.single(),
            _ => None,
        }
    }

    /// The number, when this is one or an array of a single one.
    pub fn as_float(self) -> Option<f64> {
        self.number().map(Number::as_f64)
    }

    /// The whole number, when this is one or an array of a single one.
    pub fn as_int(self) -> Option<i64> {
        self.number().and_then(Number::as_i64)
    }

    /// The raw bytes of a byte string.
    pub fn as_bytes(self) -> Option<&'p [u8]> {
        self.node().as_bytes()
    }

    /// The text, when this is one; a Python 2 string is read as UTF-8, else as Latin-1.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when this is no text, or too much was converted already.
    pub fn to_text(self) -> Result<String, ConvertError> {
        let text = match self.node() {
            Node::Text(text) => {
                self.pickle.charge(text_cost(text.len()))?;
                return Ok(text.clone().into_owned());
            }
            Node::ByteText(bytes) | Node::Bytes(bytes) => {
                self.pickle.charge(text_cost(bytes.len()))?;
                Some(byte_text(bytes))
            }
            Node::Array(array) if array.is_single() => match self.array() {
                Some(array) => array.to_texts()?.pop(),
                None => None,
            },
            _ => None,
        };
        text.ok_or_else(|| self.is_not("a text"))
    }

    /// The texts of a list or array.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is anything else, or too much was converted already.
    pub fn to_texts(self) -> Result<Vec<String>, ConvertError> {
        if let Some(items) = self.items() {
            return items.iter().map(Value::to_text).collect();
        }
        match self.array() {
            Some(array) => array.to_texts(),
            None => Err(self.is_not("texts")),
        }
    }

    /// The numbers of a list or array, row by row, or the one number this is.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is anything else, or too much was converted already.
    pub fn to_floats(self) -> Result<Vec<f32>, ConvertError> {
        if let Some(items) = self.items() {
            self.pickle.charge(4 * items.len())?;
            let float = |item: Value<'p>| item.as_float().map(|value| value as f32);
            let values: Option<Vec<f32>> = items.iter().map(float).collect();
            return values.ok_or_else(|| self.is_not("numbers"));
        }
        match (self.array(), self.as_float()) {
            (Some(array), _) => array.to_floats(0..array.len()),
            (None, Some(value)) => Ok(vec![value as f32]),
            (None, None) => Err(self.is_not("numbers")),
        }
    }

    /// The whole numbers of a list or array, row by row, or the one number this is.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is anything else, or too much was converted already.
    pub fn to_ints(self) -> Result<Vec<i64>, ConvertError> {
        let values: Option<Vec<i64>> = if let Some(items) = self.items() {
            self.pickle.charge(8 * items.len())?;
            items.iter().map(Value::as_int).collect()
        } else if let Some(array) = self.array() {
            array.to_ints()?
        } else {
            self.as_int().map(|value| vec![value])
        };
        values.ok_or_else(|| self.is_not("whole numbers"))
    }

    fn is_not(self, expected: &'static str) -> ConvertError {
        ConvertError::Kind {
            expected,
            found: self.describe(),
        }
    }
}

/// Memory that an owned text of `length` bytes is charged.
pub(super) fn text_cost(length: usize) -> usize {
    length + size_of::<usize>()
}

/// The items of a list, tuple, set or array of objects.
#[derive(Clone, Copy, Debug)]
pub struct Items<'p> {
    pickle: &'p Pickle<'p>,
    ids: &'p [NodeId],
}

impl<'p> Items<'p> {
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

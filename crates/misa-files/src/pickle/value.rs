//! Views of the values in a pickle.

use super::array::Array;
use super::global::Global;
use super::node::{Node, NodeId};
use super::{ConvertError, Items, Pickle};
use crate::dtype::{Number, byte_text};
use std::borrow::Cow;

/// A view of one value.
///
/// Conversions (`to_…`) return owned values, may read the file, and share one memory budget per file;
/// the other accessors borrow.
#[derive(Clone, Copy, Debug)]
pub struct Value<'p> {
    pickle: &'p Pickle<'p>,
    id: NodeId,
}

impl<'p> Value<'p> {
    pub(super) fn new(pickle: &'p Pickle<'p>, id: NodeId) -> Self {
        Self { pickle, id }
    }

    fn node(self) -> &'p Node {
        self.pickle.node(self.id)
    }

    /// The kind of value in one word, such as `list` or `array`.
    pub fn kind(self) -> &'static str {
        self.node().kind()
    }

    /// The kind and size of the value, for messages.
    pub fn describe(self) -> String {
        match self.node() {
            Node::Dict(entries) => format!("dict of {}{}", entries.len(), self.keys()),
            Node::Array(array) => array.to_string(),
            Node::Unknown(unknown) => unknown.describe(),
            Node::Object(class) => match self.pickle.node(*class) {
                Node::Unknown(unknown) => unknown.describe_object(),
                node => node.kind().to_string(),
            },
            node => match node.items() {
                Some(items) => format!("{} of {}", node.kind(), items.len()),
                None => node.kind().to_string(),
            },
        }
    }

    /// The first keys of a dictionary, for messages: ` ("train", "val")`, or nothing.
    fn keys(self) -> String {
        const SHOWN: usize = 8;
        let Some(entries) = self.entries() else {
            return String::new();
        };
        let more = entries.len().saturating_sub(SHOWN);
        let texts = entries.take(SHOWN).map(|(key, _)| match key.as_int() {
            Some(number) => Some(number.to_string()),
            None => key.short_text().map(|text| format!("{text:?}")),
        });
        let texts: Option<Vec<String>> = texts.collect();
        match texts {
            Some(texts) if texts.is_empty() => String::new(),
            Some(texts) if more > 0 => format!(" ({} and {more} more)", texts.join(", ")),
            Some(texts) => format!(" ({})", texts.join(", ")),
            None => String::new(),
        }
    }

    /// The text, if this is one of at most 64 bytes, as keys are. It costs nothing of the memory
    /// budget.
    pub fn short_text(self) -> Option<String> {
        const LONGEST: u64 = 64;
        match self.node() {
            Node::Text(blob) | Node::ByteText(blob) if blob.len() <= LONGEST => {
                let bytes = self.pickle.read_all(blob).ok()?;
                Some(byte_text(&bytes))
            }
            _ => None,
        }
    }

    /// Whether this is a value of another class, or a class, which is not read: it has no content here.
    pub fn is_unread(self) -> bool {
        matches!(self.node(), Node::Unknown(_) | Node::Object(_))
    }

    /// Whether this is Python's `None`.
    pub fn is_none(self) -> bool {
        matches!(self.node(), Node::None)
    }

    /// The items of a list, tuple or set, or of an array of objects.
    pub fn items(self) -> Option<Items<'p>> {
        let Node::Array(array) = self.node() else {
            return Some(Items::new(self.pickle, self.node().items()?));
        };
        let objects = self.pickle.node(array.objects()?).items()?;
        // The list may have grown since it became an array.
        (objects.len() == array.len()).then(|| Items::new(self.pickle, objects))
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

    /// The value of a text key in a dictionary; if the key is repeated, the last one, as in Python.
    pub fn get(self, key: &str) -> Option<Value<'p>> {
        let Node::Dict(entries) = self.node() else {
            return None;
        };
        let is_key = |id: NodeId| self.pickle.value(id).is_text(key);
        let (_, value) = entries.iter().rev().find(|&&(id, _)| is_key(id))?;
        Some(self.pickle.value(*value))
    }

    fn is_text(self, text: &str) -> bool {
        match self.node() {
            Node::Text(blob) | Node::ByteText(blob) => {
                blob.len() == text.len() as u64
                    && self
                        .pickle
                        .read_all(blob)
                        .is_ok_and(|bytes| *bytes == *text.as_bytes())
            }
            _ => false,
        }
    }

    /// The array, if this is one. NumPy scalars are arrays of rank 0.
    pub fn array(self) -> Option<Array<'p>> {
        let Node::Array(array) = self.node() else {
            return None;
        };
        let blob = match self.pickle.node(array.data()) {
            Node::List(_) => None,
            node => Some(node.blob()?),
        };
        Some(Array::new(self.pickle, array, blob))
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

    /// The number, if this is one or an array with a single one.
    pub fn as_float(self) -> Option<f64> {
        self.number().map(Number::as_f64)
    }

    /// The whole number, if this is one or an array with a single one.
    pub fn as_int(self) -> Option<i64> {
        self.number().and_then(Number::as_i64)
    }

    /// The function or class, if this is one.
    pub fn global(self) -> Option<Global> {
        match self.node() {
            Node::Global(global) => Some(*global),
            _ => None,
        }
    }

    /// PyTorch's identifier of a value outside the pickle, usually a tuple.
    pub fn persistent(self) -> Option<Value<'p>> {
        match self.node() {
            Node::Persistent(id) => Some(self.pickle.value(*id)),
            _ => None,
        }
    }

    /// The function that PyTorch would call to make this value, [`Global::Tensor`] or
    /// [`Global::Parameter`], and its arguments.
    pub fn call(self) -> Option<(Global, Items<'p>)> {
        let Node::Call(global, arguments) = self.node() else {
            return None;
        };
        Some((*global, self.pickle.value(*arguments).items()?))
    }

    /// The raw bytes of a byte string, borrowed if they are in memory.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when this is not a byte string, the memory budget is used up, or the file
    /// cannot be read.
    pub fn to_bytes(self) -> Result<Cow<'p, [u8]>, ConvertError> {
        let blob = self.node().blob().ok_or_else(|| self.is_not("bytes"))?;
        self.pickle.charge(blob.memory())?;
        self.pickle.read_all(blob)
    }

    /// The text, if this is one. A byte string is read as UTF-8 if it is valid, otherwise as Latin-1.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when this is not a text, the memory budget is used up, or the file cannot be
    /// read.
    pub fn to_text(self) -> Result<String, ConvertError> {
        match self.node() {
            Node::Text(blob) | Node::ByteText(blob) | Node::Bytes(blob) => {
                self.pickle.charge(text_cost(blob.memory()))?;
                Ok(byte_text(&self.pickle.read_all(blob)?))
            }
            Node::Array(array) if array.is_single() => {
                let texts = self.array().map(Array::to_texts).transpose()?;
                let text = texts.and_then(|mut texts| texts.pop());
                text.ok_or_else(|| self.is_not("a text"))
            }
            _ => Err(self.is_not("a text")),
        }
    }

    /// The texts of a list or array.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is any other value, or the memory budget is used up.
    pub fn to_texts(self) -> Result<Vec<String>, ConvertError> {
        if let Some(items) = self.items() {
            return items.iter().map(Value::to_text).collect();
        }
        match self.array() {
            Some(array) => array.to_texts(),
            None => Err(self.is_not("texts")),
        }
    }

    /// The numbers of a list or array, row by row, or a single number.
    ///
    /// Values are rounded to single precision.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is any other value, or the memory budget is used up.
    pub fn to_floats(self) -> Result<Vec<f32>, ConvertError> {
        if let Some(items) = self.items() {
            self.pickle.charge(4 * items.len())?;
            let float = |item: Value<'p>| item.as_float().map(|value| value as f32);
            return self.convert_items(items, float, "numbers");
        }
        match (self.array(), self.as_float()) {
            (Some(array), _) => array.to_floats(0..array.len()),
            (None, Some(value)) => Ok(vec![value as f32]),
            (None, None) => Err(self.is_not("numbers")),
        }
    }

    /// The numbers of a list or array, row by row, or a single number, in double precision.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats).
    pub fn to_doubles(self) -> Result<Vec<f64>, ConvertError> {
        if let Some(items) = self.items() {
            self.pickle.charge(8 * items.len())?;
            return self.convert_items(items, Value::as_float, "numbers");
        }
        match (self.array(), self.as_float()) {
            (Some(array), _) => array.to_doubles(),
            (None, Some(value)) => Ok(vec![value]),
            (None, None) => Err(self.is_not("numbers")),
        }
    }

    /// The whole numbers of a list or array, row by row, or a single whole number.
    ///
    /// # Errors
    ///
    /// [`ConvertError`] when there is any other value, or the memory budget is used up.
    pub fn to_ints(self) -> Result<Vec<i64>, ConvertError> {
        if let Some(items) = self.items() {
            self.pickle.charge(8 * items.len())?;
            return self.convert_items(items, Value::as_int, "whole numbers");
        }
        match (self.array(), self.as_int()) {
            (Some(array), _) => array.to_ints(),
            (None, Some(value)) => Ok(vec![value]),
            (None, None) => Err(self.is_not("whole numbers")),
        }
    }

    /// Converts every item; the error names the first one that cannot be.
    fn convert_items<T>(
        self,
        items: Items<'p>,
        convert: impl Fn(Value<'p>) -> Option<T>,
        expected: &'static str,
    ) -> Result<Vec<T>, ConvertError> {
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            values.push(convert(item).ok_or_else(|| ConvertError::Kind {
                expected,
                found: format!(
                    "{}, of which item {index} is {}",
                    self.describe(),
                    item.describe()
                ),
            })?);
        }
        Ok(values)
    }

    fn is_not(self, expected: &'static str) -> ConvertError {
        ConvertError::Kind {
            expected,
            found: self.describe(),
        }
    }
}

/// Memory that is charged for an owned text of `length` bytes.
pub(super) fn text_cost(length: usize) -> usize {
    length.saturating_add(size_of::<usize>())
}

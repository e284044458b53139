//! Values that a pickle describes and this reader does not build.
//!
//! A class outside the list stays a name. Whatever the pickle makes of it is an object without
//! content: its arguments, state and items are dropped. Such a value is an error where a value is
//! wanted, and is counted where nobody reads it.

use super::machine::Machine;
use super::node::{Node, NodeId};
use super::{Pickle, PickleError};
use std::collections::HashMap;

/// A class, function or element type that is not supported.
#[derive(Debug)]
pub(super) struct Unknown {
    /// Offset of the opcode.
    pub offset: u64,
    /// Module and name, joined by a dot; of an element type what NumPy calls it.
    pub name: String,
    pub is_dtype: bool,
}

/// Values of one class that are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The class, such as `collections.Counter`, or `numpy array of M8`.
    pub class: String,
    /// The number of values.
    pub count: usize,
}

/// Most classes that are counted separately; further ones are counted together.
const CLASSES: usize = 16;

/// How values are saved so that they can be read.
const ADVICE: &str =
    "not read: save it as a NumPy array of numbers, a list, a dict, a text or a number";

/// Functions whose first argument is the class of what they make.
const MAKERS: [&str; 9] = [
    "copyreg._reconstructor",
    "copy_reg._reconstructor",
    "copyreg.__newobj__",
    "copy_reg.__newobj__",
    "copyreg.__newobj_ex__",
    "copy_reg.__newobj_ex__",
    "builtins.getattr",
    "__builtin__.getattr",
    "numpy.ma.core._mareconstruct",
];

impl Unknown {
    /// The class of the values that are made by it.
    fn class(&self) -> String {
        if self.is_dtype {
            format!("numpy array of {}", self.name)
        } else {
            self.name.clone()
        }
    }

    /// A value that is made by it, for messages.
    pub fn describe_object(&self) -> String {
        if self.is_dtype {
            format!("array of element type {} ({ADVICE})", self.name)
        } else {
            format!("object of class `{}` ({ADVICE})", self.name)
        }
    }

    /// The class or element type itself, for messages.
    pub fn describe(&self) -> String {
        if self.is_dtype {
            format!("element type {}", self.name)
        } else {
            format!("name `{}`", self.name)
        }
    }

    /// The error where it may not even be named.
    pub fn refused(&self) -> PickleError {
        PickleError::GlobalNotAllowed {
            offset: self.offset,
            name: self.name.clone(),
        }
    }
}

impl Machine<'_> {
    /// The class of a value that is not built; of a class itself, this class. PyTorch's pickles have
    /// no such values.
    pub(super) fn class(&self, id: NodeId) -> Option<NodeId> {
        match self.node(id) {
            _ if self.torch => None,
            Node::Unknown(_) => Some(id),
            Node::Object(class) => Some(*class),
            _ => None,
        }
    }

    /// The class of the first of these values that is not built.
    pub(super) fn class_among(&self, ids: &[NodeId]) -> Option<NodeId> {
        ids.iter().find_map(|&id| self.class(id))
    }

    /// The result of calling a function of `class` with `arguments`.
    pub(super) fn object(&self, class: NodeId, arguments: NodeId) -> Result<Node, PickleError> {
        let Node::Tuple { items, .. } = self.node(arguments) else {
            return Err(self.wrong("a tuple", arguments));
        };
        let is_maker = match self.node(class) {
            Node::Unknown(unknown) => MAKERS.contains(&unknown.name.as_str()),
            _ => false,
        };
        let first = items.first().filter(|_| is_maker);
        let of_first = first.and_then(|&first| self.class(first));
        Ok(Node::Object(of_first.unwrap_or(class)))
    }

    /// Pushes the object that the opcode makes of a class, instead of calling a function.
    pub(super) fn instance(&mut self) -> Result<(), PickleError> {
        let class = match self.opcode {
            // Without a mark, this is a text that starts with the letter.
            b'i' if !self.marks.is_empty() => {
                self.pop_mark()?;
                self.global()?;
                self.pop()?
            }
            b'o' => {
                let parts = self.pop_mark()?;
                *parts.first().ok_or_else(|| self.refused())?
            }
            0x81 => {
                self.pop()?;
                self.pop()?
            }
            0x92 => {
                self.pop_many(2)?;
                self.pop()?
            }
            _ => return Err(self.refused()),
        };
        match self.node(class) {
            Node::Unknown(_) => self.push(Node::Object(class)),
            // The names of the list are called as functions by every writer.
            _ => Err(self.refused()),
        }
    }

    /// An element type that is not supported, as a value.
    pub(super) fn unsupported_dtype(&self, name: &str) -> Result<Node, PickleError> {
        let error = self.unsupported(name);
        match error {
            PickleError::Dtype { offset, found } if !self.torch => {
                self.unknown_node(offset, found, true)
            }
            error => Err(error),
        }
    }

    pub(super) fn unknown_node(
        &self,
        offset: u64,
        name: String,
        is_dtype: bool,
    ) -> Result<Node, PickleError> {
        self.charge((size_of::<Unknown>() + name.len()) as u64)?;
        Ok(Node::Unknown(Box::new(Unknown {
            offset,
            name,
            is_dtype,
        })))
    }

    /// Fails if the outermost value is not built: then there is nothing to read.
    pub(super) fn check_root(&self, root: NodeId) -> Result<(), PickleError> {
        let (class, is_object) = match self.node(root) {
            Node::Object(class) => (self.node(*class), true),
            node => (node, false),
        };
        let Node::Unknown(unknown) = class else {
            return Ok(());
        };
        let (offset, name) = (unknown.offset, unknown.name.clone());
        Err(match (unknown.is_dtype, is_object) {
            (true, _) => PickleError::Dtype {
                offset,
                found: name,
            },
            (false, true) => PickleError::Object {
                offset,
                class: name,
            },
            (false, false) => unknown.refused(),
        })
    }
}

impl Pickle<'_> {
    /// How many values inside the outermost one are not read, by class, in the order of their first
    /// occurrence. After 16 classes, the rest is counted as `other classes`. The content of such a
    /// value is not counted.
    pub fn unread(&self) -> Vec<Unread> {
        let mut found: Vec<Unread> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for unknown in self.unknowns() {
            let next = found.len().min(CLASSES);
            let place = *places.entry(&unknown.name).or_insert(next);
            if place == found.len() {
                let class = if place == CLASSES {
                    "other classes".to_string()
                } else {
                    unknown.class()
                };
                found.push(Unread { class, count: 0 });
            }
            found[place].count += 1;
        }
        found
    }

    /// The class of every value inside the outermost one that is not read.
    fn unknowns(&self) -> Vec<&Unknown> {
        let mut unknowns = Vec::new();
        if !self.has_unknown() {
            return unknowns;
        }
        let mut seen = vec![false; self.len()];
        // Reversed, because the last one is visited next.
        let mut next = vec![self.root_id()];
        let mut inside = Vec::new();
        while let Some(id) = next.pop() {
            if std::mem::replace(&mut seen[id as usize], true) {
                continue;
            }
            inside.clear();
            match self.node(id) {
                Node::Unknown(unknown) => unknowns.push(unknown.as_ref()),
                Node::Object(class) => {
                    if let Node::Unknown(unknown) = self.node(*class) {
                        unknowns.push(unknown.as_ref());
                    }
                }
                Node::Dict(entries) => {
                    inside.extend(entries.iter().flat_map(|&(key, value)| [key, value]));
                }
                Node::Array(array) => inside.push(array.data()),
                node => inside.extend(node.items().unwrap_or_default()),
            }
            let unseen = inside.iter().rev().filter(|&&id| !seen[id as usize]);
            next.extend(unseen);
        }
        unknowns
    }
}

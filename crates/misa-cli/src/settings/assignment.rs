//! A value that a layer gave to a key.

use super::tree::is_inside;
use serde_json::Value;

/// A value that a layer gave to a key.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    /// The key with its tables.
    pub key: String,
    pub value: Value,
    /// File and line, or the option of the command line.
    pub origin: String,
}

impl Assignment {
    /// Whether it gives a value to `key`, to a table that `key` is in, or to a part of it.
    pub fn concerns(&self, key: &str) -> bool {
        self.key == key || is_inside(key, &self.key) || self.is_inside(key)
    }

    /// Whether it gives a value to a part of the table at `key`.
    pub fn is_inside(&self, key: &str) -> bool {
        is_inside(&self.key, key)
    }
}

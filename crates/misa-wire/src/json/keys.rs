//! Keys of objects.

use super::reader::{Part, Reader};
use crate::error::{Fault, one_of, quoted};
use serde::de::MapAccess;

/// Which of an object's keys were there.
#[derive(Debug)]
pub(super) struct Keys<'n> {
    names: &'n [&'static str],
    seen: Vec<&'static str>,
}

impl<'n> Keys<'n> {
    pub fn new(names: &'n [&'static str]) -> Self {
        Self {
            names,
            seen: Vec::new(),
        }
    }

    /// The next key, if there is another. Unknown keys and those that were there before are refused.
    pub fn next<'de, A: MapAccess<'de>>(
        &mut self,
        object: &mut A,
        reader: &Reader<'_>,
    ) -> Result<Option<&'static str>, A::Error> {
        let part = Key { names: self.names };
        let Some(key) = reader.key(object, part)? else {
            return Ok(None);
        };
        if self.seen.contains(&key) {
            return Err(reader.refuse_key(key, Fault::invalid("one value", "a second one")));
        }
        self.seen.push(key);
        Ok(Some(key))
    }
}

/// One of the keys of an object.
struct Key<'n> {
    names: &'n [&'static str],
}

impl<'de> Part<'de> for Key<'_> {
    type Output = &'static str;

    fn expected(&self) -> String {
        format!("the key {}", one_of(self.names))
    }

    fn text(self, text: &str, _: &Reader<'_>) -> Result<&'static str, Fault> {
        let known = self.names.iter().find(|name| **name == text).copied();
        known.ok_or_else(|| self.wrong(quoted(text)))
    }
}

/// A key that is not known before.
pub(super) struct AnyKey;

impl<'de> Part<'de> for AnyKey {
    type Output = String;

    fn expected(&self) -> String {
        "a key".to_string()
    }

    fn text(self, text: &str, _: &Reader<'_>) -> Result<String, Fault> {
        Ok(text.to_string())
    }
}

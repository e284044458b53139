//! Values of a table by their keys, and nothing beyond them.

use crate::error::quoted;
use crate::{Fault, FaultKind, Place};
use std::borrow::Cow;
use toml::{Table, Value};

/// A table, and where it is in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'t> {
    table: &'t Table,
    place: &'t str,
}

impl<'t> Keys<'t> {
    /// The table at `place`, an empty text for the file itself, with no keys but `known`.
    pub fn new(table: &'t Table, place: &'t str, known: &[&str]) -> Result<Self, Fault> {
        let keys = Self { table, place };
        match table.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(keys),
            Some(key) => {
                let expected = format!("one of the keys {}", known.join(", "));
                Err(Fault::new(
                    FaultKind::Invalid,
                    keys.place(),
                    expected,
                    quoted(key),
                ))
            }
        }
    }

    fn place(&self) -> Place {
        match self.place {
            "" => Place::File,
            place => Place::Part(place.to_string()),
        }
    }

    fn place_of(&self, key: &str) -> Place {
        Place::Part(match self.place {
            "" => key.to_string(),
            place => format!("{place}.{key}"),
        })
    }

    /// A value that must be there.
    pub fn needed<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Self, &'static str) -> Result<Option<T>, Fault>,
    ) -> Result<T, Fault> {
        read(self, key)?.ok_or_else(|| {
            let expected = format!("a key `{key}`");
            Fault::new(FaultKind::Invalid, self.place(), expected, "none")
        })
    }

    /// A text that is not empty.
    pub fn text(&self, key: &'static str) -> Result<Option<String>, Fault> {
        self.value(key, "a text that is not empty", |value| {
            let text = value.as_str().filter(|text| !text.trim().is_empty())?;
            Some(text.to_string())
        })
    }

    /// One of the words of `choices`, with what it stands for.
    pub fn choice<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Fault> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.value(key, format!("one of {}", words.join(", ")), |value| {
            let is_it = |(word, _): &&(&str, T)| value.as_str() == Some(*word);
            choices.iter().find(is_it).map(|(_, choice)| *choice)
        })
    }

    /// A finite number.
    pub fn number(&self, key: &'static str) -> Result<Option<f64>, Fault> {
        self.value(key, "a number", number)
    }

    /// A number above 0.
    pub fn positive(&self, key: &'static str) -> Result<Option<f64>, Fault> {
        self.value(key, "a number above 0", |value| {
            number(value).filter(|&number| number > 0.0)
        })
    }

    /// A whole number from 1.
    pub fn count(&self, key: &'static str) -> Result<Option<u32>, Fault> {
        self.value(key, "a whole number from 1", |value| {
            let count = u32::try_from(value.as_integer()?).ok()?;
            Some(count).filter(|&count| count > 0)
        })
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> Result<Option<bool>, Fault> {
        self.value(key, "true or false", Value::as_bool)
    }

    /// A list of texts.
    pub fn texts(&self, key: &'static str) -> Result<Option<Vec<String>>, Fault> {
        self.value(key, "a list of texts", |value| {
            let texts = value.as_array()?.iter();
            texts
                .map(|text| text.as_str().map(str::to_string))
                .collect()
        })
    }

    /// A list of tables.
    pub fn tables(&self, key: &'static str) -> Result<Option<Vec<&'t Table>>, Fault> {
        self.value(key, "a list of tables `[[columns]]`", |value| {
            value.as_array()?.iter().map(Value::as_table).collect()
        })
    }

    fn value<T>(
        &self,
        key: &'static str,
        expected: impl Into<Cow<'static, str>>,
        read: impl FnOnce(&'t Value) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        let wrong = || {
            Fault::new(
                FaultKind::Invalid,
                self.place_of(key),
                expected,
                shown(value),
            )
        };
        read(value).map(Some).ok_or_else(wrong)
    }
}

fn number(value: &Value) -> Option<f64> {
    let whole = || value.as_integer().map(|number| number as f64);
    value
        .as_float()
        .or_else(whole)
        .filter(|number| number.is_finite())
}

/// A value in messages.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Datetime(_) => "a date".to_string(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Table(_) => "a table".to_string(),
    }
}

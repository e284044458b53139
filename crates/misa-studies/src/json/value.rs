//! A value of an attribute or of a parameter.

use super::writer;
use std::fmt::{Display, Formatter, Result};

/// A value in JSON, with numbers that Python's JSON also has: NaN and infinities.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, Python's `None`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction and exponent, of 64 bits.
    Integer(i64),
    /// Any other number; integers of more than 64 bits are read as the nearest one.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Keys and values in their order; of a repeated key the last counts.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .rev()
                .find_map(|(name, value)| (name == key).then_some(value)),
            _ => None,
        }
    }

    /// The number, if this is one, as the nearest of 64 bits.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Integer(number) => Some(number as f64),
            Self::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The integer, if this is one.
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// Whether Python calls the two equal choices: a number equals another of the same value, and NaN itself.
    pub(crate) fn is_choice(&self, other: &Json) -> bool {
        match (self.as_f64(), other.as_f64()) {
            (Some(one), Some(two)) => one == two || (one.is_nan() && two.is_nan()),
            _ => self == other,
        }
    }
}

/// Without spaces.
impl Display for Json {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&writer::compact(self))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_repeated_keys_counts() {
        let object = Json::Object(vec![
            ("a".to_string(), 1.into()),
            ("a".to_string(), 2.into()),
        ]);
        assert_eq!(object.get("a"), Some(&Json::Integer(2)));
        assert_eq!(object.get("b"), None);
    }

    #[test]
    fn numbers_are_the_same_choice_by_value() {
        assert!(Json::Integer(1).is_choice(&Json::Float(1.0)));
        assert!(Json::Float(f64::NAN).is_choice(&Json::Float(f64::NAN)));
        assert!(!Json::Integer(1).is_choice(&Json::from("1")));
        assert!(Json::Null.is_choice(&Json::Null));
    }
}

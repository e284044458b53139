//! Values that are no list and no object.

use crate::Fault;
use crate::error::quoted;
use crate::words::json::reader::Reader;
use std::borrow::Cow;

/// A value that is no list and no object, or what else is there.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::words::json) enum Scalar {
    Null,
    Truth(bool),
    /// NaN or infinity.
    NoNumber,
    Number(f64),
    Text(String),
    List,
    Object,
}

impl Scalar {
    pub(super) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Null => "null".into(),
            Self::Truth(truth) => truth.to_string().into(),
            Self::NoNumber => "NaN".into(),
            Self::Number(number) => number.to_string().into(),
            Self::Text(text) => quoted(text).into(),
            Self::List => "a list".into(),
            Self::Object => "an object".into(),
        }
    }
}

impl<'a> Reader<'a> {
    /// Whether the next value is null, which is passed over.
    pub(in crate::words::json) fn is_null(&mut self) -> bool {
        let is_null = self.peek() == Some(b'n') && self.bytes[self.next..].starts_with(b"null");
        if is_null {
            self.next += "null".len();
        }
        is_null
    }

    /// The next value, or what it is if it is a list or an object.
    pub(in crate::words::json) fn scalar(&mut self) -> Result<Scalar, Fault> {
        match self.peek() {
            Some(b'{') => self.skip().map(|()| Scalar::Object),
            Some(b'[') => self.skip().map(|()| Scalar::List),
            Some(b'"') => {
                let bytes = self.string()?;
                Ok(Scalar::Text(self.decode(bytes)))
            }
            _ => self.word(),
        }
    }

    /// A number, or a value that is written as a word.
    fn word(&mut self) -> Result<Scalar, Fault> {
        let rest = &self.bytes[self.next..];
        let is_part =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let word = &rest[..rest.iter().take_while(is_part).count()];
        let value = match word {
            b"null" => Scalar::Null,
            b"true" => Scalar::Truth(true),
            b"false" => Scalar::Truth(false),
            b"NaN" | b"nan" | b"-nan" | b"Infinity" | b"-Infinity" | b"inf" | b"-inf" => {
                Scalar::NoNumber
            }
            [b'-', b'0'..=b'9', ..] | [b'0'..=b'9', ..] => {
                let text = std::str::from_utf8(word).unwrap_or_default();
                match text.parse() {
                    Ok(number) => Scalar::Number(number),
                    Err(_) => return Err(self.malformed("a number")),
                }
            }
            _ => return Err(self.malformed("a value")),
        };
        self.next += word.len();
        Ok(value)
    }

    /// A number; `None` if it is null, NaN or infinite.
    pub(in crate::words::json) fn number(
        &mut self,
        expected: &'static str,
    ) -> Result<Option<f64>, Fault> {
        match self.scalar()? {
            Scalar::Number(number) => Ok(Some(number)),
            Scalar::Null => Ok(None),
            Scalar::NoNumber => {
                self.no_numbers += 1;
                Ok(None)
            }
            other => Err(self.wrong(expected, &other)),
        }
    }

    /// Seconds; `None` if they are null, NaN or infinite.
    pub(in crate::words::json) fn seconds(&mut self) -> Result<Option<f64>, Fault> {
        self.number("a number of seconds")
    }

    /// A confidence; `None` if it is null, NaN or infinite.
    pub(in crate::words::json) fn confidence(&mut self) -> Result<Option<f32>, Fault> {
        let number = self.number("a number from 0 to 1")?;
        Ok(number.map(|number| number as f32))
    }

    /// A text.
    pub(in crate::words::json) fn text(&mut self) -> Result<String, Fault> {
        match self.scalar()? {
            Scalar::Text(text) => Ok(text),
            other => Err(self.wrong("a text", &other)),
        }
    }

    /// A text; `None` if it is null.
    pub(in crate::words::json) fn text_or_null(&mut self) -> Result<Option<String>, Fault> {
        if self.is_null() {
            Ok(None)
        } else {
            self.text().map(Some)
        }
    }

    /// The bytes of a text, which need not be UTF-8.
    pub(in crate::words::json) fn text_bytes(&mut self) -> Result<Cow<'a, [u8]>, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            _ => {
                let found = self.scalar()?;
                Err(self.wrong("a text", &found))
            }
        }
    }

    /// The text of bytes. What is not UTF-8 is replaced and counted.
    pub(in crate::words::json) fn decode(&mut self, bytes: Cow<'_, [u8]>) -> String {
        match String::from_utf8(bytes.into_owned()) {
            Ok(text) => text,
            Err(error) => {
                let chunks = error.as_bytes().utf8_chunks();
                self.damaged += chunks.filter(|chunk| !chunk.invalid().is_empty()).count();
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        }
    }
}

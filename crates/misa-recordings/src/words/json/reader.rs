//! JSON as tools write it, read from front to back without a tree.
//!
//! Differs from the standard: `NaN`, `Infinity` and `-Infinity`, as Python writes them, and bytes that are
//! not UTF-8, as whisper.cpp writes them. Both are counted.

use crate::decode::line_after;
use crate::error::quoted;
use crate::{Fault, FaultKind, Limits, Place};
use std::borrow::Cow;
use std::fmt::Write;

/// Bytes of what is found instead, in a message.
const SHOWN: usize = 40;

/// A value that is no list and no object, or what else is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
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
    fn name(&self) -> Cow<'static, str> {
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

/// A step of the path to a value.
enum Step {
    Key(Cow<'static, str>),
    Index(usize),
}

/// A place in a file of JSON.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    next: usize,
    /// From the value of the file to the one that is read.
    path: Vec<Step>,
    depth: usize,
    most_depth: usize,
    /// Characters that were replaced.
    pub(super) damaged: usize,
    /// NaN and infinities where a number is needed.
    pub(super) no_numbers: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self {
            bytes,
            next: 0,
            path: Vec::new(),
            depth: 0,
            // Each level takes some of the stack.
            most_depth: limits.depth.min(128),
            damaged: 0,
            no_numbers: 0,
        }
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.bytes[self.next..];
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.next += rest.iter().take_while(|&byte| is_blank(byte)).count();
        self.bytes.get(self.next).copied()
    }

    /// Where the reader is, to return to.
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    /// Reads once more from a mark, outside of all lists and objects.
    pub(super) fn return_to(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Where the value is that is read.
    pub(super) fn place(&self) -> Place {
        let mut part = String::new();
        for step in &self.path {
            let dot = if part.is_empty() { "" } else { "." };
            // Writing into a text cannot fail.
            let _ = match step {
                Step::Key(key) => write!(part, "{dot}{key}"),
                Step::Index(index) => write!(part, "[{index}]"),
            };
        }
        if part.is_empty() {
            self.line()
        } else {
            Place::Part(part)
        }
    }

    fn line(&self) -> Place {
        Place::Line(line_after(&self.bytes[..self.next]))
    }

    /// The fault of bytes that are no JSON.
    pub(super) fn malformed(&mut self, expected: &'static str) -> Fault {
        let found: Cow<'static, str> = match self.peek() {
            None => "the end of the file".into(),
            Some(_) => {
                let rest = &self.bytes[self.next..];
                let shown = String::from_utf8_lossy(&rest[..rest.len().min(4 * SHOWN)]);
                quoted(shown.lines().next().unwrap_or_default()).into()
            }
        };
        Fault::new(FaultKind::Malformed, self.line(), expected, found)
    }

    /// The fault of a value of another kind.
    pub(super) fn wrong(&self, expected: &'static str, found: &Scalar) -> Fault {
        Fault::new(FaultKind::Invalid, self.place(), expected, found.name())
    }

    /// Calls `field` with the reader at each value of the object whose key is among `keys`; others are
    /// passed over.
    pub(super) fn object(
        &mut self,
        keys: &'static [&'static str],
        mut field: impl FnMut(&mut Self, &'static str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut seen = 0_u32;
        self.entries(|reader, name| {
            let Some(index) = keys.iter().position(|key| *key == name) else {
                return reader.skip();
            };
            reader.path.push(Step::Key(keys[index].into()));
            if seen & 1 << index != 0 {
                let place = reader.place();
                return Err(Fault::new(FaultKind::Invalid, place, "one value", "two"));
            }
            seen |= 1 << index;
            field(reader, keys[index])?;
            reader.path.pop();
            Ok(())
        })
    }

    /// Calls `field` with the reader at each value of the object, and its key.
    pub(super) fn named(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.entries(|reader, name| reader.within(quoted(name), |reader| field(reader, name)))
    }

    /// Reads with a name in front of all places.
    pub(super) fn within<T>(
        &mut self,
        name: String,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.path.push(Step::Key(name.into()));
        let value = read(self)?;
        self.path.pop();
        Ok(value)
    }

    fn entries(
        &mut self,
        mut entry: impl FnMut(&mut Self, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.open(b'{', "an object")?;
        if self.close(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.malformed("a key in quotes"));
            }
            let key = self.string()?;
            let key = String::from_utf8_lossy(&key);
            if self.peek() != Some(b':') {
                return Err(self.malformed("`:` after a key"));
            }
            self.next += 1;
            entry(self, &key)?;
            if self.peek() == Some(b',') {
                self.next += 1;
            } else if self.close(b'}') {
                return Ok(());
            } else {
                return Err(self.malformed("`,` or `}`"));
            }
        }
    }

    /// Calls `item` with the reader at each value of the list.
    pub(super) fn list(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.open(b'[', "a list")?;
        if self.close(b']') {
            return Ok(());
        }
        for index in 0.. {
            self.path.push(Step::Index(index));
            item(self)?;
            self.path.pop();
            if self.peek() == Some(b',') {
                self.next += 1;
            } else if self.close(b']') {
                break;
            } else {
                return Err(self.malformed("`,` or `]`"));
            }
        }
        Ok(())
    }

    fn open(&mut self, bracket: u8, expected: &'static str) -> Result<(), Fault> {
        match self.peek() {
            Some(byte) if byte == bracket => {}
            None => return Err(self.malformed(expected)),
            Some(_) => {
                let place = self.place();
                let found = self.scalar()?.name();
                return Err(Fault::new(FaultKind::Invalid, place, expected, found));
            }
        }
        if self.depth == self.most_depth {
            let expected = format!("at most {} levels of lists and objects", self.most_depth);
            return Err(Fault::new(
                FaultKind::TooLarge,
                self.line(),
                expected,
                "more",
            ));
        }
        self.next += 1;
        self.depth += 1;
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        if closes {
            self.next += 1;
            self.depth -= 1;
        }
        closes
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'{') => self.entries(|reader, _| reader.skip()),
            Some(b'[') => {
                // Without a path: nothing below is told by its place.
                self.open(b'[', "a list")?;
                while !self.close(b']') {
                    self.skip()?;
                    if self.peek() == Some(b',') {
                        self.next += 1;
                    } else if self.peek() != Some(b']') {
                        return Err(self.malformed("`,` or `]`"));
                    }
                }
                Ok(())
            }
            Some(b'"') => self.string().map(|_| ()),
            _ => self.scalar().map(|_| ()),
        }
    }

    /// Whether the next value is null, which is passed over.
    pub(super) fn is_null(&mut self) -> bool {
        let is_null = self.peek() == Some(b'n') && self.bytes[self.next..].starts_with(b"null");
        if is_null {
            self.next += "null".len();
        }
        is_null
    }

    /// The next value, or what it is if it is a list or an object.
    pub(super) fn scalar(&mut self) -> Result<Scalar, Fault> {
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
    pub(super) fn number(&mut self, expected: &'static str) -> Result<Option<f64>, Fault> {
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
    pub(super) fn seconds(&mut self) -> Result<Option<f64>, Fault> {
        self.number("a number of seconds")
    }

    /// A confidence; `None` if it is null, NaN or infinite.
    pub(super) fn confidence(&mut self) -> Result<Option<f32>, Fault> {
        let number = self.number("a number from 0 to 1")?;
        Ok(number.map(|number| number as f32))
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<String, Fault> {
        match self.scalar()? {
            Scalar::Text(text) => Ok(text),
            other => Err(self.wrong("a text", &other)),
        }
    }

    /// A text; `None` if it is null.
    pub(super) fn text_or_null(&mut self) -> Result<Option<String>, Fault> {
        if self.is_null() {
            Ok(None)
        } else {
            self.text().map(Some)
        }
    }

    /// The bytes of a text, which need not be UTF-8.
    pub(super) fn text_bytes(&mut self) -> Result<Cow<'a, [u8]>, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            _ => {
                let found = self.scalar()?;
                Err(self.wrong("a text", &found))
            }
        }
    }

    /// The text of bytes. What is not UTF-8 is replaced and counted.
    pub(super) fn decode(&mut self, bytes: Cow<'_, [u8]>) -> String {
        match String::from_utf8(bytes.into_owned()) {
            Ok(text) => text,
            Err(error) => {
                let chunks = error.as_bytes().utf8_chunks();
                self.damaged += chunks.filter(|chunk| !chunk.invalid().is_empty()).count();
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        }
    }

    /// The bytes of a string without escapes. The reader is at its quote.
    fn string(&mut self) -> Result<Cow<'a, [u8]>, Fault> {
        let start = self.next + 1;
        let bytes = self.bytes;
        let plain = bytes[start..]
            .iter()
            .take_while(|byte| !matches!(byte, b'"' | b'\\'))
            .count();
        let mut end = start + plain;
        if bytes.get(end) == Some(&b'"') {
            self.next = end + 1;
            return Ok(Cow::Borrowed(&bytes[start..end]));
        }
        let mut text = bytes[start..end].to_vec();
        loop {
            match bytes.get(end..).unwrap_or_default() {
                [] => {
                    self.next = bytes.len();
                    return Err(self.malformed("the end of a text in quotes"));
                }
                [b'"', ..] => break,
                [b'\\', escape @ ..] => end += 1 + self.escape(escape, &mut text)?,
                [byte, ..] => {
                    text.push(*byte);
                    end += 1;
                }
            }
        }
        self.next = end + 1;
        Ok(Cow::Owned(text))
    }

    /// Adds the character of an escape to `text`; returns its bytes after the backslash.
    fn escape(&mut self, escape: &[u8], text: &mut Vec<u8>) -> Result<usize, Fault> {
        let short = match escape.first() {
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode(escape, text),
            _ => return Err(self.malformed("known escapes in a text")),
        };
        text.push(short);
        Ok(1)
    }

    fn unicode(&mut self, escape: &[u8], text: &mut Vec<u8>) -> Result<usize, Fault> {
        let unit = |from: usize| {
            let digits = escape.get(from..from + 4)?;
            let digits = std::str::from_utf8(digits).ok()?;
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
        };
        let Some(first) = unit(1) else {
            return Err(self.malformed("four hexadecimal digits after `\\u`"));
        };
        let is_high = (0xd800..0xdc00).contains(&first);
        let second = match escape.get(5..7) {
            Some(b"\\u") if is_high => unit(7),
            _ => None,
        };
        let units = [first, second.unwrap_or_default()];
        let used = 1 + usize::from(second.is_some());
        let mut length = 5 + 6 * (used - 1);
        let character = match char::decode_utf16(units[..used].iter().copied()).next() {
            Some(Ok(character)) => character,
            // Half a character: the next escape is read for itself.
            _ => {
                self.damaged += 1;
                length = 5;
                char::REPLACEMENT_CHARACTER
            }
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8]) -> (String, usize) {
        let mut reader = Reader::new(bytes, &Limits::default());
        (reader.text().unwrap(), reader.damaged)
    }

    #[test]
    fn escapes_are_read() {
        let text = |text: &str| text_of(text.as_bytes());
        assert_eq!(text(r#""a\"\\\/\n\u00e9""#), ("a\"\\/\n\u{e9}".into(), 0));
        assert_eq!(text(r#""\ud83d\ude00""#), ("\u{1f600}".into(), 0));
        assert_eq!(text(r#""\ud83d\u0041""#), ("\u{fffd}A".into(), 1));
        assert_eq!(text_of(b"\"a\xe9b\""), ("a\u{fffd}b".into(), 1));
    }

    #[test]
    fn values_that_are_not_needed_are_passed_over() {
        let bytes = br#"{"x": [1, {"y": [null, true, "]}"]}, []], "a": -1.5e1, "b": NaN}"#;
        let mut reader = Reader::new(bytes, &Limits::default());
        let mut found = Vec::new();
        reader
            .object(&["a", "b"], |reader, _| {
                found.push(reader.seconds()?);
                Ok(())
            })
            .unwrap();
        assert_eq!(found, [Some(-15.0), None]);
        assert_eq!((reader.peek(), reader.no_numbers), (None, 1));
    }

    #[test]
    fn depth_is_bounded() {
        let bytes = [b'['; 1000];
        let fault = Reader::new(&bytes, &Limits::default()).skip().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "line 1: expected at most 32 levels of lists and objects, found more"
        );
    }
}

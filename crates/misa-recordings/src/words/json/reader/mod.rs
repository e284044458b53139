//! JSON as tools write it, read from front to back without a tree.
//!
//! | File | Holds |
//! |---|---|
//! | `scalar.rs` | numbers and the like |
//! | `string.rs` | texts and their escapes |
//!
//! Differs from the standard: `NaN`, `Infinity` and `-Infinity`, as Python writes them, and bytes that are
//! not UTF-8, as whisper.cpp writes them. Both are counted.

use crate::decode::line_after;
mod scalar;
mod string;

use crate::error::quoted;
use crate::{Fault, FaultKind, Limits, Place};
pub(in crate::words::json) use scalar::Scalar;
use std::borrow::Cow;
use std::fmt::Write;

/// Bytes of what is found instead, in a message.
const SHOWN: usize = 40;

/// A step of the path to a value.
enum Step {
    Key(Cow<'static, str>),
    Index(usize),
}

/// A place in a file of JSON.
pub(in crate::words::json) struct Reader<'a> {
    bytes: &'a [u8],
    next: usize,
    /// From the value of the file to the one that is read.
    path: Vec<Step>,
    depth: usize,
    most_depth: usize,
    /// Characters that were replaced.
    pub(in crate::words::json) damaged: usize,
    /// NaN and infinities where a number is needed.
    pub(in crate::words::json) no_numbers: usize,
}

impl<'a> Reader<'a> {
    pub(in crate::words::json) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
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
    pub(in crate::words::json) fn peek(&mut self) -> Option<u8> {
        let rest = &self.bytes[self.next..];
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.next += rest.iter().take_while(|&byte| is_blank(byte)).count();
        self.bytes.get(self.next).copied()
    }

    /// Where the reader is, to return to.
    pub(in crate::words::json) fn mark(&self) -> usize {
        self.next
    }

    /// Reads once more from a mark, outside of all lists and objects.
    pub(in crate::words::json) fn return_to(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Where the value is that is read.
    pub(in crate::words::json) fn place(&self) -> Place {
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
    pub(in crate::words::json) fn malformed(&mut self, expected: &'static str) -> Fault {
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
    pub(in crate::words::json) fn wrong(&self, expected: &'static str, found: &Scalar) -> Fault {
        Fault::new(FaultKind::Invalid, self.place(), expected, found.name())
    }

    /// Calls `field` with the reader at each value of the object whose key is among `keys`; others are
    /// passed over.
    pub(in crate::words::json) fn object(
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
    pub(in crate::words::json) fn named(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.entries(|reader, name| reader.within(quoted(name), |reader| field(reader, name)))
    }

    /// Reads with a name in front of all places.
    pub(in crate::words::json) fn within<T>(
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
    pub(in crate::words::json) fn list(
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
    pub(in crate::words::json) fn skip(&mut self) -> Result<(), Fault> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

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

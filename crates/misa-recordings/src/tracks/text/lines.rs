//! Lines of a text, read as they come.

use crate::{Fault, FaultKind, Place};
use misa_files::Source;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes that are read at once.
const AHEAD: usize = 1 << 16;
/// What stands before the first character of some texts.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a text in UTF-8, without the marks of their ends. No line is held before the limit on its
/// length is met.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    reader: BufReader<Stream<'a>>,
    line: String,
    number: u64,
    longest: usize,
    is_ended: bool,
}

/// Bytes of a source, one after the other.
#[derive(Debug)]
struct Stream<'a> {
    source: &'a Source<'a>,
    offset: u64,
}

impl<'a> Lines<'a> {
    /// The lines of `source`, of at most `longest` bytes each.
    pub(super) fn new(source: &'a Source<'a>, longest: usize) -> Self {
        let ahead = source.len().min(AHEAD as u64) as usize;
        Self {
            reader: BufReader::with_capacity(ahead, Stream { source, offset: 0 }),
            line: String::new(),
            number: 0,
            longest,
            is_ended: false,
        }
    }

    /// Goes to the next line; `false` if there is none.
    ///
    /// # Errors
    ///
    /// With the number of the line, if it is too long, or no UTF-8, or cannot be read.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        let mut bytes = std::mem::take(&mut self.line).into_bytes();
        bytes.clear();
        // Room for the end of a line, and for one byte that is too many.
        let most = (self.longest as u64).saturating_add(3);
        let read = self
            .reader
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut bytes);
        let count = read.map_err(|error| unreadable(self.number + 1, &error))?;
        if count == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.is_ended = strip_end(&mut bytes);
        if self.number == 1 && bytes.starts_with(MARK) {
            bytes.drain(..MARK.len());
        }
        if bytes.len() > self.longest {
            return Err(self.too_long());
        }
        self.line = String::from_utf8(bytes).map_err(|_| self.another_encoding())?;
        Ok(true)
    }

    /// The line.
    pub(super) fn line(&self) -> &str {
        &self.line
    }

    /// Its number, from 1; 0 before the first.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether the mark of a line's end follows it. Only the last line can lack it.
    pub(super) fn is_ended(&self) -> bool {
        self.is_ended
    }

    fn too_long(&self) -> Fault {
        let expected = format!("a line of at most {} bytes", self.longest);
        let place = Place::Line(self.number);
        Fault::new(FaultKind::TooLarge, place, expected, "a longer one")
    }

    fn another_encoding(&self) -> Fault {
        let place = Place::Line(self.number);
        let found = "bytes of another encoding";
        Fault::new(FaultKind::Malformed, place, "UTF-8", found).advised("save the file as UTF-8")
    }
}

/// Removes the mark of a line's end; whether there was one.
fn strip_end(bytes: &mut Vec<u8>) -> bool {
    let is_ended = bytes.pop_if(|byte| *byte == b'\n').is_some();
    bytes.pop_if(|byte| *byte == b'\r');
    is_ended
}

fn unreadable(line: u64, error: &io::Error) -> Fault {
    let (kind, place) = (FaultKind::Malformed, Place::Line(line));
    Fault::new(kind, place, "a file that can be read", error.to_string())
}

impl Read for Stream<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let rest = self.source.len() - self.offset;
        let count = rest.min(target.len() as u64) as usize;
        self.source.read(self.offset, &mut target[..count])?;
        self.offset += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], longest: usize) -> Result<Vec<String>, String> {
        let source = Source::from(bytes);
        let mut lines = Lines::new(&source, longest);
        let mut found = Vec::new();
        while lines.advance().map_err(|fault| fault.to_string())? {
            found.push(lines.line().to_string());
        }
        Ok(found)
    }

    #[test]
    fn every_end_of_a_line_is_known() {
        let found = lines(b"\xef\xbb\xbfa,b\r\n\nc\nlast", 10).unwrap();
        assert_eq!(found, ["a,b", "", "c", "last"]);
        assert!(lines(b"", 10).unwrap().is_empty());
        let source = Source::from(b"a\nb");
        let mut lines = Lines::new(&source, 10);
        assert!(lines.advance().unwrap() && lines.is_ended());
        assert!(lines.advance().unwrap() && !lines.is_ended());
        assert!(!lines.advance().unwrap());
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit() {
        assert_eq!(lines(b"abc\r\nabc", 3).unwrap(), ["abc", "abc"]);
        assert_eq!(
            lines(b"abc\nabcd\n", 3).unwrap_err(),
            "line 2: expected a line of at most 3 bytes, found a longer one"
        );
        assert!(lines(&[b'a'; 1 << 20], 3).is_err());
    }

    #[test]
    fn another_encoding_is_refused_with_its_line() {
        assert_eq!(
            lines(b"a\ncaf\xe9\n", 9).unwrap_err(),
            "line 2: expected UTF-8, found bytes of another encoding; save the file as UTF-8"
        );
    }
}

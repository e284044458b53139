//! Lines of a large text, a piece at a time.

use super::unread;
use crate::{Fault, FaultKind, Place};
use misa_files::Source;

/// Bytes that are read at once.
const PIECE: u64 = 1 << 16;

/// The lines of a text that is not held as a whole.
pub(super) struct Lines<'s> {
    source: &'s Source<'s>,
    offset: u64,
    bytes: Vec<u8>,
    /// Bytes of `bytes` that were returned.
    used: usize,
    /// Longest line.
    limit: usize,
    /// Number of the line that was returned last, from 1.
    pub number: u64,
}

/// A line without the mark of its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'l> {
    pub bytes: &'l [u8],
    /// Whether it has a mark of its end; only the last line may lack it.
    pub is_whole: bool,
}

impl Line<'_> {
    /// The value of a line such as `# name: features`; `None` for other lines.
    pub fn field(&self, name: &str) -> Option<String> {
        let rest = self
            .bytes
            .strip_prefix(b"# ")?
            .strip_prefix(name.as_bytes())?;
        let value = rest.strip_prefix(b":")?;
        Some(String::from_utf8_lossy(value).trim().to_string())
    }
}

impl<'s> Lines<'s> {
    /// The lines of `source`, of at most `limit` bytes.
    pub fn new(source: &'s Source<'s>, limit: usize) -> Self {
        Self {
            source,
            offset: 0,
            bytes: Vec::new(),
            used: 0,
            limit,
            number: 0,
        }
    }

    /// The next line; `None` at the end of the text.
    ///
    /// # Errors
    ///
    /// [`FaultKind::TooLarge`] for a line beyond the limit, [`FaultKind::Malformed`] where the file cannot be
    /// read.
    pub fn next(&mut self) -> Result<Option<Line<'_>>, Fault> {
        self.number += 1;
        let mut searched = self.used;
        let end = loop {
            let rest = self.bytes.get(searched..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                break Some(searched + end);
            }
            searched = self.bytes.len();
            if searched - self.used > self.limit {
                return Err(self.too_long());
            }
            if self.offset == self.source.len() {
                break None;
            }
            searched -= self.used;
            self.refill()?;
        };
        let (start, stop) = (self.used, end.unwrap_or(self.bytes.len()));
        if stop - start > self.limit {
            return Err(self.too_long());
        }
        self.used = end.map_or(stop, |end| end + 1);
        let bytes = &self.bytes[start..stop];
        let is_whole = end.is_some();
        Ok((is_whole || !bytes.is_empty()).then(|| Line {
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
            is_whole,
        }))
    }

    /// Drops what was returned and appends the next piece.
    fn refill(&mut self) -> Result<(), Fault> {
        self.bytes.drain(..self.used);
        self.used = 0;
        let len = (self.source.len() - self.offset).min(PIECE) as usize;
        let start = self.bytes.len();
        self.bytes.resize(start + len, 0);
        self.source
            .read(self.offset, &mut self.bytes[start..])
            .map_err(|error| unread(self.offset, &error))?;
        self.offset += len as u64;
        Ok(())
    }

    fn too_long(&self) -> Fault {
        let expected = format!("lines of at most {} bytes", self.limit);
        let place = Place::Line(self.number);
        Fault::new(FaultKind::TooLarge, place, expected, "a longer one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], limit: usize) -> Result<Vec<(String, bool)>, String> {
        let source = Source::from(text);
        let mut lines = Lines::new(&source, limit);
        let mut all = Vec::new();
        while let Some(line) = lines.next().map_err(|fault| fault.to_string())? {
            all.push((
                String::from_utf8_lossy(line.bytes).to_string(),
                line.is_whole,
            ));
        }
        Ok(all)
    }

    #[test]
    fn lines_are_the_same_in_pieces() {
        let text: String = (0..30_000).map(|i| format!("{i}\r\n")).collect();
        let found = lines(text.as_bytes(), 10).unwrap();
        assert!(
            found
                .iter()
                .enumerate()
                .all(|(i, (line, _))| *line == i.to_string())
        );
        assert_eq!(found.len(), 30_000);
        let found = lines(b"a\n\nb", 10).unwrap();
        let expected = [("a", true), ("", true), ("b", false)];
        assert_eq!(
            found,
            expected.map(|(line, whole)| (line.to_string(), whole))
        );
    }

    #[test]
    fn long_lines_are_refused() {
        let expected = "line 2: expected lines of at most 3 bytes, found a longer one";
        assert_eq!(lines(b"abc\nabcd\n", 3), Err(expected.to_string()));
        assert_eq!(lines(b"abc\nabcd", 3), Err(expected.to_string()));
        let endless = [&b"a\n"[..], &vec![b'x'; 1 << 20]].concat();
        assert_eq!(lines(&endless, 3), Err(expected.to_string()));
    }
}

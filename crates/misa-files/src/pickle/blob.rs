//! Byte strings: short ones in memory, long ones in the file.

use super::literal;
use crate::source::Source;
use std::borrow::Cow;
use std::io;
use std::ops::Range;

/// Byte strings of at least this length stay in the file. Keys, words and labels are shorter; longer
/// strings are mostly the elements of arrays.
pub(super) const KEPT: u64 = 256;

/// Bytes of a long string that are read at a time: enough to make a call worthwhile, few enough to
/// stay in the cache of a processor.
pub(super) const PIECE: usize = 1 << 16;

/// A byte string.
#[derive(Debug)]
pub(super) enum Blob {
    Memory(Box<[u8]>),
    /// A part of the file, checked to exist.
    File {
        offset: u64,
        len: u64,
    },
}

impl Blob {
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { len, .. } => *len,
        }
    }

    /// The length as an amount of memory; `usize::MAX` if it does not fit.
    pub fn memory(&self) -> usize {
        usize::try_from(self.len()).unwrap_or(usize::MAX)
    }

    /// The bytes, if they are in memory: those of short and of decoded strings.
    pub fn in_memory(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::File { .. } => None,
        }
    }

    /// The bytes in `range`; an error if it exceeds the string.
    pub fn bytes<'s>(
        &'s self,
        source: &'s Source<'_>,
        range: Range<u64>,
    ) -> io::Result<Cow<'s, [u8]>> {
        if range.start > range.end || range.end > self.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self {
            // The range was checked against the length of a slice, so it fits `usize`.
            Self::Memory(bytes) => Ok(Cow::Borrowed(
                &bytes[range.start as usize..range.end as usize],
            )),
            Self::File { offset, .. } => {
                let len = usize::try_from(range.end - range.start)
                    .map_err(|_| io::ErrorKind::OutOfMemory)?;
                source.bytes(offset + range.start, len)
            }
        }
    }

    /// All bytes.
    pub fn all<'s>(&'s self, source: &'s Source<'_>) -> io::Result<Cow<'s, [u8]>> {
        self.bytes(source, 0..self.len())
    }

    /// Whether the bytes are valid UTF-8.
    pub fn is_utf8(&self, source: &Source<'_>) -> io::Result<bool> {
        self.each_text(source, |_| true)
    }

    /// The text, re-encoded from UTF-8 to Latin-1; `None` if that is not possible.
    pub fn latin1(&self, source: &Source<'_>) -> io::Result<Option<Self>> {
        let mut decoded = Vec::new();
        let fine = self.each_text(source, |text| literal::latin1(text, &mut decoded))?;
        Ok(fine.then(|| Self::Memory(decoded.into_boxed_slice())))
    }

    /// Passes a text to `take` in pieces. Stops and returns false if `take` does, or if the bytes are
    /// not valid UTF-8.
    fn each_text(
        &self,
        source: &Source<'_>,
        mut take: impl FnMut(&str) -> bool,
    ) -> io::Result<bool> {
        let mut start = 0;
        while start < self.len() {
            let end = self.len().min(start + PIECE as u64);
            let bytes = self.bytes(source, start..end)?;
            let valid = match std::str::from_utf8(&bytes) {
                Ok(_) => bytes.len(),
                // A character may continue in the next piece.
                Err(error) if error.error_len().is_none() && end < self.len() => {
                    error.valid_up_to()
                }
                Err(_) => return Ok(false),
            };
            let Ok(text) = std::str::from_utf8(&bytes[..valid]) else {
                return Ok(false);
            };
            if !take(text) {
                return Ok(false);
            }
            start += valid as u64;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Blob {
        Blob::File {
            offset: 0,
            len: text.len() as u64,
        }
    }

    #[test]
    fn characters_across_pieces_are_whole() {
        // Two bytes per character after an odd start, so every border splits a character.
        let text = format!("a{}", "\u{e9}".repeat(PIECE));
        let source = Source::from(text.as_bytes());
        assert!(file(&text).is_utf8(&source).unwrap());
        let decoded = file(&text).latin1(&source).unwrap().unwrap();
        let mut expected = vec![0xe9; PIECE + 1];
        expected[0] = b'a';
        assert_eq!(decoded.in_memory(), Some(expected.as_slice()));
    }

    #[test]
    fn broken_characters_are_not_utf8() {
        for end in [&b"\xc3"[..], b"\xff", b"\xc3a"] {
            let bytes = [&[b'a'; PIECE][..], end].concat();
            let source = Source::from(&bytes);
            let blob = Blob::File {
                offset: 0,
                len: bytes.len() as u64,
            };
            assert!(!blob.is_utf8(&source).unwrap(), "{end:?}");
        }
    }

    #[test]
    fn ranges_stay_inside() {
        let source = Source::from(b"abcdef");
        let blob = Blob::File { offset: 1, len: 3 };
        assert_eq!(*blob.bytes(&source, 1..3).unwrap(), *b"cd");
        assert!(blob.bytes(&source, 2..4).is_err());
    }
}

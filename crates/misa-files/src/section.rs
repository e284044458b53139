//! A run of bytes: part of a source, or unpacked from it.

use crate::Source;
use std::borrow::Cow;
use std::io;

/// The bytes of one member of a container.
///
/// Members that are stored as they are stay where they are; others were unpacked into memory.
#[derive(Debug)]
pub struct Section<'s> {
    place: Place<'s>,
}

#[derive(Debug)]
enum Place<'s> {
    Part {
        source: &'s Source<'s>,
        start: u64,
        len: u64,
    },
    Memory(Vec<u8>),
}

impl<'s> From<&'s Source<'_>> for Section<'s> {
    fn from(source: &'s Source<'_>) -> Self {
        let (start, len) = (0, source.len());
        let place = Place::Part { source, start, len };
        Self { place }
    }
}

impl From<Vec<u8>> for Section<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        let place = Place::Memory(bytes);
        Self { place }
    }
}

impl<'s> Section<'s> {
    /// The `len` bytes of `source` from `start` on; `None` when there are fewer.
    pub fn part(source: &'s Source<'_>, start: u64, len: u64) -> Option<Self> {
        let place = Place::Part { source, start, len };
        source.has(start, len).then_some(Self { place })
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        match &self.place {
            Place::Part { len, .. } => *len,
            Place::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there are `len` bytes from `offset` on. To be asked before room is made for them.
    pub fn has(&self, offset: u64, len: u64) -> bool {
        offset.checked_add(len).is_some_and(|end| end <= self.len())
    }

    /// Fills `target` with the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::UnexpectedEof`] when there are fewer bytes, else what the system says.
    pub fn read(&self, offset: u64, target: &mut [u8]) -> io::Result<()> {
        if !self.has(offset, target.len() as u64) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.place {
            Place::Part { source, start, .. } => source.read(start + offset, target),
            Place::Memory(bytes) => {
                let offset = offset as usize;
                target.copy_from_slice(&bytes[offset..offset + target.len()]);
                Ok(())
            }
        }
    }

    /// The `len` bytes from `offset` on; borrowed where they are in memory.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); nothing is allocated for bytes that are not there.
    pub fn bytes(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
        if !self.has(offset, len as u64) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.place {
            Place::Part { source, start, .. } => source.bytes(start + offset, len),
            Place::Memory(bytes) => {
                let offset = offset as usize;
                Ok(Cow::Borrowed(&bytes[offset..offset + len]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_they_end() {
        let source = Source::from(&b"abcdef"[..]);
        let part = Section::part(&source, 2, 3).unwrap();
        assert_eq!(part.bytes(0, 3).unwrap(), &b"cde"[..]);
        assert_eq!(part.bytes(1, 1).unwrap(), &b"d"[..]);
        for (offset, len) in [(0, 4), (3, 1), (u64::MAX, 2)] {
            let error = part.bytes(offset, len).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
        assert!(Section::part(&source, 2, 5).is_none());
        assert!(Section::part(&source, u64::MAX, 2).is_none());
    }

    #[test]
    fn unpacked_bytes_read_alike() {
        let section = Section::from(b"abc".to_vec());
        let mut target = [0; 2];
        section.read(1, &mut target).unwrap();
        assert_eq!((&target, section.len()), (b"bc", 3));
        assert!(section.read(2, &mut target).is_err());
    }
}

//! Bounds-checked access to the bytes of a pickle.

use super::PickleError;
use super::blob::{Blob, KEPT};
use crate::source::Source;
use std::io;

/// Bytes read from the source at a time.
const AHEAD: usize = 1 << 16;

/// A position in the bytes of a pickle.
///
/// Opcodes are a few bytes long, so they are read from a buffered piece of the file; long strings are
/// skipped without being read.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    source: &'s Source<'s>,
    position: u64,
    /// Bytes of the file from `piece_start` on.
    piece: Vec<u8>,
    piece_start: u64,
}

impl<'s> Reader<'s> {
    /// Reads from `start` on.
    pub fn new(source: &'s Source<'s>, start: u64) -> Self {
        Self {
            source,
            position: start,
            piece: Vec::new(),
            piece_start: start,
        }
    }

    pub fn source(&self) -> &'s Source<'s> {
        self.source
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn remaining(&self) -> u64 {
        self.source.len().saturating_sub(self.position)
    }

    pub fn io(&self, error: &io::Error) -> PickleError {
        PickleError::Io {
            offset: self.position,
            kind: error.kind(),
        }
    }

    /// Fails if fewer than `count` bytes remain.
    pub fn check(&self, count: u64) -> Result<(), PickleError> {
        if count > self.remaining() {
            return Err(PickleError::Truncated {
                offset: self.position,
                expected: count,
                found: self.remaining(),
            });
        }
        Ok(())
    }

    /// The buffered bytes from the current position on, at least `least` of them, which must not exceed
    /// the size of the buffer.
    fn peek(&mut self, least: usize) -> Result<&[u8], PickleError> {
        self.check(least as u64)?;
        // After a long string, the position may be far beyond the piece.
        let passed = self.position - self.piece_start;
        if passed + least as u64 > self.piece.len() as u64 {
            let ahead = self.remaining().min(AHEAD as u64) as usize;
            self.piece.resize(ahead, 0);
            let (source, position) = (self.source, self.position);
            source
                .read(position, &mut self.piece)
                .map_err(|error| self.io(&error))?;
            self.piece_start = position;
        }
        Ok(&self.piece[(self.position - self.piece_start) as usize..])
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let mut array = [0; N];
        array.copy_from_slice(&self.peek(N)?[..N]);
        self.position += N as u64;
        Ok(array)
    }

    pub fn u8(&mut self) -> Result<u8, PickleError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub fn u16(&mut self) -> Result<u16, PickleError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn u32(&mut self) -> Result<u32, PickleError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Result<u64, PickleError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// The next `count` bytes as a string, checked against the end of the file before any is read.
    pub fn blob(&mut self, count: u64) -> Result<Blob, PickleError> {
        self.check(count)?;
        let (offset, len) = (self.position, count);
        let blob = if count < KEPT {
            Blob::Memory(self.peek(count as usize)?[..count as usize].into())
        } else {
            Blob::File { offset, len }
        };
        self.position += count;
        Ok(blob)
    }

    /// The bytes up to the next line feed, which is skipped; `None` if there are more than `most`.
    pub fn line(&mut self, most: u64) -> Result<Option<Vec<u8>>, PickleError> {
        let start = self.position;
        // The end is found before anything is copied.
        loop {
            let bytes = self.peek(1)?;
            let end = bytes.iter().position(|&byte| byte == b'\n');
            self.position += end.unwrap_or(bytes.len()) as u64;
            if self.position - start > most {
                return Ok(None);
            }
            if end.is_some() {
                break;
            }
        }
        let length = (self.position - start) as usize;
        self.position += 1;
        if start >= self.piece_start {
            let from = (start - self.piece_start) as usize;
            return Ok(Some(self.piece[from..from + length].to_vec()));
        }
        match self.source.bytes(start, length) {
            Ok(bytes) => Ok(Some(bytes.into_owned())),
            Err(error) => Err(self.io(&error)),
        }
    }
}

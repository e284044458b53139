//! The bytes of an element in order, packed or not.

use super::error::{MatError, Position};
use super::inflate::Inflater;
use crate::Source;

/// Bytes that are passed at once where they are not needed.
const SCRATCH: usize = 1 << 13;

/// A position in the bytes of a file or of a packed element, which only moves on.
pub(super) struct Stream<'s> {
    bytes: Bytes<'s>,
    /// Bytes passed; from the start of the file if nothing is packed.
    passed: u64,
    pub big_endian: bool,
}

enum Bytes<'s> {
    Stored(&'s Source<'s>),
    Packed(Box<Inflater<'s>>),
}

impl<'s> Stream<'s> {
    /// The bytes of the file from `offset` on.
    pub fn stored(source: &'s Source<'s>, offset: u64, big_endian: bool) -> Self {
        Self {
            bytes: Bytes::Stored(source),
            passed: offset,
            big_endian,
        }
    }

    /// What the `len` bytes of the file from `offset` on, which exist, are unpacked to.
    pub fn packed(source: &'s Source<'s>, offset: u64, len: u64, big_endian: bool) -> Self {
        let inflater = Inflater::new(source, offset, len);
        Self {
            bytes: Bytes::Packed(Box::new(inflater)),
            passed: 0,
            big_endian,
        }
    }

    pub fn is_packed(&self) -> bool {
        matches!(self.bytes, Bytes::Packed(_))
    }

    /// Where the next byte is.
    pub fn position(&self) -> Position {
        match &self.bytes {
            Bytes::Stored(_) => Position {
                offset: self.passed,
                unpacked: None,
            },
            Bytes::Packed(inflater) => Position {
                offset: inflater.start(),
                unpacked: Some(self.passed),
            },
        }
    }

    /// Fills `target` with the next bytes.
    pub fn fill(&mut self, target: &mut [u8], expected: &'static str) -> Result<(), MatError> {
        let position = self.position();
        match &mut self.bytes {
            Bytes::Stored(source) => {
                source
                    .read(self.passed, target)
                    .map_err(|source| MatError::Read {
                        position,
                        expected,
                        source,
                    })?;
            }
            Bytes::Packed(inflater) => {
                let found = inflater.read(target)?;
                if found < target.len() {
                    return Err(MatError::Truncated {
                        position,
                        what: expected,
                        expected: target.len() as u64,
                        found: found as u64,
                    });
                }
            }
        }
        self.passed += target.len() as u64;
        Ok(())
    }

    /// Passes the next `len` bytes, which the caller has checked to exist if nothing is packed.
    pub fn skip(&mut self, len: u64) -> Result<(), MatError> {
        if !self.is_packed() {
            self.passed = self.passed.saturating_add(len);
            return Ok(());
        }
        let mut scratch = [0; SCRATCH];
        let mut rest = len;
        while rest > 0 {
            let piece = rest.min(SCRATCH as u64);
            self.fill(&mut scratch[..piece as usize], "an element")?;
            rest -= piece;
        }
        Ok(())
    }

    /// Checks the end of a packed element, which is `len` bytes long when unpacked.
    pub fn finish(&mut self, len: u64) -> Result<(), MatError> {
        if self.is_packed() {
            self.skip(len.saturating_sub(self.passed))?;
        }
        match &mut self.bytes {
            Bytes::Packed(inflater) => inflater.finish(),
            Bytes::Stored(_) => Ok(()),
        }
    }
}

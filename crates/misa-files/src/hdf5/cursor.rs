//! Bounds-checked access to a piece of the file.

use super::error::{Fault, Result};

/// Bytes of an address and of a length in this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub address: u8,
    pub length: u8,
}

/// A position in a piece of the file.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    position: usize,
    start: u64,
    sizes: Sizes,
}

impl<'b> Cursor<'b> {
    /// A cursor at the first of `bytes`, which start at `start` in the file.
    pub fn new(bytes: &'b [u8], start: u64, sizes: Sizes) -> Self {
        let position = 0;
        Self {
            bytes,
            position,
            start,
            sizes,
        }
    }

    /// Offset in the file.
    pub fn offset(&self) -> u64 {
        self.start + self.position as u64
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    pub fn take(&mut self, count: u64) -> Result<&'b [u8]> {
        let taken = usize::try_from(count)
            .ok()
            .and_then(|count| self.bytes[self.position..].get(..count))
            .ok_or(Fault::Truncated {
                offset: self.offset(),
                expected: count,
                found: self.remaining() as u64,
            })?;
        self.position += taken.len();
        Ok(taken)
    }

    pub fn skip(&mut self, count: u64) -> Result<()> {
        self.take(count).map(drop)
    }

    /// A little-endian number of at most 8 bytes.
    pub fn uint(&mut self, bytes: u8) -> Result<u64> {
        let mut value = [0; 8];
        let taken = self.take(bytes.into())?;
        let Some(low) = value.get_mut(..taken.len()) else {
            let what = format!("a number of {bytes} bytes");
            return Err(Fault::unsupported(self.offset(), what));
        };
        low.copy_from_slice(taken);
        Ok(u64::from_le_bytes(value))
    }

    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.uint(1)? as u8)
    }

    pub fn u16(&mut self) -> Result<u16> {
        Ok(self.uint(2)? as u16)
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(self.uint(4)? as u32)
    }

    pub fn u64(&mut self) -> Result<u64> {
        self.uint(8)
    }

    pub fn length(&mut self) -> Result<u64> {
        self.uint(self.sizes.length)
    }

    /// An address; `None` for the undefined address, all of whose bits are set.
    pub fn address(&mut self) -> Result<Option<u64>> {
        let address = self.uint(self.sizes.address)?;
        let undefined = u64::MAX >> (64 - 8 * u32::from(self.sizes.address));
        Ok((address != undefined).then_some(address))
    }

    pub fn signature(&mut self, expected: &'static str) -> Result<()> {
        let offset = self.offset();
        if self.take(expected.len() as u64)? == expected.as_bytes() {
            Ok(())
        } else {
            Err(Fault::Signature { offset, expected })
        }
    }

    /// The version of `what`, one of `known`.
    pub fn version(&mut self, what: &'static str, known: &[u8]) -> Result<u8> {
        let offset = self.offset();
        let version = self.u8()?;
        if known.contains(&version) {
            return Ok(version);
        }
        let what = format!("version {version} of the {what}");
        Err(Fault::unsupported(offset, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes {
        address: 4,
        length: 8,
    };

    #[test]
    fn numbers_are_little_endian_and_bounded() {
        let bytes = [1, 2, 0, 0xff, 0xff, 0xff, 0xff, 7];
        let mut cursor = Cursor::new(&bytes, 100, SIZES);
        assert_eq!(cursor.uint(3).unwrap(), 0x201);
        assert_eq!(cursor.address().unwrap(), None);
        let error = cursor.u16().unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 107: expected 2 more bytes, found 1"
        );
        assert_eq!(cursor.u8().unwrap(), 7);
        assert_eq!(cursor.offset(), 108);
    }

    #[test]
    fn signatures_and_versions_are_checked() {
        let mut cursor = Cursor::new(b"TREE\x05", 0, SIZES);
        cursor.clone().signature("TREE").unwrap();
        let error = cursor.signature("SNOD").unwrap_err();
        assert_eq!(error.to_string(), "byte 0: expected the signature `SNOD`");
        let error = cursor.version("layout", &[3, 4]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 4: version 5 of the layout is not supported"
        );
    }
}

//! The element type of a dataset.
//!
//! Source: HDF5 specification, IV.A.2.d.

use super::cursor::Cursor;
use super::error::{Fault, Result};
use crate::dtype::{Dtype, byte_text};
use std::fmt;

/// Element type of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Element {
    /// Integers and floats. Enumerations, which h5py also uses for booleans, count as integers.
    Number(Dtype),
    /// Texts of a fixed size.
    Text(Dtype, Padding),
    /// Texts of variable length.
    VariableText,
}

/// How texts of a fixed size are padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The text ends at the first zero.
    NullTerminated,
    /// Zeros at the end.
    NullPadded,
    /// Spaces at the end.
    SpacePadded,
}

impl Element {
    /// The type, and the bytes of an element in the dataset.
    pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<(Self, usize)> {
        let offset = cursor.offset();
        let class = cursor.u8()?;
        let bits = [cursor.u8()?, cursor.u8()?, cursor.u8()?];
        let size = cursor.u32()? as usize;
        let element = match class & 0x0f {
            0 => parse_integer(&mut cursor, bits, size)?,
            1 => parse_float(&mut cursor, bits, size)?,
            3 => parse_text(bits, size, offset)?,
            // An enumeration: its base type, which has the same size.
            8 => match Self::parse_base(cursor)? {
                (base @ Self::Number(_), base_size) if base_size == size => Some(base),
                _ => None,
            },
            9 if bits[0] & 0x0f == 1 && size == 8 + usize::from(cursor.sizes().address) => {
                Some(Self::VariableText)
            }
            _ => None,
        };
        let what = || format!("an element type of class {}, {size} bytes", class & 0x0f);
        let element = element.ok_or_else(|| Fault::unsupported(offset, what()))?;
        Ok((element, size))
    }

    fn parse_base(mut cursor: Cursor<'_>) -> Result<(Self, usize)> {
        let offset = cursor.offset();
        // The base of an enumeration is an integer, so the recursion ends here.
        if cursor.clone().u8()? & 0x0f != 0 {
            return Err(Fault::unsupported(
                offset,
                "an enumeration of a type other than integer",
            ));
        }
        let bytes = cursor.take(12)?;
        Self::parse(Cursor::new(bytes, offset, cursor.sizes()))
    }

    /// The text in `bytes`; `None` if the elements are not texts of a fixed size.
    pub(super) fn text(self, bytes: &[u8]) -> Option<String> {
        let Self::Text(_, padding) = self else {
            return None;
        };
        let end = match padding {
            Padding::NullTerminated => bytes.iter().position(|&byte| byte == 0),
            Padding::NullPadded => Some(trimmed(bytes, 0)),
            Padding::SpacePadded => Some(trimmed(bytes, b' ')),
        };
        Some(byte_text(&bytes[..end.unwrap_or(bytes.len())]))
    }
}

/// Length of `bytes` without the padding at the end.
fn trimmed(bytes: &[u8], padding: u8) -> usize {
    let last = bytes.iter().rposition(|&byte| byte != padding);
    last.map_or(0, |last| last + 1)
}

fn number(letter: char, big_endian: bool, size: usize) -> Option<Element> {
    let order = if big_endian { '>' } else { '<' };
    Dtype::parse(&format!("{order}{letter}{size}")).map(Element::Number)
}

fn parse_integer(cursor: &mut Cursor<'_>, bits: [u8; 3], size: usize) -> Result<Option<Element>> {
    let (shift, precision) = (cursor.u16()?, cursor.u16()?);
    if shift != 0 || usize::from(precision) != 8 * size {
        return Ok(None);
    }
    let letter = if bits[0] & 8 == 0 { 'u' } else { 'i' };
    Ok(number(letter, bits[0] & 1 != 0, size))
}

fn parse_float(cursor: &mut Cursor<'_>, bits: [u8; 3], size: usize) -> Result<Option<Element>> {
    let (shift, precision) = (cursor.u16()?, cursor.u16()?);
    let fields = [cursor.u8()?, cursor.u8()?, cursor.u8()?, cursor.u8()?];
    let bias = cursor.u32()?;
    // The IEEE formats: position and bits of the exponent, position and bits of the fraction, bias.
    let ieee = match size {
        2 => ([10, 5, 0, 10], 15),
        4 => ([23, 8, 0, 23], 127),
        8 => ([52, 11, 0, 52], 1023),
        _ => return Ok(None),
    };
    let sign = usize::from(bits[1]);
    let whole = shift == 0 && usize::from(precision) == 8 * size && sign == 8 * size - 1;
    let hidden_one = bits[0] >> 4 & 3 == 2;
    // The second bit of the byte order is set for the VAX order only.
    let ordered = bits[0] & 0x40 == 0;
    if (fields, bias) != ieee || !whole || !hidden_one || !ordered {
        return Ok(None);
    }
    Ok(number('f', bits[0] & 1 != 0, size))
}

fn parse_text(bits: [u8; 3], size: usize, offset: u64) -> Result<Option<Element>> {
    let padding = match bits[0] & 0x0f {
        0 => Padding::NullTerminated,
        1 => Padding::NullPadded,
        2 => Padding::SpacePadded,
        found => {
            return Err(Fault::Value {
                offset,
                what: "padding of texts",
                found: found.into(),
                expected: "0 to 2",
            });
        }
    };
    let dtype = Dtype::parse(&format!("S{size}"));
    Ok(dtype.map(|dtype| Element::Text(dtype, padding)))
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(dtype) | Self::Text(dtype, _) => dtype.fmt(f),
            Self::VariableText => f.write_str("text of variable length"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::cursor::Sizes;

    fn parse(bytes: &[u8]) -> Result<(Element, usize)> {
        let sizes = Sizes {
            address: 8,
            length: 8,
        };
        Element::parse(Cursor::new(bytes, 0, sizes))
    }

    #[test]
    fn texts_end_as_their_padding_says() {
        let dtype = Dtype::parse("S6").unwrap();
        let text = |padding| Element::Text(dtype, padding).text(b"a\0b \0\0").unwrap();
        assert_eq!(text(Padding::NullTerminated), "a");
        assert_eq!(text(Padding::NullPadded), "a\0b ");
        let spaces = Element::Text(dtype, Padding::SpacePadded);
        assert_eq!(spaces.text(b"ab    ").unwrap(), "ab");
        assert_eq!(Element::VariableText.text(b"ab"), None);
    }

    #[test]
    fn other_floats_than_ieee_are_refused() {
        let single = [
            0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
        ];
        assert_eq!(parse(&single).unwrap().0.to_string(), "f4");
        for (byte, other) in [(1, 0x60), (1, 0), (2, 30), (8, 1), (12, 22), (16, 126)] {
            let mut bytes = single;
            bytes[byte] = other;
            let error = parse(&bytes).unwrap_err();
            assert_eq!(
                error.to_string(),
                "byte 0: an element type of class 1, 4 bytes is not supported"
            );
        }
    }

    #[test]
    fn integers_use_all_their_bits() {
        let mut bytes = [0x10, 0x09, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0];
        let (element, size) = parse(&bytes).unwrap();
        assert_eq!((element.to_string().as_str(), size), ("i2", 2));
        bytes[10] = 12;
        assert!(parse(&bytes).is_err());
    }
}

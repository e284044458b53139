//! The fields of a message of Protocol Buffers, the encoding of ONNX.

use std::ops::Range;

/// Bytes that do not follow the encoding.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("byte {position}: expected {expected}")]
pub(super) struct FieldFault {
    /// Where in the file.
    pub position: usize,
    /// What should be there.
    pub expected: &'static str,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(u64),
    /// Where its bytes are in the file: a message, a text or numbers.
    Bytes(Range<usize>),
    /// A number of fixed size, which nothing here needs.
    Skipped,
}

/// The fields of a message, by number, in the order of the file.
///
/// - Source: the encoding of Protocol Buffers, as documented by Google.
#[derive(Clone, Debug)]
pub(super) struct Fields<'file> {
    file: &'file [u8],
    rest: Range<usize>,
}

impl<'file> Fields<'file> {
    /// The fields of the message in a range of the file, which is inside the file.
    pub fn new(file: &'file [u8], message: Range<usize>) -> Self {
        Self {
            file,
            rest: message,
        }
    }

    fn fault(&self, expected: &'static str) -> FieldFault {
        FieldFault {
            position: self.rest.start,
            expected,
        }
    }

    /// The range of the next `count` bytes.
    fn take(&mut self, count: u64) -> Result<Range<usize>, FieldFault> {
        if count > self.rest.len() as u64 {
            return Err(self.fault("more bytes"));
        }
        let start = self.rest.start;
        self.rest.start += count as usize;
        Ok(start..self.rest.start)
    }

    /// The next number, of seven bits in each byte, the least first.
    pub fn number(&mut self) -> Result<u64, FieldFault> {
        let begin = self.fault("a number of at most 64 bits");
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?.start;
            let byte = self.file[byte];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(begin)
    }

    fn field(&mut self) -> Result<(u64, Value), FieldFault> {
        let begin = self.fault("a field of a known type");
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            1 => self.take(8).map(|_| Value::Skipped)?,
            2 => {
                let count = self.number()?;
                Value::Bytes(self.take(count)?)
            }
            5 => self.take(4).map(|_| Value::Skipped)?,
            _ => return Err(begin),
        };
        Ok((key >> 3, value))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl Iterator for Fields<'_> {
    type Item = Result<(u64, Value), FieldFault>;

    /// The next field; none after a fault.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest.start = self.rest.end;
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<(u64, Value)>, FieldFault> {
        Fields::new(bytes, 0..bytes.len()).collect()
    }

    /// Field 1 is 150 = 0x16 + 1 * 128, the example of the encoding's documentation; field 2 is a text.
    #[test]
    fn fields_have_numbers_and_values() {
        assert_eq!(fields(&[8, 0x96, 1]), Ok(vec![(1, Value::Number(150))]));
        let text = [0x12, 2, b'a', b'b'];
        assert_eq!(fields(&text), Ok(vec![(2, Value::Bytes(2..4))]));
        assert_eq!(fields(&[0x0d, 0, 0, 0, 0]), Ok(vec![(1, Value::Skipped)]));
        assert_eq!(fields(&[]), Ok(vec![]));
    }

    #[test]
    fn damaged_fields_are_named_by_their_byte() {
        for (bytes, message) in [
            (&[8][..], "byte 1: expected more bytes"),
            (&[8, 0x96], "byte 2: expected more bytes"),
            (&[0x12, 3, 0], "byte 2: expected more bytes"),
            (&[8, 0, 0x0b], "byte 2: expected a field of a known type"),
            (&[0xff; 12], "byte 0: expected a number of at most 64 bits"),
        ] {
            assert_eq!(fields(bytes).unwrap_err().to_string(), message);
        }
    }
}

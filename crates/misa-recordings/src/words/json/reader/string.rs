//! Texts in quotes, and their escapes.

use crate::Fault;
use crate::words::json::reader::Reader;
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// The bytes of a string without escapes. The reader is at its quote.
    pub(super) fn string(&mut self) -> Result<Cow<'a, [u8]>, Fault> {
        let start = self.next + 1;
        let bytes = self.bytes;
        let plain = bytes[start..]
            .iter()
            .take_while(|byte| !matches!(byte, b'"' | b'\\'))
            .count();
        let mut end = start + plain;
        if bytes.get(end) == Some(&b'"') {
            self.next = end + 1;
            return Ok(Cow::Borrowed(&bytes[start..end]));
        }
        let mut text = bytes[start..end].to_vec();
        loop {
            match bytes.get(end..).unwrap_or_default() {
                [] => {
                    self.next = bytes.len();
                    return Err(self.malformed("the end of a text in quotes"));
                }
                [b'"', ..] => break,
                [b'\\', escape @ ..] => end += 1 + self.escape(escape, &mut text)?,
                [byte, ..] => {
                    text.push(*byte);
                    end += 1;
                }
            }
        }
        self.next = end + 1;
        Ok(Cow::Owned(text))
    }

    /// Adds the character of an escape to `text`; returns its bytes after the backslash.
    fn escape(&mut self, escape: &[u8], text: &mut Vec<u8>) -> Result<usize, Fault> {
        let short = match escape.first() {
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode(escape, text),
            _ => return Err(self.malformed("known escapes in a text")),
        };
        text.push(short);
        Ok(1)
    }

    fn unicode(&mut self, escape: &[u8], text: &mut Vec<u8>) -> Result<usize, Fault> {
        let unit = |from: usize| {
            let digits = escape.get(from..from + 4)?;
            let digits = std::str::from_utf8(digits).ok()?;
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
        };
        let Some(first) = unit(1) else {
            return Err(self.malformed("four hexadecimal digits after `\\u`"));
        };
        let is_high = (0xd800..0xdc00).contains(&first);
        let second = match escape.get(5..7) {
            Some(b"\\u") if is_high => unit(7),
            _ => None,
        };
        let units = [first, second.unwrap_or_default()];
        let used = 1 + usize::from(second.is_some());
        let mut length = 5 + 6 * (used - 1);
        let character = match char::decode_utf16(units[..used].iter().copied()).next() {
            Some(Ok(character)) => character,
            // Half a character: the next escape is read for itself.
            _ => {
                self.damaged += 1;
                length = 5;
                char::REPLACEMENT_CHARACTER
            }
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn text_of(bytes: &[u8]) -> (String, usize) {
        let mut reader = Reader::new(bytes, &Limits::default());
        (reader.text().unwrap(), reader.damaged)
    }

    #[test]
    fn escapes_are_read() {
        let text = |text: &str| text_of(text.as_bytes());
        assert_eq!(text(r#""a\"\\\/\n\u00e9""#), ("a\"\\/\n\u{e9}".into(), 0));
        assert_eq!(text(r#""\ud83d\ude00""#), ("\u{1f600}".into(), 0));
        assert_eq!(text(r#""\ud83d\u0041""#), ("\u{fffd}A".into(), 1));
        assert_eq!(text_of(b"\"a\xe9b\""), ("a\u{fffd}b".into(), 1));
    }
}

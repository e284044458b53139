//! The text of a file.

use crate::{Fault, FaultKind, Place};
use std::borrow::Cow;

/// The text of bytes in UTF-8, or in UTF-16 with a mark at the start; without the mark.
///
/// # Errors
///
/// [`FaultKind::Malformed`] with the line of the first character that is damaged or of another encoding.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let unit = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes as fn([u8; 2]) -> u16,
        [0xfe, 0xff, ..] => u16::from_be_bytes as fn([u8; 2]) -> u16,
        _ => return decode_utf8(bytes).map(Cow::Borrowed),
    };
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(half_a_character(&text)),
        }
    }
    match rest {
        [] => Ok(Cow::Owned(text)),
        _ => Err(half_a_character(&text)),
    }
}

/// A text whose lines end in line feeds alone, where one ended in a carriage return alone. Several before a line feed
/// are one end.
pub(crate) fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_alone = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
    if !text.ends_with('\r') && !text.as_bytes().windows(2).any(is_alone) {
        return text;
    }
    let mut lines = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(length) = rest.find('\r') {
        let (line, ends) = rest.split_at(length);
        let behind = ends.trim_start_matches('\r');
        lines.push_str(line);
        rest = behind.strip_prefix('\n').unwrap_or(behind);
        let count = if rest.len() < behind.len() {
            1
        } else {
            ends.len() - behind.len()
        };
        lines.extend(std::iter::repeat_n('\n', count));
    }
    lines.push_str(rest);
    Cow::Owned(lines)
}

fn decode_utf8(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let place = Place::Line(line_after(&bytes[..error.valid_up_to()]));
        Fault::new(
            FaultKind::Malformed,
            place,
            "UTF-8",
            "bytes of another encoding",
        )
        .advised("save the file as UTF-8")
    })
}

fn half_a_character(before: &str) -> Fault {
    let place = Place::Line(line_after(before.as_bytes()));
    Fault::new(FaultKind::Malformed, place, "UTF-16", "half a character")
}

/// The number, from 1, of the line that follows or contains the end of `before`.
pub(crate) fn line_after(before: &[u8]) -> u64 {
    1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_decide_the_encoding() {
        assert_eq!(decode("a\u{e9}".as_bytes()).unwrap(), "a\u{e9}");
        assert_eq!(decode("\u{feff}a".as_bytes()).unwrap(), "a");
        assert_eq!(decode(b"\xff\xfea\0\n\0").unwrap(), "a\n");
        assert_eq!(decode(b"\xfe\xff\0a").unwrap(), "a");
    }

    #[test]
    fn carriage_returns_end_lines() {
        let cases = [
            ("a\r\nb\n", "a\r\nb\n"),
            ("a\rb\r\rc\r", "a\nb\n\nc\n"),
            ("a\r\r\nb\r\r\n\r\r\n", "a\nb\n\n"),
            ("a\rb\r\nc", "a\nb\nc"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(with_line_feeds(text.into()), expected, "{text:?}");
        }
    }

    #[test]
    fn another_encoding_is_refused_with_its_line() {
        let message = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert_eq!(
            message(b"a\nb\xe9"),
            "line 2: expected UTF-8, found bytes of another encoding; save the file as UTF-8"
        );
        assert_eq!(
            message(b"\xff\xfea\0b"),
            "line 1: expected UTF-16, found half a character"
        );
        assert_eq!(
            message(b"\xff\xfe\x00\xd8"),
            "line 1: expected UTF-16, found half a character"
        );
    }
}

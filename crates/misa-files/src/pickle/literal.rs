//! Numbers and texts in the notation of protocol 0, and integers of any length.

use std::borrow::Cow;

/// An integer of a pickle: exact if it fits 64 bits, otherwise the nearest float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Integer {
    Exact(i64),
    Huge(f64),
}

/// A decimal integer, optionally with the `L` that Python 2 appends.
pub(super) fn decimal(line: &[u8]) -> Option<Integer> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let text = text.strip_suffix('L').unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.parse() {
        Ok(value) => Some(Integer::Exact(value)),
        Err(_) => text.parse().ok().map(Integer::Huge),
    }
}

/// A decimal float, `nan` and `inf` included.
pub(super) fn float(line: &[u8]) -> Option<f64> {
    std::str::from_utf8(line).ok()?.trim().parse().ok()
}

/// A little-endian integer in two's complement, of any length.
pub(super) fn little_endian(bytes: &[u8]) -> Integer {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let (low, high) = bytes.split_at(bytes.len().min(8));
    let mut exact = [fill; 8];
    exact[..low.len()].copy_from_slice(low);
    let value = i64::from_le_bytes(exact);
    if high.iter().all(|&byte| byte == fill) && (value < 0) == negative {
        return Integer::Exact(value);
    }
    let magnitude = bytes.iter().rev().fold(0.0, |sum: f64, &byte| {
        sum * 256.0 + f64::from(if negative { !byte } else { byte })
    });
    Integer::Huge(if negative {
        -magnitude - 1.0
    } else {
        magnitude
    })
}

/// The content of a quoted Python 2 string, with escapes resolved.
pub(super) fn quoted(line: &[u8]) -> Option<Cow<'_, [u8]>> {
    let line = line.trim_ascii();
    let (&quote, rest) = line.split_first()?;
    let body = rest.strip_suffix(&[quote])?;
    if quote != b'\'' && quote != b'"' {
        return None;
    }
    if !body.contains(&b'\\') {
        return Some(Cow::Borrowed(body));
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'\\' {
            rest = unescape(after, &mut bytes)?;
        } else {
            bytes.push(byte);
        }
    }
    Some(Cow::Owned(bytes))
}

/// Appends the character of the escape at the start of `text`, which follows its backslash, and returns
/// the rest of `text`.
fn unescape<'a>(text: &'a [u8], bytes: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&kind, rest) = text.split_first()?;
    let plain = match kind {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        b'\\' | b'\'' | b'"' => kind,
        b'x' => {
            bytes.push(u8::try_from(number(rest.get(..2)?, 16)?).ok()?);
            return Some(&rest[2..]);
        }
        b'0'..=b'7' => {
            let digits = text.iter().take(3);
            let length = digits
                .take_while(|byte| (b'0'..=b'7').contains(byte))
                .count();
            bytes.push(number(&text[..length], 8)? as u8);
            return Some(&text[length..]);
        }
        _ => return None,
    };
    bytes.push(plain);
    Some(rest)
}

/// The content of a protocol 0 text: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
pub(super) fn raw_unicode(line: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        let digits = match (byte, after.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            _ => 0,
        };
        if digits == 0 {
            text.push(char::from(byte));
            rest = after;
        } else {
            let code = number(after.get(1..=digits)?, 16)?;
            text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            rest = &after[digits + 1..];
        }
    }
    Some(text)
}

/// Appends the bytes of a text in Latin-1; false if it has other characters.
pub(super) fn latin1(text: &str, bytes: &mut Vec<u8>) -> bool {
    bytes.reserve(text.len());
    for char in text.chars() {
        match u8::try_from(u32::from(char)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => return false,
        }
    }
    true
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if !digits.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_what_fits() {
        assert_eq!(decimal(b"-12"), Some(Integer::Exact(-12)));
        assert_eq!(decimal(b"7L"), Some(Integer::Exact(7)));
        assert_eq!(decimal(b"100000000000000000000"), Some(Integer::Huge(1e20)));
        assert_eq!(decimal(b"1e3"), None);
        assert_eq!(decimal(b""), None);
    }

    #[test]
    fn little_endian_integers_of_any_length() {
        assert_eq!(little_endian(&[]), Integer::Exact(0));
        assert_eq!(little_endian(&[0xff]), Integer::Exact(-1));
        assert_eq!(little_endian(&[0x80, 0]), Integer::Exact(128));
        // 2^63 needs a ninth byte, and is no longer an i64.
        let huge = [0, 0, 0, 0, 0, 0, 0, 0x80, 0];
        assert_eq!(
            little_endian(&huge),
            Integer::Huge(9_223_372_036_854_775_808.0)
        );
        assert_eq!(little_endian(&huge[..8]), Integer::Exact(i64::MIN));
    }

    #[test]
    fn quoted_strings_resolve_their_escapes() {
        assert_eq!(quoted(br"'don\'t'").as_deref(), Some(b"don't".as_slice()));
        assert_eq!(
            quoted(br#""\x41\102\n\\""#).as_deref(),
            Some(b"AB\n\\".as_slice())
        );
        assert_eq!(quoted(b"'open"), None);
        assert_eq!(quoted(b"'"), None);
        assert_eq!(quoted(br"'\q'"), None);
    }

    #[test]
    fn raw_unicode_is_latin1_with_escapes() {
        assert_eq!(
            raw_unicode(b"caf\xe9 \\u65e5").as_deref(),
            Some("caf\u{e9} \u{65e5}")
        );
        assert_eq!(raw_unicode(b"a\\b").as_deref(), Some("a\\b"));
        assert_eq!(raw_unicode(b"\\u12"), None);
    }

    #[test]
    fn latin1_refuses_what_it_cannot_hold() {
        let mut bytes = vec![];
        assert!(latin1("\u{ff}a", &mut bytes));
        assert_eq!(bytes, [255, 97]);
        assert!(!latin1("\u{100}", &mut bytes));
    }
}

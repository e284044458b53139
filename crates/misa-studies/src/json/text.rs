//! Texts in quotes.

use super::reader::{JsonFault, Reader};

/// The text that starts at a quote.
pub(super) fn text(reader: &mut Reader<'_>) -> Result<String, JsonFault> {
    if !reader.advance('"') {
        return Err(reader.fault("`\"`"));
    }
    let mut text = String::new();
    loop {
        let rest = reader.rest();
        let end = rest
            .find(|character: char| matches!(character, '"' | '\\' | '\0'..='\u{1f}'))
            .unwrap_or(rest.len());
        text.push_str(&rest[..end]);
        reader.pass(end);
        if reader.advance('"') {
            return Ok(text);
        }
        if !reader.advance('\\') {
            return Err(reader.fault("`\"`"));
        }
        text.push(escaped(reader)?);
    }
}

/// The character that an escape stands for.
fn escaped(reader: &mut Reader<'_>) -> Result<char, JsonFault> {
    let character = match reader.peek() {
        Some('u') => return unicode(reader),
        Some(character @ ('"' | '\\' | '/')) => character,
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        _ => return Err(reader.fault("an escape of JSON")),
    };
    reader.pass(1);
    Ok(character)
}

/// A character by one or two code units of UTF-16.
fn unicode(reader: &mut Reader<'_>) -> Result<char, JsonFault> {
    let start = reader.fault("a code unit in four digits, or a pair of surrogates");
    let first = unit(reader);
    let units = match first {
        Some(unit @ 0xd800..=0xdbff) if reader.advance('\\') => [Some(unit), self::unit(reader)],
        _ => [first, None],
    };
    let mut characters = char::decode_utf16(units.into_iter().flatten());
    match (characters.next(), characters.next()) {
        (Some(Ok(character)), None) => Ok(character),
        _ => Err(start),
    }
}

/// The code unit of `u` and four digits.
fn unit(reader: &mut Reader<'_>) -> Option<u16> {
    let digits = reader.rest().strip_prefix('u')?.get(..4)?;
    // Rust would also read a sign.
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = are_digits.then(|| u16::from_str_radix(digits, 16).ok())??;
    reader.pass(5);
    Some(unit)
}

#[cfg(test)]
mod tests {
    use crate::json::{Json, parse};

    #[test]
    fn escapes_are_read() {
        let text = parse(r#""\u00e9\ud83d\ude00\"\\\/\n\r\t\b\f é""#);
        assert_eq!(text, Ok(Json::from("é\u{1f600}\"\\/\n\r\t\u{8}\u{c} é")));
    }

    #[test]
    fn wrong_escapes_are_faults() {
        for text in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dA""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\n""#,
            r#""\u00g9""#,
            r#""\u+123""#,
            r#""\u12"#,
            r#""\x""#,
            r#""\"#,
            "\"\u{1}\"",
            "\"\n\"",
            r#""a"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

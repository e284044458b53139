//! What is wrong with JSON, in words for people.

use serde_json::error::{Category, Error};
use std::fmt;

/// Characters of a message of serde that are shown; it may quote what it read.
const SHOWN: usize = 160;

/// A fault of JSON: where it is, what was expected and what was found.
///
/// As a text it is that of a file, and says what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// Line and column, from 1; `None` if the value was not read from a text.
    pub place: Option<(usize, usize)>,
    /// What should be there; `None` if what was found says it.
    pub expected: Option<String>,
    /// What is there.
    pub found: String,
}

impl JsonFault {
    /// What ends the text of a fault: what to do.
    pub const ADVICE: &'static str = "; restore the file from a copy";

    /// The error of `serde_json` for `bytes`, in our words.
    pub fn new(bytes: &[u8], error: &Error) -> Self {
        let message = error.to_string();
        // A value that was read from no text has no place, and its message may quote such words.
        let message = match message.rfind(" at line ") {
            Some(end) if error.line() > 0 => &message[..end],
            _ => &message,
        };
        let (expected, found) = match error.classify() {
            Category::Data => of_data(message),
            Category::Eof => of_end(bytes),
            _ => of_syntax(message, bytes, error),
        };
        Self {
            place: (error.line() > 0).then(|| (error.line(), error.column().max(1))),
            expected,
            found: shown(&found),
        }
    }

    /// What was found, as the end of a sentence that says what was expected of the whole.
    pub fn instead(&self) -> String {
        match &self.expected {
            Some(expected) => format!("{} instead of {expected}", self.found),
            None => self.found.clone(),
        }
    }

    /// As [`Self::instead`], with the place.
    pub fn instead_with_place(&self) -> String {
        let instead = self.instead();
        match self.place {
            Some((line, column)) => format!("{instead}, at line {line}, column {column}"),
            None => instead,
        }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        let expected = self.expected.as_deref().unwrap_or("another value");
        write!(f, "expected {expected}, found {}", self.found)?;
        f.write_str(Self::ADVICE)
    }
}

impl std::error::Error for JsonFault {}

/// JSON that ends too early.
fn of_end(bytes: &[u8]) -> (Option<String>, String) {
    let (expected, found) = if bytes.trim_ascii().is_empty() {
        ("JSON", "nothing")
    } else {
        ("more JSON", "the end")
    };
    (Some(expected.to_string()), found.to_string())
}

/// What is no JSON.
fn of_syntax(message: &str, bytes: &[u8], error: &Error) -> (Option<String>, String) {
    let last = last_read(bytes, error);
    let (expected, found) = match message {
        _ if bytes.starts_with("\u{feff}".as_bytes()) => {
            ("JSON", "a byte order mark before it".to_string())
        }
        "key must be a string" => ("a key in double quotes", last),
        "trailing characters" => ("nothing after the JSON", last),
        // Of null, true and false.
        "expected ident" => ("JSON", last),
        "expected value" => ("a value", last),
        _ if message.starts_with("control character") => ("control characters as escapes", last),
        _ => match message.strip_prefix("expected ") {
            Some(expected) => (expected, last),
            None => ("JSON", format!("{message}: {last}")),
        },
    };
    (Some(expected.to_string()), found)
}

/// JSON of another form.
fn of_data(message: &str) -> (Option<String>, String) {
    if let Some(key) = message.strip_prefix("missing field ") {
        return (Some(format!("the key {key}")), "none".to_string());
    }
    if let Some(key) = message.strip_prefix("duplicate field ") {
        return (Some("each key once".to_string()), format!("{key} twice"));
    }
    if message.starts_with("data did not match any variant") {
        return (None, "another form".to_string());
    }
    let message = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .find_map(|prefix| message.strip_prefix(prefix))
        .unwrap_or(message);
    match message.rsplit_once(", expected ") {
        Some((found, expected)) => (Some(wanted(expected)), value(found)),
        None => (None, message.to_string()),
    }
}

/// What serde expects, without the names of Rust's types.
fn wanted(expected: &str) -> String {
    let words = match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "string" => "a text",
        "a boolean" => "true or false",
        "a map" => "an object",
        "a sequence" => "a list",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    };
    words.to_string()
}

/// A value in words of JSON, of those of serde.
fn value(found: &str) -> String {
    let of = |prefix: &str| Some(found.strip_prefix(prefix)?.replace('`', ""));
    if let Some(text) = found.strip_prefix("string ") {
        return format!("the text {text}");
    }
    if let Some(number) = of("integer ").or_else(|| of("floating point ")) {
        return format!("the number {number}");
    }
    if let Some(field) = found.strip_prefix("unknown field ") {
        return format!("the key {field}");
    }
    match found {
        "map" => "an object".to_string(),
        "sequence" => "a list".to_string(),
        _ => of("boolean ").unwrap_or_else(|| found.to_string()),
    }
}

/// The last character that was read, quoted.
fn last_read(bytes: &[u8], error: &Error) -> String {
    let before = error.line().saturating_sub(1);
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').take(before);
    let start: usize = lines.map(<[u8]>::len).sum();
    let end = (start + error.column()).min(bytes.len());
    // To the end of the character and, at four bytes each, from before its start.
    let is_inside = |&&byte: &&u8| byte & 0xC0 == 0x80;
    let rest = bytes[end..].iter().take(3).take_while(is_inside).count();
    let end = end + rest;
    match String::from_utf8_lossy(&bytes[end.saturating_sub(4)..end])
        .chars()
        .next_back()
    {
        Some(char::REPLACEMENT_CHARACTER) => format!("the byte 0x{:02x}", bytes[end - 1]),
        Some(last) if last.is_control() => format!("`{}`", last.escape_debug()),
        Some(last) => format!("`{last}`"),
        None => "nothing".to_string(),
    }
}

/// The beginning of a text, without what could reach a terminal as a command.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(SHOWN) {
        if character.is_control() {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sizes {
        #[serde(rename = "visual")]
        _visual: u32,
    }

    fn fault<T: DeserializeOwned>(bytes: &[u8]) -> String {
        let error = serde_json::from_slice::<T>(bytes).err().unwrap();
        JsonFault::new(bytes, &error).to_string()
    }

    #[test]
    fn what_is_no_json_is_told_in_words_with_its_place() {
        for (text, expected) in [
            ("", "line 1, column 1: expected JSON, found nothing"),
            ("hello", "line 1, column 1: expected a value, found `h`"),
            ("no", "line 1, column 2: expected JSON, found `o`"),
            ("{\n", "line 2, column 1: expected more JSON, found the end"),
            (
                "{'a': 1}",
                "line 1, column 2: expected a key in double quotes, found `'`",
            ),
            ("{\"a\" 1}", "line 1, column 6: expected `:`, found `1`"),
            (
                "{} x",
                "line 1, column 4: expected nothing after the JSON, found `x`",
            ),
            (
                "\u{feff}{}",
                "line 1, column 1: expected JSON, found a byte order mark before it",
            ),
        ] {
            let found = fault::<serde_json::Value>(text.as_bytes());
            assert_eq!(found, format!("{expected}; restore the file from a copy"));
        }
        let found = fault::<serde_json::Value>(b"\x80\x04\x95");
        assert!(found.contains("found the byte 0x80"), "{found}");
    }

    #[test]
    fn json_of_another_form_is_told_without_names_of_types() {
        for (text, expected) in [
            (
                "{}",
                "line 1, column 2: expected the key `visual`, found none",
            ),
            (
                r#"{"visual": -1}"#,
                "line 1, column 13: expected a whole number from 0, found the number -1",
            ),
            (
                r#"{"visual": "3"}"#,
                "line 1, column 14: expected a whole number from 0, found the text \"3\"",
            ),
            (
                r#"{"visual": [3]}"#,
                "line 1, column 11: expected a whole number from 0, found a list",
            ),
            (
                "3",
                "line 1, column 1: expected an object, found the number 3",
            ),
        ] {
            assert_eq!(
                fault::<Sizes>(text.as_bytes()),
                format!("{expected}; restore the file from a copy")
            );
        }
        let found = fault::<Sizes>(br#"{"sound": 1}"#);
        assert!(
            found.contains("expected `visual`, found the key `sound`"),
            "{found}"
        );
        let found = fault::<BTreeMap<String, bool>>(br#"{"a": 1}"#);
        assert!(
            found.contains("expected true or false, found the number 1"),
            "{found}"
        );
    }

    #[test]
    fn a_fault_ends_a_sentence_about_the_whole() {
        let error = serde_json::from_str::<Sizes>("{\n]").unwrap_err();
        let fault = JsonFault::new(b"{\n]", &error);
        assert_eq!(
            fault.instead_with_place(),
            "`]` instead of a key in double quotes, at line 2, column 1"
        );
        let error = serde_json::from_value::<Sizes>(serde_json::json!({})).unwrap_err();
        let fault = JsonFault::new(b"", &error);
        assert_eq!(
            fault.instead_with_place(),
            "none instead of the key `visual`"
        );
        let quoted = serde_json::json!({"visual": "a at line 3"});
        let error = serde_json::from_value::<Sizes>(quoted).unwrap_err();
        assert_eq!(
            JsonFault::new(b"", &error).instead(),
            "the text \"a at line 3\" instead of a whole number from 0"
        );
    }

    #[test]
    fn what_is_quoted_is_short_and_has_no_control_characters() {
        let text = format!("{{\"\\u001b{}\": 1}}", "x".repeat(1000));
        let found = fault::<Sizes>(text.as_bytes());
        assert!(
            found.contains("`\\u{1b}xxx") && found.chars().count() < 300,
            "{found}"
        );
    }
}

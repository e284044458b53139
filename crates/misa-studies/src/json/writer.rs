//! Values to text.

use super::number::python;
use super::value::Json;
use std::fmt::Write;

/// What stands between values, and between a key and its value.
struct Separators(&'static str, &'static str);

/// Without spaces, as the lines of a journal.
pub(crate) fn compact(value: &Json) -> String {
    written(value, &Separators(",", ":"))
}

/// With a space behind commas and colons, as texts within a line.
pub(crate) fn spaced(value: &Json) -> String {
    written(value, &Separators(", ", ": "))
}

fn written(value: &Json, separators: &Separators) -> String {
    let mut text = String::new();
    write(value, separators, &mut text);
    text
}

fn write(value: &Json, separators: &Separators, text: &mut String) {
    match value {
        Json::Null => text.push_str("null"),
        Json::Bool(true) => text.push_str("true"),
        Json::Bool(false) => text.push_str("false"),
        Json::Integer(number) => text.push_str(&number.to_string()),
        Json::Float(number) => text.push_str(&python(*number)),
        Json::Text(string) => write_text(string, text),
        Json::List(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push_str(separators.0);
                }
                write(value, separators, text);
            }
            text.push(']');
        }
        Json::Object(fields) => {
            text.push('{');
            for (index, (key, value)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push_str(separators.0);
                }
                write_text(key, text);
                text.push_str(separators.1);
                write(value, separators, text);
            }
            text.push('}');
        }
    }
}

fn write_text(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a `String` cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `json.dumps` of Python 3.11.
    #[test]
    fn text_is_that_of_python() {
        let value = Json::Object(vec![
            ("é".to_string(), "a\"\\\n\u{7f}\u{1f600}".into()),
            (
                "b".to_string(),
                Json::List(vec![Json::Null, true.into(), 7.into()]),
            ),
            ("c".to_string(), Json::List(vec![])),
        ]);
        assert_eq!(
            spaced(&value),
            r#"{"\u00e9": "a\"\\\n\u007f\ud83d\ude00", "b": [null, true, 7], "c": []}"#
        );
        assert_eq!(
            compact(&value),
            r#"{"\u00e9":"a\"\\\n\u007f\ud83d\ude00","b":[null,true,7],"c":[]}"#
        );
    }
}

//! What is not JSON at all, and where.

use crate::error::{Fault, WireError, quoted};
use serde_json::error::{Category, Error};

/// The error of `serde_json` for `body`, in our words. `whole` is the name of what was read.
pub(super) fn syntax_error(body: &str, error: &Error, whole: &str) -> WireError {
    let place = if whole == "body" {
        format!("body, line {}, column {}", error.line(), error.column())
    } else {
        format!("{whole}, column {}", error.column())
    };
    let message = error.to_string();
    let message = match message.rfind(" at line ") {
        Some(end) => &message[..end],
        None => &message,
    };
    let fault = match (error.classify(), message) {
        _ if body.starts_with('\u{feff}') => {
            Fault::malformed("JSON", "a byte order mark before it")
        }
        (Category::Eof, _) => Fault::malformed("more JSON", "the end"),
        (_, "key must be a string") => {
            Fault::malformed("a key in double quotes", before(body, error))
        }
        (_, message) if message.starts_with("control character") => {
            Fault::malformed("control characters as escapes", before(body, error))
        }
        (_, "trailing characters") => {
            Fault::malformed("nothing after the JSON", before(body, error))
        }
        // Of null, true and false.
        (_, "expected ident") => Fault::malformed("JSON", before(body, error)),
        _ => match message.strip_prefix("expected ") {
            Some(expected) => Fault::malformed(expected.to_string(), before(body, error)),
            None => Fault::malformed("JSON", format!("{message}: {}", before(body, error))),
        },
    };
    fault.at(place)
}

/// The number before the place of `error`, if it is about one that no `f64` can hold.
pub(super) fn large_number(body: &str, error: &Error) -> Option<String> {
    let message = error.to_string();
    if !message.starts_with("number out of range") {
        return None;
    }
    let text = &body[..offset(body, error)];
    let is_of_number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let number = text.trim_end_matches(is_of_number).len();
    Some(quoted(&text[number..]).replace('"', ""))
}

/// The last character that was read, quoted.
fn before(body: &str, error: &Error) -> String {
    let text = &body[..offset(body, error)];
    match text.chars().next_back() {
        Some(last) if last.is_control() => format!("`{}`", last.escape_debug()),
        Some(last) => format!("`{last}`"),
        None => "nothing".to_string(),
    }
}

/// The byte after the last one that was read.
fn offset(body: &str, error: &Error) -> usize {
    let before = error.line().saturating_sub(1);
    let lines = body.split_inclusive('\n').take(before);
    let start: usize = lines.map(str::len).sum();
    let end = (start + error.column()).min(body.len());
    body.ceil_char_boundary(end)
}

//! What is not JSON at all, and where.

use crate::error::{Fault, WireError, quoted};
use misa_terms::JsonFault;
use serde_json::error::Error;

/// The error of `serde_json` for `body`, in our words. `whole` is the name of what was read.
pub(super) fn syntax_error(body: &str, error: &Error, whole: &str) -> WireError {
    let place = if whole == "body" {
        format!("body, line {}, column {}", error.line(), error.column())
    } else {
        format!("{whole}, column {}", error.column())
    };
    let fault = JsonFault::new(body.as_bytes(), error);
    let expected = fault.expected.unwrap_or_else(|| "JSON".to_string());
    Fault::malformed(expected, fault.found).at(place)
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

/// The byte after the last one that was read.
fn offset(body: &str, error: &Error) -> usize {
    let before = error.line().saturating_sub(1);
    let lines = body.split_inclusive('\n').take(before);
    let start: usize = lines.map(str::len).sum();
    let end = (start + error.column()).min(body.len());
    body.ceil_char_boundary(end)
}

//! What can be wrong with a request.

use std::borrow::Cow;
use thiserror::Error;

/// Characters of a user's value in a message.
const QUOTED: usize = 40;

/// What kind of fault a request has, and so which status a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WireErrorKind {
    /// The bytes are not JSON, or not safetensors.
    Malformed,
    /// There is no clip, or nothing in one.
    Empty,
    /// There is more of something than the limits allow.
    TooLarge,
    /// A key, a shape or a value that a request must not have.
    Invalid,
}

/// A request that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: expected {expected}, found {found}")]
#[non_exhaustive]
pub struct WireError {
    kind: WireErrorKind,
    /// Where: a part of the request, such as `clips[3].acoustic[7][2]`, or a line, column or byte of what
    /// is neither JSON nor safetensors.
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is there. Texts are quoted up to 40 characters.
    pub found: String,
}

impl WireError {
    /// What kind of fault it is.
    pub fn kind(&self) -> WireErrorKind {
        self.kind
    }
}

/// What is wrong at a place that the caller knows.
#[derive(Debug)]
pub(crate) struct Fault {
    kind: WireErrorKind,
    expected: Cow<'static, str>,
    found: Cow<'static, str>,
}

impl Fault {
    fn new(
        kind: WireErrorKind,
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub fn malformed(
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(WireErrorKind::Malformed, expected, found)
    }

    pub fn empty(expected: impl Into<Cow<'static, str>>) -> Self {
        Self::new(WireErrorKind::Empty, expected, "none")
    }

    pub fn invalid(
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(WireErrorKind::Invalid, expected, found)
    }

    /// More than `limit` of `what`, of which the total is not known.
    pub fn more_than(limit: usize, what: &str) -> Self {
        let expected = format!("at most {limit} {what}");
        Self::new(WireErrorKind::TooLarge, expected, "more")
    }

    /// `found` of `what`, which is more than `limit`.
    pub fn too_many(limit: usize, what: &str, found: impl std::fmt::Display) -> Self {
        let expected = format!("at most {limit} {what}");
        Self::new(WireErrorKind::TooLarge, expected, found.to_string())
    }

    /// The error at `place`.
    pub fn at(self, place: impl Into<String>) -> WireError {
        WireError {
            kind: self.kind,
            place: place.into(),
            expected: self.expected.into_owned(),
            found: self.found.into_owned(),
        }
    }
}

/// A user's text between quotes, shortened to what a message can hold.
pub(crate) fn quoted(text: &str) -> String {
    // Escaped, so that no control character reaches a terminal or a log.
    match text.char_indices().nth(QUOTED) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}

/// A message of another crate, which may quote what it read.
pub(crate) fn shortened(message: &str) -> String {
    const LONGEST: usize = 120;
    let escaped = message.escape_debug();
    escaped.take(LONGEST).collect()
}

/// `a`, `b` or `c` as part of a message.
pub(crate) fn one_of(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_string(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_where_what_was_expected_and_what_was_found() {
        let error = Fault::invalid("a number", "null").at("clips[0].visual[0][1]");
        assert_eq!(
            error.to_string(),
            "clips[0].visual[0][1]: expected a number, found null"
        );
        assert_eq!(error.kind(), WireErrorKind::Invalid);
    }

    #[test]
    fn a_long_text_is_quoted_in_part_and_without_control_characters() {
        assert_eq!(quoted("a\u{1b}b"), r#""a\u{1b}b""#);
        let text = quoted(&"é".repeat(1000));
        assert_eq!(text, format!("\"{}\"…", "é".repeat(40)));
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}

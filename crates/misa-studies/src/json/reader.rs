//! Text to values.

use super::text::text;
use super::value::Json;

/// Lists and objects within each other: more than anybody writes, and little enough for the stack.
const DEPTH: usize = 128;

/// What is wrong with a text, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct JsonFault {
    /// From 0.
    pub(crate) byte: usize,
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

/// A position in a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    byte: usize,
}

/// The value of a text that is one value and nothing else.
pub(crate) fn parse(text: &str) -> Result<Json, JsonFault> {
    let mut reader = Reader { text, byte: 0 };
    let value = reader.value(DEPTH)?;
    reader.skip_spaces();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.fault("the end of the line")),
    }
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Json, JsonFault> {
        self.skip_spaces();
        match self.peek() {
            Some('{' | '[') if depth == 0 => Err(self.fault("at most 128 levels")),
            Some('{') => self.object(depth - 1),
            Some('[') => self.list(depth - 1),
            Some('"') => text(self).map(Json::Text),
            Some('-' | '0'..='9' | 'I' | 'N') => self.number(),
            Some('t') => self.word("true", Json::Bool(true)),
            Some('f') => self.word("false", Json::Bool(false)),
            Some('n') => self.word("null", Json::Null),
            _ => Err(self.fault("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonFault> {
        let mut fields = Vec::new();
        self.advance('{');
        self.skip_spaces();
        if self.advance('}') {
            return Ok(Json::Object(fields));
        }
        loop {
            self.skip_spaces();
            let key = text(self)?;
            self.skip_spaces();
            if !self.advance(':') {
                return Err(self.fault("`:`"));
            }
            fields.push((key, self.value(depth)?));
            if self.ends('}', "`,` or `}`")? {
                return Ok(Json::Object(fields));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonFault> {
        let mut values = Vec::new();
        self.advance('[');
        self.skip_spaces();
        if self.advance(']') {
            return Ok(Json::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.ends(']', "`,` or `]`")? {
                return Ok(Json::List(values));
            }
        }
    }

    /// Whether the bracket follows, and not a comma.
    fn ends(&mut self, bracket: char, expected: &'static str) -> Result<bool, JsonFault> {
        self.skip_spaces();
        if self.advance(bracket) {
            Ok(true)
        } else if self.advance(',') {
            Ok(false)
        } else {
            Err(self.fault(expected))
        }
    }

    fn word(&mut self, word: &'static str, value: Json) -> Result<Json, JsonFault> {
        if self.rest().starts_with(word) {
            self.byte += word.len();
            Ok(value)
        } else {
            Err(self.fault("a value"))
        }
    }

    fn number(&mut self) -> Result<Json, JsonFault> {
        for (word, number) in [
            ("NaN", f64::NAN),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            if self.rest().starts_with(word) {
                return self.word(word, Json::Float(number));
            }
        }
        let rest = self.rest();
        let end = rest
            .find(|character: char| !matches!(character, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(rest.len());
        let digits = &rest[..end];
        let number = number(digits).ok_or_else(|| self.fault("a number"))?;
        self.byte += end;
        Ok(number)
    }

    pub(super) fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.byte += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes the character if it is the next one.
    pub(super) fn advance(&mut self, character: char) -> bool {
        let is_next = self.rest().starts_with(character);
        if is_next {
            self.byte += character.len_utf8();
        }
        is_next
    }

    /// Passes as many bytes, which end at a character.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.byte += bytes;
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.byte..]
    }

    /// What is here instead of what is expected.
    pub(super) fn fault(&self, expected: &'static str) -> JsonFault {
        let found = match self.peek() {
            None => "the end of the line".to_string(),
            Some(character) => format!("`{}`", character.escape_debug()),
        };
        JsonFault {
            byte: self.byte,
            found,
            expected,
        }
    }
}

/// A number by the rules of JSON, which are stricter than Rust's.
fn number(digits: &str) -> Option<Json> {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    let is_number = are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(are_digits);
    if !is_number {
        return None;
    }
    let is_integer = fraction.is_none() && exponent.is_none();
    let integer = digits.parse().ok().filter(|_| is_integer);
    if let Some(integer) = integer {
        return Some(Json::Integer(integer));
    }
    digits.parse().ok().map(Json::Float)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{compact, spaced};
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::Integer),
            any::<f64>().prop_map(Json::Float),
            any::<String>().prop_map(Json::Text),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
                prop::collection::vec((any::<String>(), inner), 0..4).prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in json()) {
            // NaN does not equal itself, so texts are compared.
            for text in [compact(&value), spaced(&value)] {
                let read = parse(&text).expect("our own text");
                prop_assert_eq!(compact(&read), compact(&value));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_damage_panics(value in json(), cut in 0_usize..200, byte in any::<char>()) {
            let mut text: Vec<char> = compact(&value).chars().collect();
            let position = cut % text.len();
            text[position] = byte;
            let _ = parse(&text.iter().collect::<String>());
            let _ = parse(&text[..position].iter().collect::<String>());
        }
    }

    #[test]
    fn numbers_of_python_are_read() {
        let value = parse(r#" [NaN, Infinity,-Infinity ,1,-0,1.5e3,123456789012345678901] "#);
        let text = value.map(|value| compact(&value));
        assert_eq!(
            text.as_deref(),
            Ok("[NaN,Infinity,-Infinity,1,0,1500.0,1.2345678901234568e+20]")
        );
    }

    #[test]
    fn faults_say_where_and_what() {
        let cases = [
            ("", 0, "the end of the line", "a value"),
            (r#"{"a":1"#, 6, "the end of the line", "`,` or `}`"),
            (r#"{"a" 1}"#, 5, "`1`", "`:`"),
            ("[1 2]", 3, "`2`", "`,` or `]`"),
            ("01", 0, "`0`", "a number"),
            ("-", 0, "`-`", "a number"),
            ("1.e5", 0, "`1`", "a number"),
            ("nul", 0, "`n`", "a value"),
            ("1 é", 2, "`é`", "the end of the line"),
        ];
        for (text, byte, found, expected) in cases {
            let fault = JsonFault {
                byte,
                found: found.to_string(),
                expected,
            };
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(128)).is_ok());
        assert_eq!(
            parse(&nested(129)).map_err(|fault| fault.expected),
            Err("at most 128 levels")
        );
        assert!(parse(&"[".repeat(1_000_000)).is_err());
    }
}

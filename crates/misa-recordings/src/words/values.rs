//! The values of a Praat text file: numbers, texts in quotes and flags; names and brackets are passed over.
//!
//! Source: Praat's manual, "TextGrid file formats": only what stands free counts, so the long and the short
//! format are one.

use crate::decode::line_after;
use crate::error::quoted;
use crate::number::number;
use crate::{Fault, FaultKind, Place};
use std::borrow::Cow;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(f64),
    Text(Cow<'a, str>),
    /// `<exists>` and the like.
    Flag(&'a str),
}

/// The values of a text, one after the other.
#[derive(Clone)]
pub(super) struct Values<'a> {
    text: &'a str,
    next: usize,
    /// Where the last value begins.
    last: usize,
}

impl<'a> Values<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            next: 0,
            last: 0,
        }
    }

    /// The place of the last value.
    pub(super) fn place(&self) -> Place {
        Place::Line(line_after(&self.text.as_bytes()[..self.last]))
    }

    fn next(&mut self) -> Result<Option<Value<'a>>, Fault> {
        loop {
            let rest = self.text[self.next..].trim_start();
            self.next = self.text.len() - rest.len();
            self.last = self.next;
            if rest.is_empty() {
                return Ok(None);
            }
            if rest.starts_with('"') {
                return self.quoted().map(|text| Some(Value::Text(text)));
            }
            // The rest of the line is a comment.
            let end = if rest.starts_with('!') {
                rest.find('\n')
            } else {
                rest.find(char::is_whitespace)
            };
            let word = &rest[..end.unwrap_or(rest.len())];
            self.next += word.len();
            if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
                if let Some(number) = number(word) {
                    return Ok(Some(Value::Number(number)));
                }
            } else if word.starts_with('<') && word.ends_with('>') {
                return Ok(Some(Value::Flag(word)));
            }
        }
    }

    /// A text in quotes, where a quote is doubled.
    fn quoted(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.next + 1;
        let mut at = start;
        while let Some(quote) = self.text[at..].find('"') {
            let end = at + quote;
            if !self.text[end + 1..].starts_with('"') {
                self.next = end + 1;
                let text = &self.text[start..end];
                return Ok(if text.contains('"') {
                    text.replace("\"\"", "\"").into()
                } else {
                    text.into()
                });
            }
            at = end + 2;
        }
        Err(self.fault("the end of a text in quotes", "the end of the file".into()))
    }

    pub(super) fn number(&mut self, expected: &'static str) -> Result<f64, Fault> {
        match self.next()? {
            Some(Value::Number(number)) => Ok(number),
            other => Err(self.wrong(expected, other)),
        }
    }

    pub(super) fn text(&mut self, expected: &'static str) -> Result<Cow<'a, str>, Fault> {
        match self.next()? {
            Some(Value::Text(text)) => Ok(text),
            other => Err(self.wrong(expected, other)),
        }
    }

    pub(super) fn flag(&mut self, expected: &'static str) -> Result<&'a str, Fault> {
        match self.next()? {
            Some(Value::Flag(flag)) => Ok(flag),
            other => Err(self.wrong(expected, other)),
        }
    }

    /// A number of things.
    pub(super) fn count(&mut self, expected: &'static str) -> Result<usize, Fault> {
        let number = self.number(expected)?;
        // Exact up to here.
        if number.fract() == 0.0 && (0.0..=9e15).contains(&number) {
            return Ok(number as usize);
        }
        Err(self.fault(expected, number.to_string().into()))
    }

    fn wrong(&self, expected: &'static str, found: Option<Value<'_>>) -> Fault {
        let found = match found {
            None => "the end of the file".into(),
            Some(Value::Number(number)) => number.to_string().into(),
            Some(Value::Text(text)) => quoted(&text).into(),
            Some(Value::Flag(flag)) => quoted(flag).into(),
        };
        self.fault(expected, found)
    }

    fn fault(&self, expected: &'static str, found: Cow<'static, str>) -> Fault {
        Fault::new(FaultKind::Malformed, self.place(), expected, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_files_have_the_same_values() {
        let all = |text| {
            let mut values = Values::new(text);
            std::iter::from_fn(move || values.next().unwrap()).collect::<Vec<_>>()
        };
        let long = "tiers? <exists> ! 7\nitem [1]:\n  name = \"say \"\"hi\"\"\nyou\"\n xmax = 2.5";
        assert_eq!(all(long), all("<exists>\n\"say \"\"hi\"\"\nyou\"\n2.5"));
        assert_eq!(
            all(long),
            [
                Value::Flag("<exists>"),
                Value::Text("say \"hi\"\nyou".into()),
                Value::Number(2.5)
            ]
        );
    }
}

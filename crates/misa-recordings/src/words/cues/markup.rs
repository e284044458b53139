//! The text of a cue, between its tags.

use crate::words::cues::clock::seconds;
use std::borrow::Cow;
use std::rc::Rc;

/// Which tags there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `<i>` and `{\an8}`.
    Srt,
    /// `<c>`, `<v Speaker>`, times, and entities.
    Vtt,
}

/// Text of one speaker, without tags.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// When it begins, if a time stands in front of it.
    pub(super) mark: Option<f64>,
    pub(super) speaker: Option<Rc<str>>,
}

/// The pieces of a line. `speaker` is the one of the line before, and then the last one of this.
pub(super) fn pieces(line: &str, dialect: Dialect, speaker: &mut Option<Rc<str>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut text, mut mark, mut next) = (String::new(), None, 0);
    let mut tags = Tags::new(line, dialect);
    let close = |text: &mut String, mark: &mut Option<f64>, speaker: &Option<Rc<str>>| {
        (!text.is_empty() || mark.is_some()).then(|| Piece {
            text: std::mem::take(text),
            mark: mark.take(),
            speaker: speaker.clone(),
        })
    };
    while let Some(open) = line[next..].find(['<', '{']) {
        let open = next + open;
        text.push_str(&plain(&line[next..open], dialect));
        let Some((tag, after)) = tags.at(open) else {
            next = open + 1;
            text.push_str(&line[open..next]);
            continue;
        };
        next = after;
        let time = match dialect {
            Dialect::Vtt => seconds(tag),
            Dialect::Srt => None,
        };
        let name = speaker_of(tag).filter(|_| dialect == Dialect::Vtt);
        if time.is_some() || name.is_some() {
            pieces.extend(close(&mut text, &mut mark, speaker));
        }
        mark = time.or(mark);
        if let Some(name) = name {
            *speaker = name;
        }
    }
    text.push_str(&plain(&line[next..], dialect));
    pieces.extend(close(&mut text, &mut mark, speaker));
    pieces
}

/// The tags of a line.
struct Tags<'a> {
    line: &'a str,
    dialect: Dialect,
    /// The next `>` and `}`, so that a line is searched once, not once for each bracket.
    closing: [Option<usize>; 2],
}

impl<'a> Tags<'a> {
    fn new(line: &'a str, dialect: Dialect) -> Self {
        Self {
            line,
            dialect,
            closing: [line.find('>'), line.find('}')],
        }
    }

    /// The inside of the tag whose bracket is at `open`, and where it ends.
    fn at(&mut self, open: usize) -> Option<(&'a str, usize)> {
        let is_brace = self.line[open..].starts_with('{');
        let bracket = if is_brace { '}' } else { '>' };
        let closing = &mut self.closing[usize::from(is_brace)];
        if closing.is_some_and(|end| end < open) {
            *closing = self.line[open..].find(bracket).map(|end| open + end);
        }
        let end = (*closing)?;
        let tag = &self.line[open + 1..end];
        let is_name = |c: char| c.is_ascii_alphabetic() || c == '/' && tag.len() > 1;
        let is_tag = match (self.dialect, is_brace) {
            (Dialect::Srt, true) => tag.starts_with('\\'),
            (Dialect::Srt, false) => tag.starts_with(is_name),
            (Dialect::Vtt, _) => !is_brace,
        };
        is_tag.then_some((tag, end + 1))
    }
}

/// The speaker that `<v Name>` begins; `</v>` begins nobody.
fn speaker_of(tag: &str) -> Option<Option<Rc<str>>> {
    if tag == "/v" {
        return Some(None);
    }
    let (name, speaker) = tag.split_once([' ', '\t'])?;
    let is_voice = name == "v" || name.starts_with("v.");
    is_voice.then(|| {
        let speaker = plain(speaker.trim(), Dialect::Vtt);
        Some(speaker.as_ref().into()).filter(|speaker: &Rc<str>| !speaker.is_empty())
    })
}

/// Text without entities.
fn plain(text: &str, dialect: Dialect) -> Cow<'_, str> {
    if dialect == Dialect::Srt || !text.contains('&') {
        return text.into();
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        match entity(rest) {
            Some((character, length)) => {
                plain.push_str(&character);
                rest = &rest[length..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain.into()
}

/// The text of the entity at the start of `text`, and its length. Marks of direction are no text.
fn entity(text: &str) -> Option<(Cow<'static, str>, usize)> {
    /// Bytes of the longest entity that is known.
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let character = match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        "nbsp" => "\u{a0}".into(),
        "lrm" | "rlm" => "".into(),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?.to_string().into()
        }
    };
    Some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, mark: Option<f64>, speaker: Option<&str>) -> Piece {
        Piece {
            text: text.to_string(),
            mark,
            speaker: speaker.map(Rc::from),
        }
    }

    #[test]
    fn tags_divide_a_line() {
        let mut speaker = None;
        let line = "<v.loud Ann &amp; Bo>a<00:01.000><c> b</c></v> 1 &lt; 2 &#39;";
        assert_eq!(
            pieces(line, Dialect::Vtt, &mut speaker),
            [
                piece("a", None, Some("Ann & Bo")),
                piece(" b", Some(1.0), Some("Ann & Bo")),
                piece(" 1 < 2 '", None, None),
            ]
        );
    }

    #[test]
    fn subrip_has_no_entities() {
        let line = "{\\an8}<font color=\"red\">a</font> &amp; 1 < 2 {b}";
        assert_eq!(
            pieces(line, Dialect::Srt, &mut None),
            [piece("a &amp; 1 < 2 {b}", None, None)]
        );
    }
}

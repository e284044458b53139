//! The cues of a SubRip file.
//!
//! A number, a line of times, lines of text, a blank line. In broken files the number is missing, or there
//! are blank lines inside the text: so a text lasts until the next line of times.

use crate::error::quoted;
use crate::words::cues::clock::{ARROW, times};
use crate::words::cues::{Cue, check_room};
use crate::{Fault, FaultKind, Limits, Place};

pub(super) fn cues<'a>(text: &'a str, limits: &Limits) -> Result<Vec<Cue<'a>>, Fault> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut starts = Vec::new();
    let mut next = 0;
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        let start = next;
        next += content.len();
        if !content.contains(ARROW) {
            continue;
        }
        check_room(&cues, limits, line)?;
        cues.push(Cue {
            line,
            time: times(content, line)?,
            text: "",
        });
        starts.push((start, next));
    }
    let first = starts.first().map_or(text.len(), |&(start, _)| start);
    let mut number = check_head(&text[..first])?;
    for (index, cue) in cues.iter_mut().enumerate() {
        number = number.and_then(|number| number.checked_add(1));
        let after = starts[index].1;
        cue.text = match starts.get(index + 1) {
            None => &text[after..],
            Some(&(end, _)) => without_number(&text[after..end], number),
        };
    }
    Ok(cues)
}

/// Before the first times there is at most a number, which is returned.
fn check_head(head: &str) -> Result<Option<u64>, Fault> {
    let mut number = None;
    for (line, content) in (1..).zip(head.lines()) {
        let content = content.trim();
        if is_number(content) {
            number = content.parse().ok();
        } else if !content.is_empty() {
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(line),
                "the number or the times of a cue",
                quoted(content),
            ));
        }
    }
    Ok(number)
}

/// The text of a cue without the number of the next: the last line, behind a blank one or as it is expected.
fn without_number(text: &str, expected: Option<u64>) -> &str {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let (before, last) = lines.split_at(lines.rfind('\n').map_or(0, |end| end + 1));
    let is_after_blank = before
        .lines()
        .last()
        .is_none_or(|line| line.trim().is_empty());
    let is_expected = expected.is_some() && last.trim().parse().ok() == expected;
    if is_number(last) && (is_after_blank || is_expected) {
        before
    } else {
        text
    }
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

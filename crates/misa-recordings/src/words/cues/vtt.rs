//! The cues of a WebVTT file.
//!
//! Source: `WEBVTT` and headers; then blocks with blank lines between: a cue with an optional name before its
//! times, or `NOTE`, `STYLE`, `REGION`, which are passed over.

use crate::error::quoted;
use crate::words::cues::clock::{ARROW, times};
use crate::words::cues::{Cue, check_room};
use crate::{Fault, FaultKind, Limits, Place};

const OTHER_BLOCKS: [&str; 3] = ["NOTE", "STYLE", "REGION"];
/// Header of YouTube.
const LANGUAGE: &str = "Language:";

/// The cues, and the language that the header names.
pub(super) fn cues<'a>(
    text: &'a str,
    limits: &Limits,
) -> Result<(Vec<Cue<'a>>, Option<String>), Fault> {
    let (mut cues, mut language) = (Vec::new(), None);
    for (at, block) in blocks(text) {
        let mut lines = block.lines();
        let first = lines.next().unwrap_or_default();
        if first.starts_with("WEBVTT") && cues.is_empty() && !first.contains(ARROW) {
            let header = lines.find_map(|line| line.strip_prefix(LANGUAGE));
            language = header.map(|name| name.trim().to_string());
            language.take_if(|name| name.len() > limits.word_bytes);
            check_header(block, at)?;
            continue;
        }
        let word = first.split([' ', '\t']).next().unwrap_or_default();
        if OTHER_BLOCKS.contains(&word) && !first.contains(ARROW) {
            continue;
        }
        let has_name = !first.contains(ARROW);
        let timing = if has_name { lines.next() } else { Some(first) };
        let line = at + u64::from(has_name);
        let Some(timing) = timing.filter(|timing| timing.contains(ARROW)) else {
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                "a cue with times, NOTE, STYLE or REGION",
                quoted(first),
            ));
        };
        check_room(&cues, limits, line)?;
        let head = block.split_inclusive('\n').take(1 + usize::from(has_name));
        let start: usize = head.map(str::len).sum();
        cues.push(Cue {
            line,
            time: times(timing, line)?,
            text: &block[start..],
        });
    }
    Ok((cues, language))
}

/// A cue right under the header is no header.
fn check_header(block: &str, at: u64) -> Result<(), Fault> {
    match (at..)
        .zip(block.lines())
        .find(|(_, line)| line.contains(ARROW))
    {
        None => Ok(()),
        Some((line, _)) => Err(Fault::new(
            FaultKind::Malformed,
            Place::Line(line),
            "a blank line between header and cues",
            "times",
        )),
    }
}

/// The parts between blank lines, each with the number of its first line.
fn blocks(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        let is_blank = |line: &&str| line.trim_end_matches(['\r', '\n']).is_empty();
        // Blank lines before the block, then the block.
        for skipped in rest.split_inclusive('\n').take_while(is_blank) {
            rest = &rest[skipped.len()..];
            line += 1;
        }
        let lines = rest
            .split_inclusive('\n')
            .take_while(|line| !is_blank(line));
        let (count, length) = lines.fold((0, 0), |(count, length), line| {
            (count + 1, length + line.len())
        });
        let (block, after) = rest.split_at(length);
        let first = line;
        rest = after;
        line += count;
        (count > 0).then_some((first, block))
    })
}

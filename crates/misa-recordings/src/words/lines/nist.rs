//! CTM and STM of NIST: several recordings in a file, comments behind `;;`.

use crate::error::quoted;
use crate::words::WordsNoteKind;
use crate::words::gather::Gather;
use crate::words::lines::{counted, divided, field_number, filled, is_comment};
use crate::{Fault, FaultKind, Interval, Place, Word};
use std::collections::HashMap;

/// What stands in an STM file instead of words that are said.
const IGNORED: [&str; 2] = ["ignore_time_segment_in_scoring", "inter_segment_gap"];

/// `file channel start duration word [confidence [type [speaker]]]`.
///
/// Where a file has several channels, the channel is the speaker of words that name none.
pub(super) fn read_ctm(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    // The channel of each recording: the first one, and whether there is another.
    let mut channels: HashMap<&str, (&str, bool)> = HashMap::new();
    for (_, line) in entries(text) {
        let (fields, _) = divided(line, 2);
        if let [name, channel] = fields.as_slice() {
            let known = channels.entry(name).or_insert((channel, false));
            known.1 |= known.0 != *channel;
            if channels.len() > gather.limits.words {
                return Err(crate::words::gather::too_many(gather.limits, Place::File));
            }
        }
    }
    for (at, line) in entries(text) {
        let (fields, rest) = divided(line, 8);
        let [name, channel, start, duration, word, more @ ..] = fields.as_slice() else {
            let expected = "file, channel, start, duration and word";
            return Err(few_fields(at, expected, fields.len()));
        };
        if !rest.is_empty() {
            return Err(few_fields(at, "at most 8 fields", 9));
        }
        if *start == "*" || word.starts_with("<ALT") {
            return Err(Fault::new(
                FaultKind::Unsupported,
                Place::Line(at),
                "one word at a time",
                "alternatives",
            ));
        }
        let start = field_number(start, at, "start")?;
        let duration = field_number(duration, at, "duration")?;
        let confidence = match more.first() {
            None | Some(&"NA" | &"-") => None,
            Some(field) => Some(field_number(field, at, "confidence")? as f32),
        };
        let has_channels = channels.get(name).is_some_and(|(_, others)| *others);
        let speaker = more.get(2).or_else(|| has_channels.then_some(channel));
        gather.select(name, || Place::Line(at))?;
        let word = Word {
            confidence,
            speaker: speaker.map(|speaker| speaker.to_string()),
            ..Word::measured(*word, start, start + duration)
        };
        gather.add(word, || Place::Line(at))?;
    }
    Ok(())
}

/// `file channel speaker start end [<label>] text`.
pub(super) fn read_stm(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    for (at, line) in entries(text) {
        let (fields, words) = divided(line, 5);
        let [name, _, speaker, start, end] = fields.as_slice() else {
            let expected = "file, channel, speaker, start, end and text";
            return Err(few_fields(at, expected, fields.len()));
        };
        let start = field_number(start, at, "start")?;
        let end = field_number(end, at, "end")?;
        let label = words.starts_with('<').then(|| words.find('>')).flatten();
        let words = label.map_or(words, |end| &words[end + 1..]).trim();
        if IGNORED.contains(&words.to_ascii_lowercase().as_str()) {
            gather.note(WordsNoteKind::IgnoredStretch, 1);
            continue;
        }
        if words
            .split_whitespace()
            .any(|word| word == "{" || word == "/")
        {
            let found = quoted(words);
            return Err(Fault::new(
                FaultKind::Unsupported,
                Place::Line(at),
                "a text without alternatives in `{ / }`",
                found,
            ));
        }
        gather.select(name, || Place::Line(at))?;
        let phrase = Interval::new(start, end);
        gather.add_spread(words, phrase, Some(speaker), || Place::Line(at))?;
    }
    Ok(())
}

fn entries(text: &str) -> impl Iterator<Item = (u64, &str)> {
    filled(text).filter(|(_, line)| !is_comment(line))
}

fn few_fields(line: u64, expected: &'static str, found: usize) -> Fault {
    let found = counted(found);
    Fault::new(FaultKind::Malformed, Place::Line(line), expected, found)
}

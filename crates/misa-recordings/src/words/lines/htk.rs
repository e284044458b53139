//! MLF and LAB of HTK: labels with times in 100 ns.

use crate::error::quoted;
use crate::number::number;
use crate::words::WordsNoteKind;
use crate::words::gather::{Gather, check_time};
use crate::words::label::{Labels, PAUSE_PHONE, is_phone, no_word};
use crate::words::lines::{counted, divided, field_number, filled};
use crate::{Fault, FaultKind, Interval, Place, Word, WordOrigin};

/// Units of 100 ns in a second.
const UNITS: f64 = 1e7;
/// Labels, above which a file of phones alone is no text of one-letter words.
const FEW: usize = 4;

/// A line of labels.
#[derive(Clone, Copy)]
struct Label<'a> {
    line: u64,
    time: Option<Interval>,
    label: &'a str,
    /// Only where a word begins.
    word: Option<&'a str>,
    fields: usize,
}

/// `#!MLF!#`, then for each recording `"path"`, labels, and `.`.
///
/// Where labels are followed by a score and a word, labels are phones: a word lasts until the next one, or
/// until a phone of silence that belongs to none.
pub(super) fn read_mlf(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    let has_words = filled(text).any(|(_, line)| divided(line, 5).0.len() == 5);
    let mut name: Option<&str> = None;
    let mut is_begun = false;
    // The word that goes on, with the line where it began.
    let mut word: Option<(Word, u64)> = None;
    for (at, line) in filled(text).skip(1) {
        let line = line.trim();
        let Some(recording) = name else {
            name = Some(recording_of(line, at)?);
            is_begun = false;
            continue;
        };
        if line == "." {
            end_word(&mut word, gather)?;
            name = None;
            continue;
        }
        if !is_begun {
            begin(recording, at, gather)?;
            is_begun = true;
        }
        let label = label(line, at, UNITS)?;
        let text = if has_words {
            label.word
        } else {
            Some(label.label)
        };
        if let Some(text) = text {
            end_word(&mut word, gather)?;
            if is_pause(label, text) {
                add_pause(label, gather)?;
                continue;
            }
            let started = match label.time {
                Some(time) => Word::measured(text, time.start, time.end),
                None => Word::missing(text),
            };
            word = Some((started, at));
        } else if is_pause(label, label.label) || no_word(label.label, Labels::Aligner).is_some() {
            end_word(&mut word, gather)?;
        } else if let Some((word, _)) = &mut word {
            word.time = word.time.zip(label.time).map(|(word, phone)| Interval {
                start: word.start,
                end: phone.end,
            });
        }
    }
    match name {
        None => check_phones(gather),
        Some(_) => Err(Fault::new(
            FaultKind::Malformed,
            Place::File,
            "`.` behind the labels of a recording",
            "the end of the file",
        )),
    }
}

/// Labels of one recording, or its text alone.
///
/// Times are in 100 ns if they are whole numbers of which one is later than the limit of seconds.
pub(super) fn read_lab(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    let is_timed = |line: &str| {
        let (fields, _) = divided(line, 3);
        let times = fields.first_chunk::<2>();
        fields.len() == 3
            && times.is_some_and(|times| times.iter().all(|time| number(time).is_some()))
    };
    if !filled(text).any(|(_, line)| is_timed(line)) {
        for (at, line) in filled(text) {
            gather.add_missing(line, false, &Word::missing(""), || Place::Line(at))?;
        }
        return Ok(());
    }
    let is_whole = |line: &str| {
        let (fields, _) = divided(line, 2);
        fields
            .iter()
            .all(|field| field.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_late = |line: &str| {
        let end = divided(line, 2).0.get(1).and_then(|end| number(end));
        end.is_some_and(|end| end > gather.limits.seconds)
    };
    let is_htk =
        filled(text).all(|(_, line)| is_whole(line)) && filled(text).any(|(_, line)| is_late(line));
    let units = if is_htk { UNITS } else { 1.0 };
    for (at, line) in filled(text) {
        let label = label(line, at, units)?;
        if label.time.is_none() {
            let expected = "start, end and label";
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                expected,
                counted(label.fields),
            ));
        }
        let (Some(time), text) = (label.time, label.word.unwrap_or(label.label)) else {
            continue;
        };
        if is_pause(label, text) {
            add_pause(label, gather)?;
            continue;
        }
        let word = Word::measured(text, time.start, time.end);
        gather.add(word, || Place::Line(label.line))?;
    }
    check_phones(gather)
}

/// `start end label [score] [word]`, or a label alone.
fn label(line: &str, at: u64, units: f64) -> Result<Label<'_>, Fault> {
    let (fields, rest) = divided(line, 5);
    if line.trim() == "///" || !rest.is_empty() {
        let expected = "at most start, end, label, score and word";
        let found = quoted(line.trim());
        return Err(Fault::new(
            FaultKind::Unsupported,
            Place::Line(at),
            expected,
            found,
        ));
    }
    let count = fields.len();
    let found = |time, label, word| Label {
        line: at,
        time,
        label,
        word,
        fields: count,
    };
    let (start, end, label, more) = match fields.as_slice() {
        [label] => return Ok(found(None, unquoted(label), None)),
        [start, end, label, more @ ..] => (start, end, label, more),
        _ => {
            let expected = "start, end and label";
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                expected,
                counted(count),
            ));
        }
    };
    let start = field_number(start, at, "start")? / units;
    let end = field_number(end, at, "end")? / units;
    let time = Some(Interval::new(start, end));
    let word = match more {
        // Without scores, the word is next.
        [only] if number(only).is_none() => Some(unquoted(only)),
        [_, word] => Some(unquoted(word)),
        _ => None,
    };
    Ok(found(time, unquoted(label), word))
}

/// Whether a label with times, and `text` which it begins, are both the pause of Festival and HTS. A text without times
/// has words alone.
fn is_pause(label: Label<'_>, text: &str) -> bool {
    label.time.is_some() && [label.label, text] == [PAUSE_PHONE; 2]
}

/// Counts a pause, whose times are checked as those of words.
fn add_pause(label: Label<'_>, gather: &mut Gather) -> Result<(), Fault> {
    if let Some(time) = label.time {
        check_time(time, gather.limits, &|| Place::Line(label.line))?;
    }
    gather.note(WordsNoteKind::Silence, 1);
    Ok(())
}

/// The recording that stands in quotes: its path, or a pattern of it.
fn recording_of(line: &str, at: u64) -> Result<&str, Fault> {
    let path = line
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    path.filter(|path| !path.is_empty()).ok_or_else(|| {
        let expected = "the path of a recording in quotes";
        Fault::new(
            FaultKind::Malformed,
            Place::Line(at),
            expected,
            quoted(line),
        )
    })
}

/// The labels that follow are all those of `recording`: more of them elsewhere would be said at the same time.
fn begin(recording: &str, at: u64, gather: &mut Gather) -> Result<(), Fault> {
    if gather.knows(recording) {
        let expected = "another recording than before";
        let found = format!("{recording:?} again");
        let fault = Fault::new(FaultKind::Invalid, Place::Line(at), expected, found);
        return Err(fault.advised("leave out one of the two, or name each by its folder"));
    }
    gather.select(recording, || Place::Line(at))
}

fn unquoted(label: &str) -> &str {
    let inner = label
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(label)
}

fn end_word(word: &mut Option<(Word, u64)>, gather: &mut Gather) -> Result<(), Fault> {
    match word.take() {
        Some((word, line)) => gather.add(word, || Place::Line(line)),
        None => Ok(()),
    }
}

/// Refuses phones that would be taken for words.
fn check_phones(gather: &mut Gather) -> Result<(), Fault> {
    let count = gather.all().count();
    let mut words = gather.all();
    let is_phones = words.all(|word| word.origin == WordOrigin::Measured && is_phone(&word.text));
    if count < FEW || !is_phones {
        return Ok(());
    }
    let fault = Fault::new(FaultKind::Unsupported, Place::File, "words", "phones only");
    Err(fault.advised("write the words too, such as with `HVite -o` and a network of words"))
}

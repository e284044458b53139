//! Who speaks when: RTTM, and lists of stretches in JSON, as detectors of speech write them.

use crate::decode::{decode, line_after};
use crate::error::quoted;
use crate::segments::bytes;
use crate::segments::speech::list::Entry;
use crate::{Fault, FaultKind, Interval, Limits, Place, RecordingError};
use std::path::Path;

mod list;

/// What is told about a file of speech that it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SpeechOptions {
    /// Limits on the file.
    pub limits: Limits,
    /// Samples a second, for lists that count samples, as Silero's do unless it is told otherwise. `None`:
    /// lists are in seconds.
    pub rate: Option<f64>,
}

/// A stretch of speech.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Speech {
    /// The recording, as the file names it.
    pub recording: Option<String>,
    /// When somebody speaks.
    pub interval: Interval,
    /// Who speaks.
    pub speaker: Option<String>,
}

/// The stretches of speech of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpeechFile {
    /// The stretches, in the order of the file.
    pub speech: Vec<Speech>,
    /// Lines of other kinds, left out.
    pub other_lines: usize,
}

/// The stretches of speech in the file at `path`: RTTM, or a list of `{"start": …, "end": …}` in JSON, with
/// `"speaker"` if the tool tells it.
///
/// # Errors
///
/// [`RecordingError`] when the file cannot be read or is none of both.
pub fn read(path: impl AsRef<Path>, options: &SpeechOptions) -> Result<SpeechFile, RecordingError> {
    let path = path.as_ref();
    let bytes = bytes::read(path, options.limits.text_bytes)?;
    parse(&bytes, options).map_err(RecordingError::file(path))
}

/// The stretches of speech of a file in memory. See [`read`].
///
/// # Errors
///
/// [`Fault`] when the bytes are of another kind, or a stretch is none.
pub fn parse(bytes: &[u8], options: &SpeechOptions) -> Result<SpeechFile, Fault> {
    bytes::check(bytes, options.limits.text_bytes)?;
    let text = decode(bytes)?;
    let file = match text.trim_start().chars().next() {
        Some('[') => of_json(&text, options)?,
        Some(_) => of_rttm(&text, &options.limits)?,
        None => {
            let expected = "RTTM, or a list in JSON";
            return Err(Fault::new(
                FaultKind::Empty,
                Place::File,
                expected,
                "an empty file",
            ));
        }
    };
    Ok(file)
}

fn of_json(text: &str, options: &SpeechOptions) -> Result<SpeechFile, Fault> {
    let entries = list::entries(text, &options.limits)?;
    let scale = match options.rate {
        Some(rate) if rate.is_finite() && rate > 0.0 => 1.0 / rate,
        Some(rate) => {
            let expected = "samples a second above 0";
            return Err(Fault::new(
                FaultKind::Invalid,
                Place::File,
                expected,
                rate.to_string(),
            ));
        }
        None if list::counts_samples(&entries) => return Err(unclear()),
        None => 1.0,
    };
    let speech = |(index, entry): (usize, Entry)| {
        let place = |name: &str| Place::Part(format!("[{index}].{name}"));
        let moment = |moment: Option<list::Moment>, name| {
            let expected = "a number";
            let missing = || Fault::new(FaultKind::Invalid, place(name), expected, "none");
            moment
                .map(|moment| moment.value * scale)
                .ok_or_else(missing)
        };
        let (start, end) = (moment(entry.start, "start")?, moment(entry.end, "end")?);
        Ok(Speech {
            recording: None,
            interval: interval(start, end, &options.limits, place("start"), place("end"))?,
            speaker: entry.speaker,
        })
    };
    Ok(SpeechFile {
        speech: entries
            .into_iter()
            .enumerate()
            .map(speech)
            .collect::<Result<_, Fault>>()?,
        other_lines: 0,
    })
}

fn unclear() -> Fault {
    let expected = "seconds";
    let found = "whole numbers alone, as of samples";
    let fault = Fault::new(FaultKind::Unclear, Place::File, expected, found);
    fault.advised(
        "state the samples a second, or let the tool write seconds (Silero: return_seconds=True)",
    )
}

/// The stretches of an RTTM file: `SPEAKER file channel start duration <NA> <NA> speaker <NA> <NA>`.
fn of_rttm(text: &str, limits: &Limits) -> Result<SpeechFile, Fault> {
    let mut file = SpeechFile {
        speech: Vec::new(),
        other_lines: 0,
    };
    for (line, number) in text.lines().zip(1..) {
        // The longest kind of line has ten fields.
        let fields: Vec<&str> = line.split_whitespace().take(11).collect();
        match fields.first() {
            None => continue,
            Some(kind) if kind.starts_with(";;") => continue,
            Some(&"SPEAKER") => {}
            Some(kind) if KINDS.contains(kind) => {
                file.other_lines += 1;
                continue;
            }
            Some(_) => {
                let expected = "RTTM, or a list in JSON";
                let place = Place::Line(number);
                return Err(Fault::new(
                    FaultKind::Malformed,
                    place,
                    expected,
                    quoted(line),
                ));
            }
        }
        if file.speech.len() == limits.words {
            let expected = format!("at most {} stretches", limits.words);
            return Err(Fault::new(
                FaultKind::TooLarge,
                Place::Line(number),
                expected,
                "one more",
            ));
        }
        file.speech.push(of_fields(&fields, number, limits)?);
    }
    if file.speech.is_empty() {
        Err(Fault::new(
            FaultKind::Empty,
            Place::File,
            "a line SPEAKER",
            "none",
        ))
    } else {
        Ok(file)
    }
}

/// Other kinds of lines of RTTM.
const KINDS: [&str; 10] = [
    "SEGMENT",
    "NOSCORE",
    "NO_RT_METADATA",
    "LEXEME",
    "NON-LEX",
    "NON-SPEECH",
    "FILLER",
    "EDIT",
    "SU",
    "SPKR-INFO",
];

fn of_fields(fields: &[&str], line: u64, limits: &Limits) -> Result<Speech, Fault> {
    // Older files lack the last field.
    let (&[_, file, _, start, duration, _, _, speaker, _]
    | &[_, file, _, start, duration, _, _, speaker, _, _]) = fields
    else {
        let found = fields.len().to_string();
        return Err(Fault::new(
            FaultKind::Malformed,
            Place::Line(line),
            "9 or 10 fields",
            found,
        ));
    };
    let place = |name: &str| Place::Cell(line, name.to_string());
    let name = |column: &str, name: &str| match name {
        "<NA>" => Ok(None),
        name if name.len() > limits.word_bytes => {
            let expected = format!("at most {} bytes", limits.word_bytes);
            let found = name.len().to_string();
            Err(Fault::new(
                FaultKind::TooLarge,
                place(column),
                expected,
                found,
            ))
        }
        name => Ok(Some(name.to_string())),
    };
    let number = |column: &str, text: &str| {
        let number: Option<f64> = text.parse().ok();
        number
            .ok_or_else(|| Fault::new(FaultKind::Invalid, place(column), "a number", quoted(text)))
    };
    let (start, duration) = (number("start", start)?, number("duration", duration)?);
    Ok(Speech {
        recording: name("file", file)?,
        interval: interval(
            start,
            start + duration,
            limits,
            place("start"),
            place("duration"),
        )?,
        speaker: name("speaker", speaker)?,
    })
}

fn interval(
    start: f64,
    end: f64,
    limits: &Limits,
    first: Place,
    second: Place,
) -> Result<Interval, Fault> {
    let is_allowed = |moment: f64| (0.0..=limits.seconds).contains(&moment);
    let wrong = |place: Place, moment: f64| {
        let expected = format!("seconds from 0 to {}", limits.seconds);
        Fault::new(FaultKind::Invalid, place, expected, moment.to_string())
    };
    if !is_allowed(start) {
        return Err(wrong(first, start));
    }
    if !is_allowed(end) {
        return Err(wrong(second, end));
    }
    if start < end {
        return Ok(Interval::new(start, end));
    }
    let expected = format!("an end after the start, {start} s");
    Err(Fault::new(
        FaultKind::Invalid,
        second,
        expected,
        format!("{end} s"),
    ))
}

/// The place of an error of JSON.
fn line_of(text: &str, error: &serde_json::Error) -> Place {
    match error.line() {
        0 => Place::Line(line_after(text.as_bytes())),
        line => Place::Line(line as u64),
    }
}

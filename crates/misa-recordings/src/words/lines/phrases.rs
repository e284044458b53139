//! Phrases with times, whose words share the time: Whisper's table, Audacity's labels.

use crate::error::quoted;
use crate::words::gather::Gather;
use crate::words::lines::{columns, field_number, filled};
use crate::{Fault, FaultKind, Interval, Place};

const MILLISECONDS: f64 = 1000.0;

/// `start`, `end`, `text` in milliseconds, with a header.
pub(super) fn read_tsv(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    let mut lines = filled(text);
    let (at, header) = lines.next().unwrap_or((1, ""));
    let names: Vec<&str> = columns(header, '\t').collect();
    let find = |name: &'static str| {
        let mut places = (0..names.len()).filter(|&place| names[place] == name);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (first, _) => {
                let found = if first.is_some() { "two" } else { "none" };
                let expected = format!("one column `{name}`");
                let place = Place::Line(at);
                Err(Fault::new(FaultKind::Malformed, place, expected, found))
            }
        }
    };
    let places = [find("start")?, find("end")?, find("text")?];
    for (at, line) in lines {
        let fields: Vec<&str> = columns(line, '\t').collect();
        if fields.len() != names.len() {
            let (expected, found) = (names.len(), fields.len());
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                format!("{expected} fields with tabs between"),
                found.to_string(),
            ));
        }
        let [start, end, text] = places.map(|place| fields[place]);
        let start = milliseconds(start, at, "start")? / MILLISECONDS;
        let end = milliseconds(end, at, "end")? / MILLISECONDS;
        gather.add_spread(text, Interval::new(start, end), None, || Place::Line(at))?;
    }
    Ok(())
}

/// Whole milliseconds: a fraction or an exponent is that of seconds.
fn milliseconds(field: &str, line: u64, column: &str) -> Result<f64, Fault> {
    let value = field_number(field, line, column)?;
    let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(value);
    }
    let place = Place::Cell(line, column.to_string());
    let (expected, found) = ("whole milliseconds", quoted(field));
    let fault = Fault::new(FaultKind::Invalid, place, expected, found);
    Err(fault.advised("write them as Whisper does, such as 1250 for 1.25 seconds"))
}

/// Start and end in seconds, and a label, with tabs between; WhisperX writes `[[SPEAKER]]` before the text.
///
/// Lines that begin with a backslash hold frequencies of the label before them.
pub(super) fn read_audacity(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    for (at, line) in filled(text) {
        if line.starts_with('\\') {
            continue;
        }
        let mut fields = line.splitn(3, '\t');
        let (Some(start), Some(end)) = (fields.next(), fields.next()) else {
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                "start, end and label with tabs between",
                "1 field",
            ));
        };
        let label = fields.next().unwrap_or_default().trim();
        let start = field_number(start, at, "start")?;
        let end = field_number(end, at, "end")?;
        let (speaker, words) = match label.strip_prefix("[[") {
            None => (None, label),
            Some(rest) => match rest.split_once("]]") {
                Some((speaker, words)) => (Some(speaker), words),
                None => (None, label),
            },
        };
        let phrase = Interval::new(start, end);
        gather.add_spread(words, phrase, speaker, || Place::Line(at))?;
    }
    Ok(())
}

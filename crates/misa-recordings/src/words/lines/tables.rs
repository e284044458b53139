//! Tables of aligners: Montreal Forced Aligner and Gentle.

use crate::error::quoted;
use crate::words::WordsNoteKind;
use crate::words::gather::Gather;
use crate::words::label::OUT_OF_VOCABULARY;
use crate::words::lines::field_number;
use crate::{Fault, FaultKind, Place, Word};
use csv::{ReaderBuilder, StringRecord};

/// `Begin,End,Label,Type,Speaker`: rows whose type is `words`.
pub(super) fn read_mfa(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    let mut columns: Option<[usize; 5]> = None;
    rows(text, |at, row| {
        let Some([begin, end, label, kind, speaker]) = columns else {
            columns = Some(header(row, at)?);
            return Ok(());
        };
        let field = |column: usize| row.get(column).unwrap_or_default().trim();
        if field(kind) != "words" {
            return Ok(());
        }
        let begin = field_number(field(begin), at, "Begin")?;
        let end = field_number(field(end), at, "End")?;
        let speaker = Some(field(speaker)).filter(|speaker| !speaker.is_empty());
        let word = Word {
            speaker: speaker.map(str::to_string),
            ..Word::measured(field(label), begin, end)
        };
        gather.add(word, || Place::Line(at))
    })
}

/// The place of the columns. Old files have no speaker: then it is one that no row has.
fn header(row: &StringRecord, at: u64) -> Result<[usize; 5], Fault> {
    let find = |name: &'static str| {
        let mut places =
            (0..row.len()).filter(|&place| row.get(place).map(str::trim) == Some(name));
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (None, _) if name == "Speaker" => Ok(usize::MAX),
            (first, _) => {
                let found = if first.is_some() { "two" } else { "none" };
                let expected = format!("one column `{name}`");
                let place = Place::Line(at);
                Err(Fault::new(FaultKind::Malformed, place, expected, found))
            }
        }
    };
    Ok([
        find("Begin")?,
        find("End")?,
        find("Label")?,
        find("Type")?,
        find("Speaker")?,
    ])
}

/// Word, word as it was aligned, start, end; the last three are empty where it was not found.
pub(super) fn read_gentle(text: &str, gather: &mut Gather) -> Result<(), Fault> {
    rows(text, |at, row| {
        let fields: Vec<&str> = row.iter().map(str::trim).collect();
        let [word, aligned, start, end] = fields.as_slice() else {
            let expected = "word, aligned word, start and end";
            let found = super::counted(fields.len());
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                expected,
                found,
            ));
        };
        if *aligned == OUT_OF_VOCABULARY {
            gather.note(WordsNoteKind::OutOfVocabulary, 1);
        }
        let word = match (start.is_empty(), end.is_empty()) {
            (true, true) => Word::missing(*word),
            _ => {
                let start = field_number(start, at, "start")?;
                Word::measured(*word, start, field_number(end, at, "end")?)
            }
        };
        gather.add(word, || Place::Line(at))
    })
}

/// Calls `row` for each row and its line. All have as many fields as the first.
fn rows(
    text: &str,
    mut row: impl FnMut(u64, &StringRecord) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut record, mut fields) = (StringRecord::new(), None);
    while reader.read_record(&mut record).map_err(damaged)? {
        let at = record.position().map_or(0, csv::Position::line);
        let count = *fields.get_or_insert(record.len());
        if record.len() != count {
            let (expected, found) = (format!("{count} fields"), record.len().to_string());
            return Err(Fault::new(
                FaultKind::Malformed,
                Place::Line(at),
                expected,
                found,
            ));
        }
        row(at, &record)?;
    }
    Ok(())
}

fn damaged(error: csv::Error) -> Fault {
    let place = error
        .position()
        .map_or(Place::File, |at| Place::Line(at.line()));
    let found = quoted(&error.to_string());
    Fault::new(FaultKind::Malformed, place, "a row of a table", found)
}

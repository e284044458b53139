//! Words in lines: a word, a label or a phrase each.
//!
//! | File | Holds |
//! |---|---|
//! | `nist.rs` | CTM and STM |
//! | `htk.rs` | MLF and LAB |
//! | `tables.rs` | Montreal Forced Aligner's and Gentle's tables |
//! | `phrases.rs` | Whisper's table of phrases, Audacity's labels |

mod htk;
mod nist;
mod phrases;
mod tables;

use crate::error::quoted;
use crate::number::number;
use crate::words::gather::Gather;
use crate::words::label::Labels;
use crate::words::{WordsFile, WordsFormat, WordsOptions};
use crate::{Fault, FaultKind, Limits, Place};
use misa_terms::plural;

/// The words of a text in one of the formats of this folder.
pub(super) fn parse(
    format: WordsFormat,
    text: &str,
    options: &WordsOptions,
) -> Result<WordsFile, Fault> {
    let labels = match format {
        WordsFormat::GentleCsv
        | WordsFormat::Stm
        | WordsFormat::WhisperTsv
        | WordsFormat::Audacity => Labels::Speech,
        _ => Labels::Aligner,
    };
    let mut gather = Gather::new(options, labels);
    match format {
        WordsFormat::Ctm => nist::read_ctm(text, &mut gather)?,
        WordsFormat::Stm => nist::read_stm(text, &mut gather)?,
        WordsFormat::Mlf => htk::read_mlf(text, &mut gather)?,
        WordsFormat::MfaCsv => tables::read_mfa(text, &mut gather)?,
        WordsFormat::GentleCsv => tables::read_gentle(text, &mut gather)?,
        WordsFormat::WhisperTsv => phrases::read_tsv(text, &mut gather)?,
        WordsFormat::Audacity => phrases::read_audacity(text, &mut gather)?,
        _ => htk::read_lab(text, &mut gather)?,
    }
    gather.finish(format, None)
}

/// Checks that no line is longer than is allowed.
pub(super) fn check_length(text: &str, limits: &Limits) -> Result<(), Fault> {
    let mut lines = (1..).zip(text.lines());
    match lines.find(|(_, line)| line.len() > limits.line_bytes) {
        None => Ok(()),
        Some((at, line)) => Err(Fault::new(
            FaultKind::TooLarge,
            Place::Line(at),
            format!("at most {} bytes in a line", limits.line_bytes),
            line.len().to_string(),
        )),
    }
}

/// The trimmed columns of a line.
pub(super) fn columns(line: &str, separator: char) -> impl Iterator<Item = &str> {
    line.split(separator).map(str::trim)
}

/// Whether a line is a comment in the files of NIST.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(";;")
}

/// The lines that hold something, with their numbers from 1.
fn filled(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
}

/// A number of fields, for messages.
fn counted(count: usize) -> String {
    plural(count, "field", "fields")
}

/// The number that a field of a line is.
fn field_number(field: &str, line: u64, column: &str) -> Result<f64, Fault> {
    number(field).ok_or_else(|| {
        let place = Place::Cell(line, column.to_string());
        Fault::new(FaultKind::Invalid, place, "a number", quoted(field))
    })
}

/// The first `most` fields of a line and what is behind them, divided at white space.
fn divided(line: &str, most: usize) -> (Vec<&str>, &str) {
    let (mut fields, mut rest) = (Vec::with_capacity(most), line.trim());
    while fields.len() < most && !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        fields.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    (fields, rest)
}

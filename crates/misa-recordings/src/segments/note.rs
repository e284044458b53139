//! What was left out, replaced or odd in a table.

use misa_terms::form;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How often something was left out, replaced or odd in a table of segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SegmentNote {
    /// What it was.
    pub kind: SegmentNoteKind,
    /// How often; above 0.
    pub count: usize,
}

/// What may be left out, replaced or odd in a table of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SegmentNoteKind {
    /// Rows without any content, left out.
    EmptyRow,
    /// Columns that are not read.
    OtherColumn,
    /// Lines of single evaluators, left out.
    OtherLine,
    /// Characters that were read as those of Windows (cp1252).
    OtherEncoding,
    /// Segments without a label.
    NoLabel,
    /// Segments on whose class the evaluators did not agree, read without a label.
    NoAgreement,
    /// Segments that start before another of their video has ended.
    Overlap,
    /// Times that were left out, since every segment is a recording of its own.
    TimeLeftOut,
}

impl fmt::Display for SegmentNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let s = form(count, "", "s");
        match self.kind {
            SegmentNoteKind::EmptyRow => write!(f, "{count} row{s} without content left out"),
            SegmentNoteKind::OtherColumn => {
                let are = form(count, "is", "are");
                write!(f, "{count} column{s} that {are} not read")
            }
            SegmentNoteKind::OtherLine => {
                write!(f, "{count} line{s} of single evaluators left out")
            }
            SegmentNoteKind::OtherEncoding => {
                write!(f, "{count} character{s} read as those of Windows (cp1252)")
            }
            SegmentNoteKind::NoLabel => write!(f, "{count} segment{s} without a label"),
            SegmentNoteKind::NoAgreement => {
                write!(
                    f,
                    "{count} segment{s} whose evaluators did not agree, without a label"
                )
            }
            SegmentNoteKind::Overlap => {
                let (start, their) = (form(count, "starts", "start"), form(count, "its", "their"));
                write!(
                    f,
                    "{count} segment{s} that {start} before another of {their} video has ended"
                )
            }
            SegmentNoteKind::TimeLeftOut => {
                write!(f, "{count} time{s} left out, since the clips are cut")
            }
        }
    }
}

/// Adds `count` to the note of this kind.
pub(super) fn count(notes: &mut Vec<SegmentNote>, kind: SegmentNoteKind, count: usize) {
    if count == 0 {
        return;
    }
    match notes.iter_mut().find(|note| note.kind == kind) {
        Some(note) => note.count += count,
        None => notes.push(SegmentNote { kind, count }),
    }
}

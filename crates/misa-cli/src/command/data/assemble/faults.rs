//! Recordings that cannot be used.

use super::totals::Totals;
use misa_recordings::assemble::{AssembleError, Assembler, KindMatching, Matching};
use misa_recordings::segments::Segment;
use misa_terms::form;
use std::error::Error;
use std::fmt::Write;

/// Faults that are told in full.
const TOLD: usize = 10;
/// Segments without words that are told with their files.
const SEGMENTS: usize = 3;

/// Recordings whose files are at fault.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Name and fault of each.
    pub list: Vec<(String, AssembleError)>,
}

impl Faults {
    /// Takes note of a fault. Without skipping, many are enough to stop.
    pub fn add(
        &mut self,
        name: String,
        error: AssembleError,
        skip: bool,
    ) -> Result<(), Box<dyn Error>> {
        self.list.push((name, error));
        if skip || self.list.len() < TOLD {
            Ok(())
        } else {
            Err(self.message().into())
        }
    }

    /// Fails for the faults, unless they are skipped and some recordings are left.
    pub fn check(&self, table: &str, skip: bool) -> Result<(), Box<dyn Error>> {
        if self.list.is_empty() || skip {
            Ok(())
        } else {
            Err(format!("{}\n(recordings of {table})", self.message()).into())
        }
    }

    fn message(&self) -> String {
        let mut message = String::new();
        for (name, error) in self.list.iter().take(TOLD) {
            let _ = writeln!(message, "recording {name:?}: {error}");
        }
        message + "mend or remove these files, or leave their recordings out with --skip-faulty"
    }
}

/// What is said where no recording gave an utterance: which segments have no words, and in which files.
pub(super) fn nothing_left(
    table: &str,
    assembler: &Assembler<'_>,
    totals: &Totals,
    faults: &Faults,
) -> String {
    let without = totals.without_words();
    let segment = |id: &&str| match assembler.words_file(id) {
        Some(path) => format!("segment {id:?} has no words in {}", path.display()),
        None => format!("segment {id:?} has no file of words"),
    };
    let mut found: Vec<String> = without.iter().take(SEGMENTS).map(segment).collect();
    let counted = [
        (
            without.len().saturating_sub(SEGMENTS),
            "more segment",
            "without words",
        ),
        (totals.without_label, "segment", "without a label"),
        (faults.list.len(), "recording", "at fault"),
    ];
    let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
    found.extend(
        counted.map(|(count, noun, what)| format!("{count} {noun}{} {what}", form(count, "", "s"))),
    );
    let first = faults.list.first();
    found.extend(first.map(|(name, error)| format!("the first of them {name:?}: {error}")));
    format!(
        "{table}: expected an utterance, found none: {}",
        found.join("; ")
    )
}

/// Fails if files of one kind were named, and none belongs to a recording.
pub(super) fn check_matching(
    matching: &Matching,
    segments: &[Segment],
    table: &str,
) -> Result<(), Box<dyn Error>> {
    for (kind, found) in matching.iter() {
        if found.recordings == 0 {
            return Err(nothing_matches(kind, found, segments, table).into());
        }
    }
    Ok(())
}

fn nothing_matches(kind: &str, found: &KindMatching, segments: &[Segment], table: &str) -> String {
    let wanted: Vec<String> = segments
        .iter()
        .take(3)
        .map(|segment| format!("{:?}", segment.id))
        .collect();
    let left: Vec<String> = found
        .left
        .iter()
        .take(3)
        .map(|name| format!("{name:?}"))
        .collect();
    let left = if left.is_empty() {
        "no file of a kind that is read".to_string()
    } else {
        format!("those named {}", left.join(", "))
    };
    format!(
        "{}: expected {kind} of recordings such as {}, found {left}; name each file, or each recording in it, as its id or its video",
        table,
        wanted.join(", ")
    )
}

//! Recordings that cannot be used.

use misa_recordings::assemble::{AssembleError, KindMatching, Matching};
use misa_recordings::segments::Segment;
use std::error::Error;
use std::fmt::Write;

/// Faults that are told in full.
const TOLD: usize = 10;

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

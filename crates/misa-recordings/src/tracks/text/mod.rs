//! Tables of faces and voices as tools write them, and HTK's parameters.
//!
//! A table is read line by line: lines are bounded before they are kept, and only the columns that are needed
//! become numbers. Tables of faces are read twice, first for the face of each frame.
//!
//! | File | Holds |
//! |---|---|
//! | `lines.rs`, `cells.rs` | lines of a text, and the cells of a line |
//! | `decimal.rs` | plain decimals, fast |
//! | `table.rs` | a header and its rows |
//! | `layout.rs` | what the columns of each tool are |
//! | `clock.rs` | when a row is |
//! | `faces.rs` | the face of each frame |
//! | `rows.rs` | the numbers of rows |
//! | `frames.rs` | what numbers of frames say about times |
//! | `assembly.rs`, `notes.rs` | tracks out of rows, and what is noted about them |
//! | `arff.rs`, `htk.rs` | headers of these formats |
//! | `foreign.rs` | files that are refused, with advice |

mod arff;
mod assembly;
mod cells;
mod clock;
mod decimal;
mod faces;
mod foreign;
mod frames;
mod htk;
mod layout;
mod lines;
mod notes;
mod rows;
mod table;

use crate::tracks::{TrackFile, TrackOptions};
use crate::{Fault, FaultKind, Place};
use assembly::Assembly;
use cells::Dialect;
use layout::Layout;
use lines::Lines;
use misa_files::Source;
use table::Table;

/// Bytes that show what a file is.
const HEAD: u64 = 4096;
/// Empty lines and comments before a header.
const MOST_BEFORE: u64 = 4096;

/// The tracks of a table or of HTK's parameters; `None` if the file is neither.
///
/// # Errors
///
/// If the file is a table that cannot be used, or a kind of table that is refused with advice.
pub(crate) fn parse(
    name: &str,
    source: &Source,
    options: &TrackOptions,
) -> Result<Option<TrackFile>, Fault> {
    let head = source
        .bytes(0, source.len().min(HEAD) as usize)
        .map_err(|error| {
            let (kind, place) = (FaultKind::Malformed, Place::Byte(0));
            Fault::new(kind, place, "a file that can be read", error.to_string())
        })?;
    if head.trim_ascii().is_empty() && source.len() <= HEAD {
        let (kind, found) = (FaultKind::Empty, "an empty file");
        return Err(Fault::new(kind, Place::File, "a table", found));
    }
    foreign::refuse(name, &head)?;
    if name.to_ascii_lowercase().ends_with(".htk") || htk::is_htk(&head, source.len()) {
        return htk::read(source, options).map(Some);
    }
    if head.contains(&0) {
        return Ok(None);
    }
    parse_text(source, options)
}

fn parse_text(source: &Source, options: &TrackOptions) -> Result<Option<TrackFile>, Fault> {
    let mut lines = Lines::new(source, options.limits.line_bytes);
    // Comments are ARFF's; no header begins like one.
    let is_skipped = |line: &str| line.trim().is_empty() || line.starts_with('%');
    while lines.advance()? && is_skipped(lines.line()) && lines.number() < MOST_BEFORE {}
    if arff::is_arff(lines.line()) {
        let (table, layout) = arff::read(source, &mut lines, options)?;
        return Assembly::new(&table, &layout, options).read().map(Some);
    }
    let Some(dialect) = Dialect::of_header(lines.line()) else {
        return Ok(None);
    };
    let table = Table::of_header(source, &options.limits, dialect, &lines)?;
    let layout = Layout::of_table(&table, options)?;
    Assembly::new(&table, &layout, options).read().map(Some)
}

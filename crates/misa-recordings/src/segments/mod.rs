//! Tables of segments and their labels, as data sets and their tools write them.
//!
//! | File | Holds |
//! |---|---|
//! | `options.rs` | what is told about a table that it does not say |
//! | `segment.rs`, `note.rs` | a segment, a table of them, and what was left out |
//! | `layout.rs` | the columns of each kind of table |
//! | `grid.rs` | cells by the names of their columns |
//! | `rows.rs` | segments of a table with columns |
//! | `iemocap.rs` | segments of IEMOCAP's text files |
//! | `merbench.rs` | segments of MERBench's labels, an archive of NumPy |
//! | `cp1252.rs` | characters of MELD |
//! | `moment.rs` | times as tables write them |
//! | `check.rs` | what no row shows by itself: names given twice, splits of some rows only |
//! | `splits.rs` | splits for a table that has none |
//! | `spoken.rs` | segments where somebody speaks |
//! | `speech.rs` | who speaks when: RTTM, and lists in JSON |
//! | `bytes.rs` | files that are read as a whole |

pub(crate) mod bytes;
mod check;
mod cp1252;
mod grid;
mod iemocap;
mod layout;
mod merbench;
mod moment;
mod note;
mod options;
mod rows;
mod segment;
pub mod speech;
mod splits;
mod spoken;

use crate::{Fault, FaultKind, Place, RecordingError};
use misa_files::delimited;
pub use note::{SegmentNote, SegmentNoteKind};
pub use options::SegmentsOptions;
pub use segment::{Segment, SegmentFormat, SegmentTable};
pub use splits::{SplitGroups, SplitShare, SplitSummary, assign_splits};
use std::path::Path;

/// The segments of the table at `path`, in the order of the file.
///
/// | Table | Columns |
/// |---|---|
/// | our own | `id`, or `video` and `clip`, or `video`, `start` and `end`; if present `text`, `label`, `label_text`, `label_visual`, `label_acoustic`, `split` (or `mode`), `speaker` |
/// | MMSA, CH-SIMS, SIMSv2 | `video_id`, `clip_id`, `text`, `label`, `label_T`, `label_A`, `label_V`, `annotation`, `mode`; also without a header |
/// | MELD | `Dialogue_ID`, `Utterance_ID`, `Utterance`, `Speaker`, `Sentiment`, `Emotion`, `StartTime`, `EndTime` |
/// | MERBench | `name`, `chinese`, `english`, without labels |
/// | MERBench's `label.npz` | `val` of the dictionaries `train_corpus`, `val_corpus`, `test_corpus` (or `test1_corpus` and so on), which are the splits, or of `whole_corpus` |
/// | IEMOCAP | lines `[start - end] NAME emotion [valence, activation, dominance]` |
///
/// The kind is detected from the content. Columns are found by name, in letters of any case. There may be
/// commas, semicolons or tabs between cells, decimal points or commas, seconds or `HH:MM:SS.mmm`, and UTF-8
/// or UTF-16. Rows without any content are left out.
///
/// Label intervals of the CMU SDK become a table with the columns `video`, `start`, `end` and `label`.
///
/// # Errors
///
/// [`RecordingError`] when the file cannot be read, is no such table, or contradicts itself.
pub fn read(
    path: impl AsRef<Path>,
    options: &SegmentsOptions,
) -> Result<SegmentTable, RecordingError> {
    let path = path.as_ref();
    let bytes = bytes::read(path, options.limits.text_bytes)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parse(&name, &bytes, options).map_err(RecordingError::file(path))
}

/// The segments of a table in memory, whose file is called `name`. See [`read`].
///
/// # Errors
///
/// [`Fault`] when the bytes are no such table, or it contradicts itself.
pub fn parse(name: &str, bytes: &[u8], options: &SegmentsOptions) -> Result<SegmentTable, Fault> {
    bytes::check(bytes, options.limits.text_bytes)?;
    check_kind(name, bytes)?;
    if merbench::is_archive(bytes) {
        let mut table = merbench::segments(bytes, options)?;
        check::check(&mut table)?;
        return Ok(table);
    }
    let (text, replaced) = text(bytes)?;
    let mut table = if iemocap::is_iemocap(&text) {
        iemocap::segments(&text, options)?
    } else {
        rows::segments(&text, options)?
    };
    note::count(
        &mut table.notes,
        SegmentNoteKind::OtherEncoding,
        replaced.unwrap_or(0),
    );
    check::check(&mut table)?;
    Ok(table)
}

/// Fails for what people have instead of a table in text.
fn check_kind(name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let unsupported = |found: &'static str, advice: &'static str| {
        Err(Fault::new(
            FaultKind::Unsupported,
            Place::File,
            "a table in text",
            found,
        )
        .advised(advice))
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let fault = Fault::new(FaultKind::Empty, Place::File, "a table", "an empty file");
        return Err(fault);
    }
    let name = name.to_ascii_lowercase();
    if bytes.starts_with(b"PAR1") {
        return unsupported(
            "a Parquet file",
            "write it with pandas: frame.to_csv(path, index=False)",
        );
    }
    if bytes.starts_with(b"PK\x03\x04") && (name.ends_with(".xlsx") || name.ends_with(".ods")) {
        return unsupported("a workbook", "save the sheet as CSV UTF-8");
    }
    if bytes.starts_with(b"\x89HDF") {
        return unsupported(
            "an HDF5 file",
            "write its label intervals as columns video, start, end and label",
        );
    }
    Ok(())
}

/// The text of a table, and how many of its characters were read as those of Windows; `None` if the table
/// may not have any.
fn text(bytes: &[u8]) -> Result<(String, Option<usize>), Fault> {
    let is_meld = cp1252::is_meld(bytes);
    match delimited::decode(bytes.to_vec()) {
        Ok(text) if is_meld => {
            let (text, count) = cp1252::without_controls(text);
            Ok((text, Some(count)))
        }
        Ok(text) => Ok((text, None)),
        Err(error) if is_meld && error.expected == "UTF-8" => {
            let (text, count) = cp1252::decode(bytes)?;
            Ok((text, Some(count)))
        }
        Err(error) => {
            let place = Place::Line(error.line as u64);
            Err(Fault::new(
                FaultKind::Malformed,
                place,
                error.expected,
                error.found,
            ))
        }
    }
}

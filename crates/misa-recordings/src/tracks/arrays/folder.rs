//! Folders of NumPy arrays, a frame each.

use super::super::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions};
use super::grid::{Grid, size};
use super::{notes, numpy, single};
use crate::{Fault, FaultKind, Place, RecordingError};
use misa_files::Source;
use misa_files::npy::Npy;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// The track of a folder of arrays: a row each, in the order of their names as text, as in MERBench.
///
/// # Errors
///
/// If the folder or an array cannot be read, arrays are no single rows or of different lengths, their names
/// are numbers whose order as text is another one, or as for arrays.
pub(crate) fn read_folder(
    path: &Path,
    options: &TrackOptions,
) -> Result<TrackFile, RecordingError> {
    let (names, others) = frames(path, options)?;
    let mut all: Option<Grid> = None;
    for name in &names {
        let file = path.join(name);
        let source = Source::open(&file).map_err(RecordingError::io(&file))?;
        let frame = Npy::open(source)
            .map_err(numpy::fault)
            .and_then(|array| numpy::grid(&array, options, &Place::File))
            .and_then(|frame| single_row(frame, all.as_ref()));
        let frame = frame.map_err(RecordingError::file(&file))?;
        match &mut all {
            None => all = Some(frame),
            Some(all) => {
                let (rows, columns) = (all.rows as u64 + 1, all.columns.len() as u64);
                size(rows, columns, &options.limits, Place::File)
                    .map_err(RecordingError::file(path))?;
                all.rows += 1;
                all.values.extend(frame.values);
            }
        }
    }
    let at_folder = RecordingError::file(path);
    let Some(mut grid) = all else {
        let (expected, found) = ("arrays `FRAME.npy`", "none in the folder");
        return Err(at_folder(Fault::new(
            FaultKind::Empty,
            Place::File,
            expected,
            found,
        )));
    };
    let count = grid.clear_infinite();
    let track = grid
        .into_track(options.rate, options, &Place::File)
        .map_err(at_folder)?;
    let notes = notes([
        (TrackNoteKind::NoNumber, count),
        (TrackNoteKind::OtherContent, others),
    ]);
    Ok(single(TrackFormat::NpyFolder, track, options.rate, notes))
}

/// Names of the arrays in order, and how many other files there are.
fn frames(path: &Path, options: &TrackOptions) -> Result<(Vec<OsString>, usize), RecordingError> {
    let (mut names, mut others) = (Vec::new(), 0);
    for entry in fs::read_dir(path).map_err(RecordingError::io(path))? {
        let name = entry.map_err(RecordingError::io(path))?.file_name();
        if Path::new(&name)
            .extension()
            .is_none_or(|extension| extension != "npy")
        {
            others += 1;
            continue;
        }
        if names.len() >= options.limits.rows {
            let expected = format!("at most {} arrays", options.limits.rows);
            let fault = Fault::new(FaultKind::TooLarge, Place::File, expected, "more");
            return Err(RecordingError::file(path)(fault));
        }
        names.push(name);
    }
    names.sort();
    check_order(&names).map_err(RecordingError::file(path))?;
    Ok((names, others))
}

/// Refuses numbers that are in another order as text: `10` comes before `9`.
///
/// Differs: MERBench takes the order of text there too, which puts frames at wrong times.
fn check_order(names: &[OsString]) -> Result<(), Fault> {
    let number = |name: &OsString| Path::new(name).file_stem()?.to_str()?.parse::<u64>().ok();
    let Some(numbers) = names.iter().map(number).collect::<Option<Vec<_>>>() else {
        return Ok(());
    };
    match numbers.windows(2).find(|pair| pair[0] > pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Fault::new(
            FaultKind::Unclear,
            Place::File,
            "numbers of frames whose order as text is that of numbers",
            format!("{} before {}", pair[0], pair[1]),
        )
        .advised("fill the numbers with zeros to one length, such as 000009.npy")),
    }
}

/// A frame that is one row, as long as the rows before it.
fn single_row(frame: Grid, before: Option<&Grid>) -> Result<Grid, Fault> {
    let columns = frame.columns.len();
    let malformed = |expected: String| {
        let found = format!("{} rows of {columns} columns", frame.rows);
        Err(Fault::new(
            FaultKind::Malformed,
            Place::File,
            expected,
            found,
        ))
    };
    if frame.rows != 1 {
        return malformed("one row for the frame".to_string());
    }
    match before {
        Some(before) if before.columns.len() != columns => malformed(format!(
            "1 rows of {} columns, as before",
            before.columns.len()
        )),
        _ => Ok(frame),
    }
}

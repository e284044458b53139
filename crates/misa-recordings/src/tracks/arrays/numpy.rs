//! NumPy's arrays, and archives of them.

use super::super::{NamedTrack, TrackFile, TrackFormat, TrackNoteKind, TrackOptions};
use super::grid::{Grid, numbered, size};
use super::{container, named, notes, single};
use crate::error::quoted;
use crate::{Fault, FaultKind, Place};
use misa_files::npy::{Npy, NpyError, Npz, NpzError};
use misa_files::zip::{self, ZipError};
use misa_files::{DtypeKind, Source};

/// Values that take as much memory as the name of a column.
const NAME: usize = 16;

/// Values that are read at once.
const BLOCK: usize = 1 << 20;

/// Bytes of an archive's member besides the elements: its header.
const HEADER: u64 = 1 << 17;

/// The track of one array.
pub(super) fn parse_array(source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let array = Npy::open(source).map_err(fault)?;
    let mut grid = grid(&array, options, &Place::File)?;
    let count = grid.clear_infinite();
    let track = grid.into_track(options.rate, options, &Place::File)?;
    let notes = notes([(TrackNoteKind::NoNumber, count)]);
    Ok(single(TrackFormat::Npy, track, options.rate, notes))
}

/// The tracks of an archive: one for each array, with the recording as its name. The name of an array that is
/// alone says nothing.
pub(super) fn parse_archive(
    source: &Source<'_>,
    options: &TrackOptions,
) -> Result<TrackFile, Fault> {
    let bytes = (options.limits.values as u64)
        .saturating_mul(8)
        .saturating_add(HEADER);
    let limits = zip::Limits {
        entry_bytes: bytes,
        total_bytes: bytes.saturating_mul(2),
        ..zip::Limits::default()
    };
    let archive = Npz::open(Source::from(source), &limits).map_err(archive_fault)?;
    let names: Vec<&str> = archive.names().collect();
    let others = archive.archive().entries().len() - names.len();
    let (mut tracks, mut count, mut values) = (Vec::new(), 0, 0_usize);
    for name in &names {
        let track = member(&archive, name, options, &mut count, &mut values)?;
        let name = (names.len() > 1).then(|| (*name).to_string());
        tracks.push(named(name, track.track, options.rate));
    }
    if tracks.is_empty() {
        let expected = "an archive of NumPy arrays";
        let found = "none in it";
        return Err(Fault::new(FaultKind::Empty, Place::File, expected, found));
    }
    Ok(TrackFile {
        format: TrackFormat::Npz,
        tracks,
        notes: notes([
            (TrackNoteKind::NoNumber, count),
            (TrackNoteKind::OtherContent, others),
        ]),
    })
}

/// The track of the array `name`. Adds cells without a number to `count`, and all cells to `values`.
fn member(
    archive: &Npz<'_>,
    name: &str,
    options: &TrackOptions,
    count: &mut usize,
    values: &mut usize,
) -> Result<NamedTrack, Fault> {
    let limits = &options.limits;
    if name.len() > limits.word_bytes {
        let expected = format!("names of at most {} bytes", limits.word_bytes);
        return Err(Fault::new(
            FaultKind::TooLarge,
            Place::File,
            expected,
            quoted(name),
        ));
    }
    let place = Place::Part(name.to_string());
    let array = archive.array(name).map_err(archive_fault)?;
    // Each track has names of its own.
    let columns = array
        .shape()
        .last()
        .copied()
        .unwrap_or(0)
        .min(limits.columns);
    *values = values
        .saturating_add(array.len())
        .saturating_add(columns * NAME);
    if *values > limits.values {
        let expected = format!("at most {} values and names of all arrays", limits.values);
        return Err(Fault::new(
            FaultKind::TooLarge,
            place,
            expected,
            values.to_string(),
        ));
    }
    let mut grid = grid(&array, options, &place)?;
    *count += grid.clear_infinite();
    let track = grid.into_track(options.rate, options, &place)?;
    Ok(named(None, track, options.rate))
}

/// The rows of an array of one or two axes; one axis is one row.
pub(super) fn grid(array: &Npy<'_>, options: &TrackOptions, place: &Place) -> Result<Grid, Fault> {
    let unsupported = |expected: &'static str, advice: &'static str| {
        let found = format!("an array {} {:?}", array.dtype(), array.shape());
        Fault::new(FaultKind::Unsupported, place.clone(), expected, found).advised(advice)
    };
    let kind = array.dtype().kind();
    if matches!(
        kind,
        DtypeKind::Bytes | DtypeKind::Unicode | DtypeKind::Object
    ) {
        let advice = "save numbers: np.save(FILE, np.asarray(array, dtype=np.float32))";
        return Err(unsupported("an array of numbers", advice));
    }
    let (rows, columns) = match *array.shape() {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        _ => {
            let advice = "save each recording as an array of its own";
            return Err(unsupported("an array [rows, columns] or [columns]", advice));
        }
    };
    let (rows, columns) = size(rows as u64, columns as u64, &options.limits, place.clone())?;
    // Of the first axis, which is that of the columns if it is the only one.
    let (axis, len) = match array.shape().len() {
        1 => (columns, 1),
        _ => (rows, columns),
    };
    let step = (BLOCK / len).max(1);
    let mut values = Vec::with_capacity(array.len());
    for start in (0..axis).step_by(step) {
        let block = array.rows(start..axis.min(start + step)).map_err(fault)?;
        values.extend(block.to_floats().map_err(fault)?);
    }
    Ok(Grid {
        rows,
        columns: numbered(columns),
        values,
    })
}

pub(super) fn fault(error: NpyError) -> Fault {
    container(kind(&error), "a NumPy array that can be read", error)
}

fn kind(error: &NpyError) -> FaultKind {
    match error {
        NpyError::Dtype { .. } | NpyError::Version { .. } => FaultKind::Unsupported,
        NpyError::HeaderLength { .. } => FaultKind::TooLarge,
        _ => FaultKind::Malformed,
    }
}

fn archive_fault(error: NpzError) -> Fault {
    let kind = match &error {
        NpzError::Zip(ZipError::Limit { .. }) => FaultKind::TooLarge,
        NpzError::Zip(ZipError::Method { .. } | ZipError::Encrypted { .. }) => {
            FaultKind::Unsupported
        }
        NpzError::Array { source, .. } => kind(source),
        _ => FaultKind::Malformed,
    };
    container(kind, "an archive of NumPy arrays that can be read", error)
}

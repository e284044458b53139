//! MATLAB files of version 7.3, which are HDF5 inside.

use super::super::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions};
use super::choice::{Candidate, FEATURES, only, several};
use super::grid::{Grid, numbered, size};
use super::{container, covarep, notes, single};
use crate::{Fault, FaultKind, Place};
use misa_files::hdf5::{self, Dataset, Element, Group, Hdf5, Hdf5Error, Limits, Object};
use misa_files::{DtypeKind, Source};

/// The track of a file of COVAREP, or of any file with one matrix. The names of columns are references,
/// which are not followed: 74 columns are COVAREP's.
pub(super) fn parse(source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let limits = Limits {
        dataset_bytes: (options.limits.values as u64).saturating_mul(8),
        ..Limits::default()
    };
    let file = Hdf5::open(Source::from(source), &limits).map_err(fault)?;
    let root = file.root();
    let path = features(&root)?;
    let place = Place::Part(path.replace('/', "."));
    let dataset = root.dataset(&path).map_err(fault)?;
    // MATLAB's first axis is HDF5's last.
    let &[columns, rows] = dataset.shape() else {
        let found = format!("an array of {} axes", dataset.shape().len());
        let expected = "a matrix of rows and columns";
        return Err(Fault::new(FaultKind::Unsupported, place, expected, found));
    };
    let (rows, columns) = size(rows, columns, &options.limits, place.clone())?;
    let mut grid = Grid {
        rows,
        columns: covarep::columns(columns).unwrap_or_else(|| numbered(columns)),
        values: transposed(&dataset.to_floats().map_err(fault)?, rows),
    };
    let [infinite, unvoiced] = grid.clear_covarep();
    let others = variables(&root).count().saturating_sub(1);
    let track = grid.into_track(covarep::rate(options), options, &place)?;
    let notes = notes([infinite, unvoiced, (TrackNoteKind::OtherContent, others)]);
    Ok(single(
        TrackFormat::Mat,
        track,
        covarep::rate(options),
        notes,
    ))
}

/// The variables; MATLAB keeps what they refer to in groups with a `#`.
fn variables<'g>(root: &'g Group<'_>) -> impl Iterator<Item = &'g str> {
    root.names().filter(|name| !name.starts_with('#'))
}

/// The path of the features: a variable called so, a field called so of one struct, or the only matrix.
fn features(root: &Group<'_>) -> Result<String, Fault> {
    if root.contains(FEATURES) {
        return Ok(FEATURES.to_string());
    }
    let (mut fields, mut candidates) = (Vec::new(), Vec::new());
    for name in variables(root) {
        match root.object(name) {
            Ok(Object::Group(group)) if group.contains(FEATURES) => {
                fields.push(format!("{name}/{FEATURES}"));
            }
            Ok(Object::Dataset(dataset)) => candidates.extend(candidate(name, &dataset)),
            Ok(Object::Group(_)) => {}
            // Elements that are no numbers.
            Err(error) if matches!(error.fault(), hdf5::Fault::Unsupported { .. }) => {}
            Err(error) => return Err(fault(error)),
        }
    }
    match &mut fields[..] {
        [] => only(candidates).map(|matrix| matrix.name),
        [path] => Ok(std::mem::take(path)),
        paths => Err(several(paths.iter().map(String::as_str))),
    }
}

/// A matrix of numbers. Those of two bytes without a sign are texts, in all likelihood.
fn candidate(name: &str, dataset: &Dataset<'_>) -> Option<Candidate> {
    let Element::Number(dtype) = dataset.element() else {
        return None;
    };
    let is_text = dtype.kind() == DtypeKind::Uint && dtype.size() == 2;
    match dataset.shape() {
        &[columns, rows] if !is_text => Some(Candidate {
            name: name.to_string(),
            rows,
            columns,
        }),
        _ => None,
    }
}

fn transposed(values: &[f32], rows: usize) -> Vec<f32> {
    let row = |row| values.iter().skip(row).step_by(rows).copied();
    let mut by_row = Vec::with_capacity(values.len());
    by_row.extend((0..rows).flat_map(row));
    by_row
}

fn fault(error: Hdf5Error) -> Fault {
    let kind = match error.fault() {
        hdf5::Fault::Limit { .. } | hdf5::Fault::Memory { .. } => FaultKind::TooLarge,
        hdf5::Fault::Unsupported { .. } | hdf5::Fault::Kind { .. } | hdf5::Fault::NotADataset => {
            FaultKind::Unsupported
        }
        _ => FaultKind::Malformed,
    };
    container(kind, "a MATLAB file that can be read", error)
}

//! MATLAB files of level 5.

use super::super::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions};
use super::choice::{Candidate, FEATURES, NAMES, only, several};
use super::grid::{Grid, check_names, numbered, size};
use super::{container, covarep, notes, single};
use crate::{Fault, FaultKind, Place};
use misa_files::Source;
use misa_files::mat::{Class, Limits, Mat, MatError, Value, Variable};

/// Bytes of a variable besides its values.
const OTHER_BYTES: u64 = 1 << 20;

/// The track of a file of COVAREP, or of any file with one matrix.
pub(super) fn parse(source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let limits = Limits {
        // Of doubles.
        unpacked_bytes: (options.limits.values as u64)
            .saturating_mul(8)
            .saturating_add(OTHER_BYTES),
        ..Limits::default()
    };
    let file = Mat::open(Source::from(source), &limits).map_err(fault)?;
    let path = features(&file)?;
    let place = Place::Part(path.clone());
    let variable = file.find(&path).map_err(fault)?;
    let &[rows, columns] = variable.shape() else {
        return Err(Fault::new(
            FaultKind::Unsupported,
            place,
            "a matrix of rows and columns",
            variable.to_string(),
        ));
    };
    let (rows, columns) = size(rows as u64, columns as u64, &options.limits, place.clone())?;
    let named = names(&file, &path)?;
    let n_used = 1 + usize::from(named.is_some() && !path.contains('.'));
    let names = match named {
        Some(names) => checked_names(names, columns, options, &place)?,
        None => covarep::columns(columns).unwrap_or_else(|| numbered(columns)),
    };
    // The columns as they are stored are gone before the next step.
    let values = file.floats(&path).map_err(fault)?.to_rows();
    let mut grid = Grid {
        rows,
        columns: names,
        values,
    };
    let [infinite, unvoiced] = grid.clear_covarep();
    let others = file.variables().len().saturating_sub(n_used);
    let track = grid.into_track(covarep::rate(options), options, &place)?;
    let notes = notes([infinite, unvoiced, (TrackNoteKind::OtherContent, others)]);
    Ok(single(
        TrackFormat::Mat,
        track,
        covarep::rate(options),
        notes,
    ))
}

/// The path of the features: a variable called so, a field called so of one struct, or the only matrix.
fn features(file: &Mat<'_>) -> Result<String, Fault> {
    let variables = file.variables();
    if variables.iter().any(|variable| variable.name() == FEATURES) {
        return Ok(FEATURES.to_string());
    }
    let mut fields = Vec::new();
    for variable in variables
        .iter()
        .filter(|variable| variable.class() == Class::Struct)
    {
        let path = format!("{}.{FEATURES}", variable.name());
        match file.find(&path) {
            Ok(_) => fields.push(path),
            // Without such a field, or an array of structs.
            Err(MatError::Missing { .. } | MatError::Mismatch { .. }) => {}
            Err(error) => return Err(fault(error)),
        }
    }
    match &mut fields[..] {
        [] => only(variables.iter().filter_map(candidate).collect()).map(|matrix| matrix.name),
        [path] => Ok(std::mem::take(path)),
        paths => Err(several(paths.iter().map(String::as_str))),
    }
}

fn candidate(variable: &Variable) -> Option<Candidate> {
    match variable.shape() {
        &[rows, columns] if variable.class().is_number() => Some(Candidate {
            name: variable.name().to_string(),
            rows: rows as u64,
            columns: columns as u64,
        }),
        _ => None,
    }
}

/// The texts that stand beside the features as the names of their columns.
fn names(file: &Mat<'_>, path: &str) -> Result<Option<Vec<String>>, Fault> {
    let beside = path
        .rsplit_once('.')
        .map_or(NAMES.to_string(), |(parent, _)| format!("{parent}.{NAMES}"));
    let value = match file.find(&beside) {
        Ok(variable) if matches!(variable.class(), Class::Cell | Class::Char) => {
            file.read(&beside).map_err(fault)?
        }
        Ok(_) | Err(MatError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    let text = |value: &Value| match value {
        Value::Text(lines) => Some(lines.concat()),
        _ => None,
    };
    let names: Option<Vec<String>> = match &value {
        Value::Text(lines) => Some(lines.clone()),
        Value::Cell(cells) => cells.values().iter().map(text).collect(),
        _ => None,
    };
    names.map(Some).ok_or_else(|| {
        let (kind, place) = (FaultKind::Invalid, Place::Part(beside));
        Fault::new(kind, place, "names of columns", "cells that are no texts")
    })
}

/// Names without spaces around them, if there is one for each column.
fn checked_names(
    names: Vec<String>,
    columns: usize,
    options: &TrackOptions,
    place: &Place,
) -> Result<Vec<String>, Fault> {
    let invalid = |kind, expected: String, found: String| {
        Err(Fault::new(kind, place.clone(), expected, found))
    };
    if names.len() != columns {
        let expected = format!("a name for each of {columns} columns");
        return invalid(
            FaultKind::Invalid,
            expected,
            format!("{} names", names.len()),
        );
    }
    let limit = options.limits.word_bytes;
    if let Some(name) = names.iter().find(|name| name.len() > limit) {
        let expected = format!("names of at most {limit} bytes");
        return invalid(
            FaultKind::TooLarge,
            expected,
            format!("{} bytes", name.len()),
        );
    }
    let names: Vec<String> = names.iter().map(|name| name.trim().to_string()).collect();
    check_names(&names, place)?;
    Ok(names)
}

fn fault(error: MatError) -> Fault {
    let kind = match error {
        MatError::Limit { .. } | MatError::Memory { .. } => FaultKind::TooLarge,
        MatError::Unsupported { .. } | MatError::Version { .. } | MatError::Mismatch { .. } => {
            FaultKind::Unsupported
        }
        _ => FaultKind::Malformed,
    };
    container(kind, "a MATLAB file that can be read", error)
}

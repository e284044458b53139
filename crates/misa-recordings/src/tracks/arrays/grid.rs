//! Numbers in rows, and the track that they become.

use super::super::{ROWS_A_SECOND, TrackOptions};
use crate::error::quoted;
use crate::{Fault, FaultKind, Interval, Limits, Place, Track};
use std::collections::HashSet;

/// Names that a message lists.
const LISTED: usize = 5;

/// Numbers in rows that have no times yet.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub rows: usize,
    pub columns: Vec<String>,
    /// `[rows, columns]`, one row after the other.
    pub values: Vec<f32>,
}

/// Rows and columns, if they are within the limits and there are some of both.
///
/// # Errors
///
/// [`FaultKind::Empty`] or [`FaultKind::TooLarge`], at `place`.
pub(super) fn size(
    rows: u64,
    columns: u64,
    limits: &Limits,
    place: Place,
) -> Result<(usize, usize), Fault> {
    let found = format!("{rows} rows of {columns} columns");
    if rows == 0 || columns == 0 {
        let expected = "rows of numbers";
        return Err(Fault::new(FaultKind::Empty, place, expected, found));
    }
    let at_most = |number: u64, limit: usize| usize::try_from(number).ok().filter(|&n| n <= limit);
    let expected = match (at_most(rows, limits.rows), at_most(columns, limits.columns)) {
        (None, _) => format!("at most {} rows", limits.rows),
        (_, None) => format!("at most {} columns", limits.columns),
        (Some(rows), Some(columns)) => match rows.checked_mul(columns) {
            Some(values) if values <= limits.values => return Ok((rows, columns)),
            _ => format!("at most {} values", limits.values),
        },
    };
    Err(Fault::new(FaultKind::TooLarge, place, expected, found))
}

/// The numbers of columns as their names, from 0.
pub(super) fn numbered(columns: usize) -> Vec<String> {
    (0..columns).map(|column| column.to_string()).collect()
}

/// Refuses a name that two columns have.
pub(super) fn check_names(columns: &[String], place: &Place) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    match columns.iter().find(|name| !seen.insert(name.as_str())) {
        None => Ok(()),
        Some(name) => Err(Fault::new(
            FaultKind::Invalid,
            place.clone(),
            "names of columns that differ",
            format!("{} twice", quoted(name)),
        )),
    }
}

impl Grid {
    /// Makes NaN of what is infinite, and counts the cells without a number.
    pub fn clear_infinite(&mut self) -> usize {
        let mut count = 0;
        for value in &mut self.values {
            if !value.is_finite() {
                *value = f32::NAN;
                count += 1;
            }
        }
        count
    }

    /// The track of these rows, `rate` a second; all of the clip if there is one row and no rate. Its columns
    /// are those that `options` ask for; a row without any number in them is not valid.
    ///
    /// # Errors
    ///
    /// [`FaultKind::Unclear`] where several rows have no rate, [`FaultKind::Invalid`] for times beyond the
    /// limit and for columns that do not exist.
    pub fn into_track(
        self,
        rate: Option<f64>,
        options: &TrackOptions,
        place: &Place,
    ) -> Result<Track, Fault> {
        let times = times(self.rows, rate, options, place)?;
        let grid = self.with_columns(options, place)?;
        let has_number = |row: &[f32]| row.iter().any(|value| !value.is_nan());
        let valid = match grid.columns.len() {
            0 => vec![true; grid.rows],
            width => grid.values.chunks(width).map(has_number).collect(),
        };
        Ok(Track {
            columns: grid.columns,
            times,
            values: grid.values,
            valid,
        })
    }

    fn with_columns(self, options: &TrackOptions, place: &Place) -> Result<Self, Fault> {
        let Some(wanted) = &options.columns else {
            return Ok(self);
        };
        let column = |name: &String| {
            let column = self.columns.iter().position(|column| column == name);
            column.ok_or_else(|| self.no_column(name, place))
        };
        let picked: Vec<usize> = wanted.iter().map(column).collect::<Result<_, _>>()?;
        // What is asked for twice could exceed the limits.
        size(
            self.rows as u64,
            picked.len() as u64,
            &options.limits,
            place.clone(),
        )?;
        let rows = self.values.chunks_exact(self.columns.len());
        Ok(Self {
            rows: self.rows,
            columns: wanted.clone(),
            values: rows
                .flat_map(|row| picked.iter().map(|&column| row[column]))
                .collect(),
        })
    }

    fn no_column(&self, name: &str, place: &Place) -> Fault {
        let names: Vec<String> = self
            .columns
            .iter()
            .take(LISTED)
            .map(|name| quoted(name))
            .collect();
        let more = if self.columns.len() > LISTED {
            " …"
        } else {
            ""
        };
        Fault::new(
            FaultKind::Invalid,
            place.clone(),
            format!("the column {}", quoted(name)),
            format!("{} columns: {}{more}", self.columns.len(), names.join(", ")),
        )
    }
}

fn times(
    rows: usize,
    rate: Option<f64>,
    options: &TrackOptions,
    place: &Place,
) -> Result<Vec<Interval>, Fault> {
    let (first, limit) = (options.first, options.limits.seconds);
    let fault =
        |kind, expected: String, found: String| Fault::new(kind, place.clone(), expected, found);
    let Some(rate) = rate else {
        if rows == 1 {
            return Ok(vec![Interval::new(0.0, limit)]);
        }
        let found = format!("{rows} rows without times");
        let expected = "the number of rows a second".to_string();
        return Err(fault(FaultKind::Unclear, expected, found).advised(ROWS_A_SECOND));
    };
    // What is no number is not above 0 either.
    if !(rate > 0.0 && rate.is_finite()) {
        let expected = "a number of rows a second above 0".to_string();
        return Err(fault(FaultKind::Invalid, expected, rate.to_string()));
    }
    let start = |row: usize| first + row as f64 / rate;
    // What is no number is not below the limit either.
    if !(first.abs() <= limit && start(rows).abs() <= limit) {
        let expected = format!("times up to {limit} seconds");
        let found = format!("{rows} rows from {first} to {} seconds", start(rows));
        return Err(fault(FaultKind::Invalid, expected, found));
    }
    let time = |row| Interval::new(start(row), start(row + 1));
    Ok((0..rows).map(time).collect())
}

//! The columns of a recipe out of a track.

use crate::error::quoted;
use crate::recipe::Recipe;
use crate::{Fault, FaultKind, Place, Track};
use std::collections::{HashMap, HashSet};

/// Names of missing columns in a message.
const LISTED: usize = 10;

/// Where a feature is in the rows of a track.
#[derive(Clone, Copy, Debug)]
struct Source {
    column: usize,
    missing: Option<f32>,
    needs: Option<usize>,
}

impl Source {
    /// The feature of a row: NaN where it says that there is none, or the column that it needs is 0 or NaN.
    fn value(self, row: &[f32]) -> f32 {
        let value = row[self.column];
        let is_off = |needs: usize| row[needs] == 0.0 || row[needs].is_nan();
        if Some(value) == self.missing || self.needs.is_some_and(is_off) {
            f32::NAN
        } else {
            value
        }
    }
}

/// Names of columns that a track lacks, each once.
#[derive(Debug, Default)]
struct Missing<'r> {
    names: Vec<&'r str>,
    known: HashSet<&'r str>,
}

impl<'r> Missing<'r> {
    /// The index, or else the name is missing.
    fn or_name(&mut self, name: &'r str, index: Option<usize>) -> Option<usize> {
        if index.is_none() && self.known.insert(name) {
            self.names.push(name);
        }
        index
    }
}

impl Recipe {
    /// The columns of the recipe out of `track`, in the order of the recipe. A number is NaN where the recipe
    /// says that there is none. Nothing is scaled.
    ///
    /// # Errors
    ///
    /// [`Fault`] with the names of columns that `track` lacks, or has twice.
    pub fn select(&self, track: &Track) -> Result<Track, Fault> {
        let sources = self.sources(track)?;
        let width = track.columns.len();
        let rows = track.values.chunks_exact(width.max(1)).take(track.rows());
        let values = rows.flat_map(|row| sources.iter().map(|source| source.value(row)));
        let mut selected = Vec::with_capacity(sources.len() * track.rows());
        selected.extend(values);
        Ok(Track {
            columns: self
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            times: track.times.clone(),
            values: selected,
            valid: track.valid.clone(),
        })
    }

    fn sources(&self, track: &Track) -> Result<Vec<Source>, Fault> {
        let mut indices: HashMap<&str, (usize, bool)> = HashMap::with_capacity(track.columns.len());
        for (index, name) in track.columns.iter().enumerate() {
            let entry = indices.entry(name).or_insert((index, true));
            entry.1 = entry.0 == index;
        }
        let find = |name: &str| match indices.get(name) {
            Some((index, true)) => Ok(Some(*index)),
            Some((_, false)) => Err(self.twice(name)),
            None => Ok(None),
        };
        let mut missing = Missing::default();
        let mut sources = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let needs = match &column.needs {
                Some(name) => missing.or_name(name, find(name)?),
                None => None,
            };
            if let Some(index) = missing.or_name(&column.name, find(&column.name)?) {
                sources.push(Source {
                    column: index,
                    missing: column.missing,
                    needs,
                });
            }
        }
        if missing.names.is_empty() {
            Ok(sources)
        } else {
            Err(self.lacking(&missing.names))
        }
    }

    fn twice(&self, name: &str) -> Fault {
        let expected = format!("one column {}", quoted(name));
        Fault::new(FaultKind::Invalid, Place::File, expected, "several")
    }

    fn lacking(&self, missing: &[&str]) -> Fault {
        let named = missing.iter().take(LISTED).map(|name| quoted(name));
        let named: Vec<String> = named.collect();
        let more = match missing.len().saturating_sub(LISTED) {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let expected = format!("the columns of the recipe {}", self.name);
        let found = format!("none called {}{more}", named.join(", "));
        let fault = Fault::new(FaultKind::Invalid, Place::File, expected, found);
        fault.advised(format!(
            "let {} write them, or choose another recipe",
            self.tool
        ))
    }
}

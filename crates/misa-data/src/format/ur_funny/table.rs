//! A file with an entry per number of an utterance.

use crate::DataError;
use crate::format::fields::{at, rows};
use crate::format::files::open_pickle;
use crate::wanted::Wanted;
use misa_files::pickle::{Pickle, Value};
use std::collections::HashMap;
use std::path::Path;

/// One of the files.
#[derive(Debug)]
pub(super) struct Table {
    pub place: String,
    pub pickle: Pickle<'static>,
}

impl Table {
    pub fn open(folder: &Path, name: &str) -> Result<Self, DataError> {
        let path = folder.join(name);
        Ok(Self {
            pickle: open_pickle(&path)?,
            place: path.display().to_string(),
        })
    }

    pub fn open_if_there(folder: &Path, name: &str) -> Result<Option<Self>, DataError> {
        let is_there = folder.join(name).is_file();
        is_there.then(|| Self::open(folder, name)).transpose()
    }

    /// Number and value of each entry, in the order of the file.
    pub fn numbered(&self) -> Result<Vec<(i64, Value<'_>)>, DataError> {
        let root = self.pickle.root();
        let wrong = || DataError::layout(&self.place, "a dict by number", root.describe());
        let entries = root.entries().ok_or_else(wrong)?;
        entries
            .map(|(key, value)| Some((key.as_int()?, value)))
            .collect::<Option<_>>()
            .ok_or_else(wrong)
    }

    pub fn entries(&self) -> Result<Entries<'_>, DataError> {
        Ok(Entries {
            place: &self.place,
            values: self.numbered()?.into_iter().collect(),
        })
    }

    pub fn texts(&self) -> Result<Vec<String>, DataError> {
        self.pickle.root().to_texts().map_err(at(&self.place))
    }
}

/// The entries of a file by number; none of a file that is missing.
#[derive(Debug, Default)]
pub(super) struct Entries<'p> {
    place: &'p str,
    values: HashMap<i64, Value<'p>>,
}

impl<'p> Entries<'p> {
    pub fn of(table: &'p Option<Table>) -> Result<Self, DataError> {
        let entries = table.as_ref().map(Table::entries);
        Ok(entries.transpose()?.unwrap_or_default())
    }

    /// The value under `key` of an utterance.
    pub fn get(&self, number: i64, key: &str) -> Result<(String, Value<'p>), DataError> {
        let place = format!("{}: utterance \"{number}\"", self.place);
        let found = self.values.get(&number).and_then(|value| value.get(key));
        match found {
            Some(value) => Ok((format!("{place}: {key}"), value)),
            None => Err(DataError::layout(
                place,
                format!("a dict with {key:?}"),
                "none",
            )),
        }
    }

    /// Whether an utterance has nothing here, as clips may.
    pub fn lacks(&self, number: i64, wanted: Wanted) -> bool {
        wanted.is_clips() && !self.values.contains_key(&number)
    }

    /// The features of the punchline.
    pub fn rows(&self, number: i64, wanted: Wanted) -> Result<Option<Vec<Vec<f64>>>, DataError> {
        if self.lacks(number, wanted) {
            return Ok(None);
        }
        let (place, value) = self.get(number, "punchline_features")?;
        rows(&place, value).map(Some)
    }

    pub fn label(&self, number: i64) -> Result<f64, DataError> {
        let found = self.values.get(&number);
        let label = found.and_then(|value| value.as_float());
        label.ok_or_else(|| {
            let place = format!("{}: utterance \"{number}\"", self.place);
            let found = found.map_or("none".to_string(), |value| value.describe());
            DataError::layout(place, "one number", found)
        })
    }
}

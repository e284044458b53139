//! Findings about a data set.

use crate::Split;
use serde::Serialize;
use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Good to know.
    Note,
    /// Scores may be worse, or not comparable.
    Warning,
    /// The data set cannot be used with these settings.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A fault or remarkable property, with advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The severity.
    pub severity: Severity,
    /// The kind of finding, such as `shared_videos`, which is stable between versions.
    pub kind: &'static str,
    /// The finding, in one sentence.
    pub what: String,
    /// The splits, modalities or file concerned.
    #[serde(rename = "where")]
    pub place: String,
    /// The first ten utterances, columns or videos concerned.
    pub ids: Vec<String>,
    /// Their total number.
    pub count: usize,
    /// The advice, in one sentence.
    pub advice: String,
}

/// Most ids that a finding lists.
const LISTED: usize = 10;

impl Finding {
    pub(super) fn new(
        severity: Severity,
        kind: &'static str,
        place: impl fmt::Display,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            kind,
            what: what.into(),
            place: place.to_string(),
            ids: Vec::new(),
            count: 0,
            advice: advice.into(),
        }
    }

    pub(super) fn with_ids<T: fmt::Display>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        for id in ids {
            self.count += 1;
            if self.ids.len() < LISTED {
                self.ids.push(id.to_string());
            }
        }
        self
    }

    pub(super) fn with_count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }
}

/// Ids of utterances by split, for one finding per split that has any.
pub(super) fn by_split<'a>(
    records: impl Iterator<Item = (Split, &'a str)>,
) -> impl Iterator<Item = (Split, Vec<&'a str>)> {
    let mut splits = [const { Vec::new() }; 3];
    records.for_each(|(split, id)| splits[split.index()].push(id));
    let splits = Split::ALL.into_iter().zip(splits);
    splits.filter(|(_, ids)| !ids.is_empty())
}

//! The fields of a line.

use crate::journal::study::StudyId;
use crate::journal::timestamp::Timestamp;
use crate::journal::trial::TrialId;
use crate::json::Json;
use std::collections::BTreeMap;

/// What a line has instead of what it should have.
#[derive(Debug, PartialEq)]
pub(in crate::journal) struct Wrong {
    pub(in crate::journal) found: String,
    pub(in crate::journal) expected: String,
}

impl Wrong {
    pub(super) fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// Another value of a key than expected.
    fn value(key: &str, value: &Json, expected: &str) -> Self {
        Self::new(format!("{} as `{key}`", value.kind()), expected.to_string())
    }
}

/// The fields of a line, by key.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Json);

impl<'a> Fields<'a> {
    pub(super) fn required(self, key: &str) -> Result<&'a Json, Wrong> {
        self.0
            .get(key)
            .ok_or_else(|| Wrong::new(format!("no `{key}`"), "all fields of its operation"))
    }

    /// The value of a key, if it is there and not null.
    pub(super) fn optional(self, key: &str) -> Option<&'a Json> {
        self.0.get(key).filter(|value| **value != Json::Null)
    }

    pub(super) fn text(self, key: &str) -> Result<&'a str, Wrong> {
        let value = self.required(key)?;
        value
            .as_str()
            .ok_or_else(|| Wrong::value(key, value, "a text"))
    }

    pub(super) fn integer(self, key: &str) -> Result<i64, Wrong> {
        let value = self.required(key)?;
        value
            .as_i64()
            .ok_or_else(|| Wrong::value(key, value, "an integer"))
    }

    pub(super) fn number(self, key: &str) -> Result<f64, Wrong> {
        let value = self.required(key)?;
        value
            .as_f64()
            .ok_or_else(|| Wrong::value(key, value, "a number"))
    }

    pub(super) fn study(self) -> Result<StudyId, Wrong> {
        self.id("study_id").map(StudyId)
    }

    pub(super) fn trial(self) -> Result<TrialId, Wrong> {
        self.id("trial_id").map(TrialId)
    }

    fn id(self, key: &str) -> Result<u64, Wrong> {
        let id = self.integer(key)?;
        u64::try_from(id).map_err(|_| Wrong::new(format!("{id} as `{key}`"), "a number from 0"))
    }

    /// A time, or none where it is null or absent.
    pub(super) fn time(self, key: &str) -> Result<Option<Timestamp>, Wrong> {
        let expected = "a date and time of ISO 8601";
        self.optional(key)
            .map(|value| {
                value
                    .as_str()
                    .and_then(Timestamp::parse)
                    .ok_or_else(|| Wrong::value(key, value, expected))
            })
            .transpose()
    }

    /// Numbers, or none where they are null or absent.
    pub(super) fn numbers(self, key: &str) -> Result<Option<Vec<f64>>, Wrong> {
        let Some(value) = self.optional(key) else {
            return Ok(None);
        };
        let numbers = match value {
            Json::List(values) => values.iter().map(Json::as_f64).collect(),
            _ => None,
        };
        numbers
            .map(Some)
            .ok_or_else(|| Wrong::value(key, value, "a list of numbers"))
    }

    /// The keys and values of an object, none where it is absent.
    pub(super) fn object(self, key: &str) -> Result<&'a [(String, Json)], Wrong> {
        match self.0.get(key) {
            None => Ok(&[]),
            Some(Json::Object(fields)) => Ok(fields),
            Some(value) => Err(Wrong::value(key, value, "an object")),
        }
    }

    pub(super) fn attrs(self, key: &str) -> Result<BTreeMap<String, Json>, Wrong> {
        Ok(self.object(key)?.iter().cloned().collect())
    }

    /// The key and the value of an object that has exactly one.
    pub(super) fn single(self, key: &str) -> Result<(String, Json), Wrong> {
        self.required(key)?;
        match self.object(key)? {
            [(name, value)] => Ok((name.clone(), value.clone())),
            fields => {
                let found = format!("{} keys in `{key}`", fields.len());
                Err(Wrong::new(found, "exactly one"))
            }
        }
    }
}

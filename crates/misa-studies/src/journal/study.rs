//! A study: trials of one question.

use crate::json::Json;
use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// The number of a study in its journal, by the order of creation. It is not in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StudyId(pub u64);

impl Display for StudyId {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        Display::fmt(&self.0, formatter)
    }
}

/// Whether small or large values are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Small values are good.
    Minimise,
    /// Large values are good.
    Maximise,
}

impl Direction {
    /// Its number in a journal.
    pub fn code(self) -> i64 {
        match self {
            Self::Minimise => 1,
            Self::Maximise => 2,
        }
    }

    pub(super) fn of(code: i64) -> Option<Self> {
        [Self::Minimise, Self::Maximise]
            .into_iter()
            .find(|direction| direction.code() == code)
    }
}

/// What a journal says of a study.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Study {
    /// Its number in the journal.
    pub id: StudyId,
    /// Its name, which no other study of the journal has.
    pub name: String,
    /// One for each value of a trial.
    pub directions: Vec<Direction>,
    /// What its users noted.
    pub user_attrs: BTreeMap<String, Json>,
    /// What Optuna noted.
    pub system_attrs: BTreeMap<String, Json>,
}

//! What a line of a journal says.

mod fields;
mod read;
mod write;

use super::param::Param;
use super::study::{Direction, StudyId};
use super::timestamp::Timestamp;
use super::trial::{NewTrial, TrialId, TrialState};
use crate::json::Json;

pub(super) use fields::Wrong;

/// Whose attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttrKind {
    /// A user's.
    User,
    /// Optuna's own.
    System,
}

impl AttrKind {
    /// The one of these two that holds attributes of this kind.
    pub(super) fn of<'a, T>(self, user: &'a mut T, system: &'a mut T) -> &'a mut T {
        match self {
            Self::User => user,
            Self::System => system,
        }
    }
}

/// One change, as one line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// A study; ignored if there is one of this name.
    CreateStudy {
        /// Its name.
        name: String,
        /// One for each value of a trial.
        directions: Vec<Direction>,
    },
    /// The end of a study; its trials keep their numbers.
    DeleteStudy {
        /// Which.
        study: StudyId,
    },
    /// An attribute of a study.
    SetStudyAttr {
        /// Which study.
        study: StudyId,
        /// Whose attribute.
        kind: AttrKind,
        /// Its key.
        key: String,
        /// Its new value.
        value: Json,
    },
    /// A trial; ignored if there is no such study.
    CreateTrial(Box<NewTrial>),
    /// A parameter of a trial; ignored if another trial of the study has it from an incompatible distribution.
    SetParam {
        /// Which trial.
        trial: TrialId,
        /// The parameter's name.
        name: String,
        /// Its value.
        param: Param,
    },
    /// Another state of a trial; ignored if the trial already runs and is to run.
    SetState {
        /// Which trial.
        trial: TrialId,
        /// Its new state.
        state: TrialState,
        /// Its values, if they become known.
        values: Option<Vec<f64>>,
        /// When it began to run or was finished; of no use to a waiting trial.
        time: Option<Timestamp>,
    },
    /// An intermediate value of a trial.
    Report {
        /// Which trial.
        trial: TrialId,
        /// Its step, such as an epoch.
        step: i64,
        /// The value, which may be NaN.
        value: f64,
    },
    /// An attribute of a trial.
    SetTrialAttr {
        /// Which trial.
        trial: TrialId,
        /// Whose attribute.
        kind: AttrKind,
        /// Its key.
        key: String,
        /// Its new value.
        value: Json,
    },
}

/// A line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Who wrote it.
    pub worker_id: String,
    /// What it says.
    pub operation: Operation,
}

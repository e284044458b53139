//! A trial: one choice of parameters, and what came of it.

use super::param::Param;
use super::study::StudyId;
use super::timestamp::Timestamp;
use crate::json::Json;
use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// The number of a trial in its journal, by the order of creation over all studies. It is not in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrialId(pub u64);

impl Display for TrialId {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        Display::fmt(&self.0, formatter)
    }
}

/// How far a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrialState {
    /// Somebody works on it.
    Running,
    /// It has its values.
    Complete,
    /// It was ended early, because it did not look good.
    Pruned,
    /// It has no values and will get none.
    Failed,
    /// It was enqueued, and nobody works on it yet.
    Waiting,
}

impl TrialState {
    const ALL: [Self; 5] = [
        Self::Running,
        Self::Complete,
        Self::Pruned,
        Self::Failed,
        Self::Waiting,
    ];

    /// Whether nothing about the trial changes any more.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Complete | Self::Pruned | Self::Failed)
    }

    /// Its number in a journal.
    pub fn code(self) -> i64 {
        match self {
            Self::Running => 0,
            Self::Complete => 1,
            Self::Pruned => 2,
            Self::Failed => 3,
            Self::Waiting => 4,
        }
    }

    pub(super) fn of(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl Display for TrialState {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Pruned => "pruned",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        })
    }
}

/// A trial as it is created: running or waiting, or already finished elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTrial {
    /// The study that it is of.
    pub study: StudyId,
    /// How far it is.
    pub state: TrialState,
    /// When it began to run.
    pub started: Option<Timestamp>,
    /// When it was finished.
    pub completed: Option<Timestamp>,
    /// One for each direction of the study.
    pub values: Option<Vec<f64>>,
    /// By name.
    pub params: BTreeMap<String, Param>,
    /// What its users noted.
    pub user_attrs: BTreeMap<String, Json>,
    /// What Optuna noted.
    pub system_attrs: BTreeMap<String, Json>,
    /// Values by step.
    pub intermediate_values: BTreeMap<i64, f64>,
}

impl NewTrial {
    /// A trial that runs from now on, without parameters.
    pub fn running(study: StudyId) -> Self {
        Self {
            study,
            state: TrialState::Running,
            started: Some(Timestamp::now()),
            completed: None,
            values: None,
            params: BTreeMap::new(),
            user_attrs: BTreeMap::new(),
            system_attrs: BTreeMap::new(),
            intermediate_values: BTreeMap::new(),
        }
    }
}

/// What a journal says of a trial.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trial {
    /// Its number in the journal.
    pub id: TrialId,
    /// Its number in the study, from 0.
    pub number: u64,
    /// The study that it is of.
    pub study: StudyId,
    /// How far it is.
    pub state: TrialState,
    /// One for each direction of the study; of pruned trials at most the last intermediate one.
    pub values: Option<Vec<f64>>,
    /// By name.
    pub params: BTreeMap<String, Param>,
    /// Values by step.
    pub intermediate_values: BTreeMap<i64, f64>,
    /// What its users noted.
    pub user_attrs: BTreeMap<String, Json>,
    /// What Optuna noted.
    pub system_attrs: BTreeMap<String, Json>,
    /// When it began to run.
    pub started: Option<Timestamp>,
    /// When it was finished.
    pub completed: Option<Timestamp>,
    /// The `worker_id` of who set it running.
    pub owner: Option<String>,
}

impl Trial {
    /// The parameters that somebody enqueued without saying where they come from, such as Optuna's `enqueue_trial`.
    pub fn fixed_params(&self) -> &[(String, Json)] {
        match self.system_attrs.get("fixed_params") {
            Some(Json::Object(fields)) => fields,
            _ => &[],
        }
    }

    pub(super) fn new(trial: &NewTrial, id: TrialId, number: u64, worker_id: &str) -> Self {
        let is_running = trial.state == TrialState::Running;
        Self {
            id,
            number,
            study: trial.study,
            state: trial.state,
            values: trial.values.clone(),
            params: trial.params.clone(),
            intermediate_values: trial.intermediate_values.clone(),
            user_attrs: trial.user_attrs.clone(),
            system_attrs: trial.system_attrs.clone(),
            started: trial.started,
            completed: trial.completed,
            owner: is_running.then(|| worker_id.to_string()),
        }
    }
}

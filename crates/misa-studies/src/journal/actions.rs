//! What a sweep does with a journal.

use super::error::JournalError;
use super::handle::Journal;
use super::operation::{AttrKind, Operation};
use super::param::Param;
use super::study::{Direction, Study, StudyId};
use super::timestamp::Timestamp;
use super::trial::{NewTrial, Trial, TrialId, TrialState};
use crate::json::Json;
use std::collections::BTreeMap;

/// How a trial ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a value for each direction of the study; infinite ones are values, NaN is none.
    Complete(Vec<f64>),
    /// Early. Its value is the last intermediate one, unless that is NaN or the study has several directions.
    Pruned,
    /// Without a value.
    Failed,
}

impl Journal {
    /// The study of this name, created if it is not there.
    ///
    /// # Errors
    ///
    /// If it is there with other directions, or the journal cannot be read or written.
    pub fn study(&mut self, name: &str, directions: &[Direction]) -> Result<StudyId, JournalError> {
        if self.refresh()?.find(name).is_none() && !directions.is_empty() {
            self.commit(|journal| {
                let is_new = journal.studies.find(name).is_none();
                let create = is_new.then(|| Operation::CreateStudy {
                    name: name.to_string(),
                    directions: directions.to_vec(),
                });
                Ok((create.into_iter().collect(), ()))
            })?;
        }
        match self.studies.find(name) {
            Some(study) if study.directions == directions => Ok(study.id),
            study => Err(JournalError::Directions {
                path: self.path.clone(),
                name: name.to_string(),
                found: study.map(|it| it.directions.clone()).unwrap_or_default(),
                expected: directions.to_vec(),
            }),
        }
    }

    /// A new trial of a study that runs from now on, in one line: there is no trial without its parameters.
    ///
    /// # Errors
    ///
    /// If there is no such study, if a parameter does not go with those of its other trials, or if the journal
    /// cannot be read or written.
    pub fn create_trial(
        &mut self,
        study: StudyId,
        params: BTreeMap<String, Param>,
    ) -> Result<TrialId, JournalError> {
        let id = self.commit(|journal| {
            journal.existing(study)?;
            journal.check_params(study, &params)?;
            let mut trial = NewTrial::running(study);
            trial.params = params;
            let id = journal.studies.next_trial();
            Ok((vec![Operation::CreateTrial(Box::new(trial))], id))
        })?;
        // Another one has this number if somebody broke the lock.
        if self.is_owned(id) {
            Ok(id)
        } else {
            Err(self.lost(0, 1))
        }
    }

    /// The first waiting trial of a study, which runs from now on and is nobody else's, as the file says when it is read
    /// again; none if none waits.
    ///
    /// Its parameters are in [`Trial::params`], or in [`Trial::fixed_params`] if they were enqueued without
    /// distributions: then add them by [`Journal::set_params`].
    ///
    /// # Errors
    ///
    /// If there is no such study, or the journal cannot be read or written.
    pub fn claim(&mut self, study: StudyId) -> Result<Option<TrialId>, JournalError> {
        let is_waiting = |trial: &&Trial| trial.state == TrialState::Waiting;
        // Without the lock: most of the time, none waits.
        if self.refresh()?.trials(study).find(is_waiting).is_none() {
            self.existing(study)?;
            return Ok(None);
        }
        let claimed = self.commit(|journal| {
            journal.existing(study)?;
            let id = journal
                .studies
                .trials(study)
                .find(is_waiting)
                .map(|it| it.id);
            let run = id.map(|trial| Operation::SetState {
                trial,
                state: TrialState::Running,
                values: None,
                time: Some(Timestamp::now()),
            });
            Ok((run.into_iter().collect(), id))
        })?;
        // Who is first in the file has it, even if somebody broke the lock.
        Ok(claimed.filter(|&id| self.is_owned(id)))
    }

    /// Adds parameters to a trial.
    ///
    /// # Errors
    ///
    /// If there is no such trial or it is finished, if a parameter does not go with those of other trials, or if the
    /// journal cannot be read or written.
    pub fn set_params(
        &mut self,
        trial: TrialId,
        params: BTreeMap<String, Param>,
    ) -> Result<(), JournalError> {
        self.commit(|journal| {
            let study = journal.unfinished(trial)?.study;
            journal.check_params(study, &params)?;
            let set = |(name, param)| Operation::SetParam { trial, name, param };
            Ok((params.into_iter().map(set).collect(), ()))
        })
    }

    /// Adds an intermediate value to a trial, such as one of an epoch. NaN and infinite ones are written as Optuna
    /// does: `NaN`, `Infinity` and `-Infinity`.
    ///
    /// # Errors
    ///
    /// If there is no such trial or it is finished, or if the journal cannot be read or written.
    pub fn report(&mut self, trial: TrialId, step: u32, value: f64) -> Result<(), JournalError> {
        self.commit(|journal| {
            journal.unfinished(trial)?;
            let step = step.into();
            Ok((vec![Operation::Report { trial, step, value }], ()))
        })
    }

    /// Sets an attribute of a trial, such as the folder of its run.
    ///
    /// # Errors
    ///
    /// If there is no such trial or it is finished, or if the journal cannot be read or written.
    pub fn set_user_attr(
        &mut self,
        trial: TrialId,
        key: &str,
        value: Json,
    ) -> Result<(), JournalError> {
        self.commit(|journal| {
            journal.unfinished(trial)?;
            let set = Operation::SetTrialAttr {
                trial,
                kind: AttrKind::User,
                key: key.to_string(),
                value,
            };
            Ok((vec![set], ()))
        })
    }

    /// Ends a trial.
    ///
    /// # Errors
    ///
    /// If there is no such trial or it is finished, if a value is NaN or there are more or fewer than directions of
    /// the study, or if the journal cannot be read or written.
    pub fn finish(&mut self, trial: TrialId, outcome: Outcome) -> Result<(), JournalError> {
        self.commit(|journal| {
            let found = journal.unfinished(trial)?;
            let n_values = journal.existing(found.study)?.directions.len();
            let (state, values) = match outcome {
                Outcome::Complete(values) => {
                    if values.len() != n_values || values.iter().any(|value| value.is_nan()) {
                        return Err(JournalError::Values {
                            path: journal.path.clone(),
                            trial,
                            found: values,
                            expected: n_values,
                        });
                    }
                    (TrialState::Complete, Some(values))
                }
                Outcome::Pruned => (TrialState::Pruned, last_value(found, n_values)),
                Outcome::Failed => (TrialState::Failed, None),
            };
            let finish = Operation::SetState {
                trial,
                state,
                values,
                time: Some(Timestamp::now()),
            };
            Ok((vec![finish], ()))
        })
    }

    fn is_owned(&self, trial: TrialId) -> bool {
        let trial = self.studies.trial(trial);
        trial.and_then(|trial| trial.owner.as_ref()) == Some(&self.worker_id)
    }

    fn existing(&self, study: StudyId) -> Result<&Study, JournalError> {
        self.studies
            .study(study)
            .ok_or_else(|| JournalError::NoStudy {
                path: self.path.clone(),
                study,
            })
    }

    fn unfinished(&self, id: TrialId) -> Result<&Trial, JournalError> {
        let path = || self.path.clone();
        match self.studies.trial(id) {
            None => Err(JournalError::NoTrial {
                path: path(),
                trial: id,
            }),
            Some(trial) if trial.state.is_finished() => Err(JournalError::Finished {
                path: path(),
                trial: id,
                state: trial.state,
            }),
            Some(trial) => Ok(trial),
        }
    }

    fn check_params(
        &self,
        study: StudyId,
        params: &BTreeMap<String, Param>,
    ) -> Result<(), JournalError> {
        let mut wrong = params
            .iter()
            .filter(|(name, param)| !self.studies.allows(study, name, param));
        match wrong.next() {
            None => Ok(()),
            Some((name, _)) => Err(JournalError::Incompatible {
                path: self.path.clone(),
                name: name.clone(),
            }),
        }
    }
}

/// What Optuna takes for the value of a pruned trial.
fn last_value(trial: &Trial, n_values: usize) -> Option<Vec<f64>> {
    let (_, &value) = trial.intermediate_values.last_key_value()?;
    (n_values == 1 && !value.is_nan()).then(|| vec![value])
}

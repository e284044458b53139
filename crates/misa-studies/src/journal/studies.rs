//! The state that the lines of a journal lead to.

use super::operation::{Entry, Operation};
use super::param::Param;
use super::study::{Direction, Study, StudyId};
use super::timestamp::Timestamp;
use super::trial::{NewTrial, Trial, TrialId, TrialState};
use std::collections::BTreeMap;

/// All studies and trials of a journal, by the rules of Optuna.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Studies {
    studies: BTreeMap<StudyId, Study>,
    /// By number of the study, also of deleted ones.
    trials_of: Vec<Vec<TrialId>>,
    trials: Vec<Trial>,
}

impl Studies {
    /// The studies that were not deleted, in order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &Study> {
        self.studies.values()
    }

    /// The study of this name.
    pub fn find(&self, name: &str) -> Option<&Study> {
        self.iter().find(|study| study.name == name)
    }

    /// The study of this number, unless it was deleted.
    pub fn study(&self, id: StudyId) -> Option<&Study> {
        self.studies.get(&id)
    }

    /// The trial of this number, whatever became of its study.
    pub fn trial(&self, id: TrialId) -> Option<&Trial> {
        self.trials.get(usize::try_from(id.0).ok()?)
    }

    /// The trials of a study in order of creation; none of a study that was deleted.
    pub fn trials(&self, study: StudyId) -> impl Iterator<Item = &Trial> {
        let ids = self.study(study).map(|study| self.members(study.id));
        ids.unwrap_or_default()
            .iter()
            .filter_map(|&id| self.trial(id))
    }

    /// The number that the next trial gets.
    pub(super) fn next_trial(&self) -> TrialId {
        TrialId(self.trials.len() as u64)
    }

    /// Whether a trial of the study may have this parameter beside those of the other trials.
    pub(super) fn allows(&self, study: StudyId, name: &str, param: &Param) -> bool {
        self.members(study)
            .iter()
            .filter_map(|&id| self.trial(id)?.params.get(name))
            .next()
            .is_none_or(|other| other.distribution().is_compatible(param.distribution()))
    }

    /// Does what a line says, or nothing where Optuna ignores it.
    pub(super) fn apply(&mut self, entry: Entry) {
        match entry.operation {
            Operation::CreateStudy { name, directions } => self.create_study(name, directions),
            Operation::DeleteStudy { study } => {
                self.studies.remove(&study);
            }
            Operation::SetStudyAttr {
                study,
                kind,
                key,
                value,
            } => {
                if let Some(study) = self.studies.get_mut(&study) {
                    kind.of(&mut study.user_attrs, &mut study.system_attrs)
                        .insert(key, value);
                }
            }
            Operation::CreateTrial(trial) => self.create_trial(&trial, &entry.worker_id),
            Operation::SetParam { trial, name, param } => self.set_param(trial, name, param),
            Operation::SetState {
                trial,
                state,
                values,
                time,
            } => {
                if let Some(trial) = self.updatable(trial) {
                    set_state(trial, &entry.worker_id, state, values, time);
                }
            }
            Operation::Report { trial, step, value } => {
                if let Some(trial) = self.updatable(trial) {
                    trial.intermediate_values.insert(step, value);
                }
            }
            Operation::SetTrialAttr {
                trial,
                kind,
                key,
                value,
            } => {
                if let Some(trial) = self.updatable(trial) {
                    kind.of(&mut trial.user_attrs, &mut trial.system_attrs)
                        .insert(key, value);
                }
            }
        }
    }

    fn create_study(&mut self, name: String, directions: Vec<Direction>) {
        if self.find(&name).is_some() {
            return;
        }
        let id = StudyId(self.trials_of.len() as u64);
        self.trials_of.push(Vec::new());
        let study = Study {
            id,
            name,
            directions,
            user_attrs: BTreeMap::new(),
            system_attrs: BTreeMap::new(),
        };
        self.studies.insert(id, study);
    }

    fn create_trial(&mut self, trial: &NewTrial, worker_id: &str) {
        let id = self.next_trial();
        if self.study(trial.study).is_none() {
            return;
        }
        if let Some(trials) = members_mut(&mut self.trials_of, trial.study) {
            let trial = Trial::new(trial, id, trials.len() as u64, worker_id);
            trials.push(id);
            self.trials.push(trial);
        }
    }

    fn set_param(&mut self, trial: TrialId, name: String, param: Param) {
        let Some(study) = self.trial(trial).map(|trial| trial.study) else {
            return;
        };
        let is_allowed = self.allows(study, &name, &param);
        if let Some(trial) = self.updatable(trial).filter(|_| is_allowed) {
            trial.params.insert(name, param);
        }
    }

    /// The trial of this number if it is not finished.
    fn updatable(&mut self, id: TrialId) -> Option<&mut Trial> {
        let trial = self.trials.get_mut(usize::try_from(id.0).ok()?)?;
        Some(trial).filter(|trial| !trial.state.is_finished())
    }

    fn members(&self, study: StudyId) -> &[TrialId] {
        let index = usize::try_from(study.0).unwrap_or(usize::MAX);
        self.trials_of.get(index).map_or(&[], Vec::as_slice)
    }
}

fn members_mut(trials_of: &mut [Vec<TrialId>], study: StudyId) -> Option<&mut Vec<TrialId>> {
    trials_of.get_mut(usize::try_from(study.0).ok()?)
}

fn set_state(
    trial: &mut Trial,
    worker_id: &str,
    state: TrialState,
    values: Option<Vec<f64>>,
    time: Option<Timestamp>,
) {
    let is_running = state == TrialState::Running;
    if is_running && trial.state == TrialState::Running {
        // Who was first in the file has it.
        return;
    }
    if is_running {
        trial.started = time;
        trial.owner = Some(worker_id.to_string());
    }
    if state.is_finished() {
        trial.completed = time;
    }
    trial.state = state;
    if values.is_some() {
        trial.values = values;
    }
}

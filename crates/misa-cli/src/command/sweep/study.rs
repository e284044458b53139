//! The runs of a sweep as the trials of a study in Optuna's journal.

use super::main_score::MainScore;
use crate::sweep::{Cell, Space};
use misa_studies::{
    Journal, JournalError, Json, Outcome, Param, StudyId, Trial, TrialId, TrialState,
};
use misa_train::{EpochRecord, Report};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// The attribute of a trial that names its run, or what its runs share.
pub(super) const RUN: &str = "run";
/// The attribute of a failed trial that says why.
const ERROR: &str = "error";

/// A study in a journal, whose trials are the runs of a sweep.
///
/// A trial is found again by the name of its run. No other run has it, not even one with the same values and other
/// shared settings. So each run has one trial that is complete, however often the processes of a sweep are killed.
pub(super) struct Study {
    journal: Journal,
    id: StudyId,
    space: Space,
    score: MainScore,
}

impl Study {
    /// The study `name` of the journal, which is created if it is not there.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read or written, or the study has another direction.
    pub(super) fn open(
        path: &Path,
        name: &str,
        space: Space,
        score: MainScore,
    ) -> Result<Self, Box<dyn Error>> {
        let mut journal = Journal::create(path)?;
        let id = journal.study(name, &[score.direction()])?;
        Ok(Self {
            journal,
            id,
            space,
            score,
        })
    }

    /// Notes that the run is at work, unless that is noted already.
    pub(super) fn begin(&mut self, cell: &Cell) -> Result<(), Box<dyn Error>> {
        self.running(cell).map(drop)
    }

    /// Notes that the run is finished, unless that is noted already.
    pub(super) fn finish(&mut self, cell: &Cell, report: &Report) -> Result<(), Box<dyn Error>> {
        if self.find(cell, TrialState::Complete)?.is_some() {
            return Ok(());
        }
        let trial = self.running(cell)?;
        for (epoch, value) in self.score.by_epoch(&report.history) {
            self.journal.report(trial, epoch, value)?;
        }
        let outcome = match self.score.of_run(report) {
            Some(value) => Outcome::Complete(vec![value]),
            None => Outcome::Failed,
        };
        Ok(self.journal.finish(trial, outcome)?)
    }

    /// Notes that others were better, unless that is noted already.
    pub(super) fn prune(
        &mut self,
        cell: &Cell,
        history: &[EpochRecord],
    ) -> Result<(), Box<dyn Error>> {
        let Some(trial) = self.find(cell, TrialState::Running)? else {
            return Ok(());
        };
        for (epoch, value) in self.score.by_epoch(history) {
            self.journal.report(trial, epoch, value)?;
        }
        Ok(self.journal.finish(trial, Outcome::Pruned)?)
    }

    /// Notes that the run has failed; it gets another trial when it is tried again.
    pub(super) fn fail(&mut self, cell: &Cell, message: &str) -> Result<(), Box<dyn Error>> {
        let trial = self.running(cell)?;
        Ok(fail(&mut self.journal, trial, message)?)
    }

    /// The trial of a run that is at work: that of a process that was killed or stopped, or a new one.
    fn running(&mut self, cell: &Cell) -> Result<TrialId, Box<dyn Error>> {
        let trial = match self.find(cell, TrialState::Running)? {
            Some(trial) => trial,
            None => (self.journal).create_trial(self.id, self.space.params(cell)?)?,
        };
        // A process may have been killed between a new trial and its name.
        let is_named = (self.journal.refresh()?.trials(self.id))
            .any(|known| known.id == trial && known.user_attrs.contains_key(RUN));
        if !is_named {
            let name = Json::Text(cell.name.clone());
            self.journal.set_user_attr(trial, RUN, name)?;
        }
        Ok(trial)
    }

    fn find(&mut self, cell: &Cell, state: TrialState) -> Result<Option<TrialId>, Box<dyn Error>> {
        let params = self.space.params(cell)?;
        let is_of_run = |trial: &Trial| match trial.user_attrs.get(RUN) {
            Some(name) => name.as_str() == Some(cell.name.as_str()),
            // Its process was killed before it could name it.
            None => is_equal(&trial.params, &params),
        };
        let mut trials = self.journal.refresh()?.trials(self.id);
        let found = trials.find(|trial| trial.state == state && is_of_run(trial));
        Ok(found.map(|trial| trial.id))
    }
}

/// Ends a trial that has failed, with the reason as an attribute.
pub(super) fn fail(journal: &mut Journal, trial: TrialId, why: &str) -> Result<(), JournalError> {
    journal.set_user_attr(trial, ERROR, Json::Text(why.to_string()))?;
    journal.finish(trial, Outcome::Failed)
}

/// Whether two trials have the same settings; their ranges may have changed between two versions of a sweep file.
fn is_equal(one: &BTreeMap<String, Param>, other: &BTreeMap<String, Param>) -> bool {
    let values = |params: &BTreeMap<String, Param>| -> Vec<(String, Json)> {
        let values = params.iter();
        values
            .map(|(key, param)| (key.clone(), param.value()))
            .collect()
    };
    values(one) == values(other)
}

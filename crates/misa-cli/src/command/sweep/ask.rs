//! A sweep whose settings somebody else chooses.

use super::outcome::{Failures, status};
use super::pace::Pace;
use super::stages::Stages;
use super::waiting::{Next, WaitingTrial, WaitingTrials};
use super::{Arguments, Sweep};
use crate::command::{say, say_object};
use crate::sweep::Cell;
use crate::{Exit, Outcome, stop_on_signals};
use misa_studies::TrialId;
use misa_train::{Report, Status, Stop};
use serde::Serialize;
use serde_json::json;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A trial that was told.
#[derive(Debug, Serialize)]
struct Told {
    /// Its number in the journal.
    trial: u64,
    /// Folders of its runs, below that of the sweep.
    runs: Vec<String>,
    /// The error of a trial that failed.
    error: Option<String>,
}

impl Arguments {
    /// Does the trials that wait in a journal, until none is left.
    pub(super) fn ask(&self, sweep: &Sweep, journal: &Path) -> Outcome {
        let stop = stop_on_signals()?;
        let failures = Failures::new()?;
        let source = (&sweep.file, sweep.base.as_str());
        let name = self.study_name();
        let mut waiting =
            WaitingTrials::open(journal, &name, source, &sweep.space, sweep.score()?)?;
        let mut told = Vec::new();
        while !stop.is_requested() {
            let trial = match waiting.next(&self.out)? {
                None => break,
                Some(Next::Trial(trial)) => trial,
                Some(Next::Refused { id, error }) => {
                    let cells = Vec::new();
                    told.push(self.told(&WaitingTrial { id, cells }, Some(error))?);
                    continue;
                }
            };
            self.work_on(sweep, &trial, &failures, &stop)?;
            if let Some(error) = self.error(&trial, &failures) {
                waiting.fail(trial.id, &error)?;
                told.push(self.told(&trial, Some(error))?);
            } else if let Some(reports) = self.reports(&trial)? {
                waiting.tell(trial.id, &reports)?;
                told.push(self.told(&trial, None)?);
            } else {
                waiting.leave(trial.id);
            }
        }
        let failed = told.iter().filter(|told| told.error.is_some()).count();
        if self.json {
            say_object(json!({ "trials": told }))?;
        } else {
            let done = told.len() - failed;
            say(&format!("{done} trials done, {failed} failed\n"))?;
        }
        Ok(match (stop.is_requested(), failed) {
            (true, _) => Exit::Stopped,
            (false, 0) => Exit::Done,
            (false, _) => Exit::Failed,
        })
    }

    fn work_on(
        &self,
        sweep: &Sweep,
        trial: &WaitingTrial,
        failures: &Failures,
        stop: &Stop,
    ) -> Result<(), Box<dyn Error>> {
        let mut stages = Stages {
            arguments: self,
            sweep,
            failures,
            stop,
            study: None,
            pace: Pace::new(trial.cells.len(), []),
        };
        stages.work(&trial.cells.iter().collect::<Vec<_>>(), None)
    }

    fn error(&self, trial: &WaitingTrial, failures: &Failures) -> Option<String> {
        let failed = failures.read();
        let mut errors = trial.cells.iter().filter_map(|cell| failed.get(&cell.name));
        errors.next().cloned()
    }

    /// The reports of all runs of a trial; `None` if one is not finished.
    fn reports(&self, trial: &WaitingTrial) -> Result<Option<Vec<Report>>, Box<dyn Error>> {
        let cells = trial.cells.iter();
        let folders: Vec<PathBuf> = cells.map(|cell| self.out.join(&cell.name)).collect();
        let is_finished = |folder: &PathBuf| status(folder) == Some(Status::Finished);
        if !folders.iter().all(is_finished) {
            return Ok(None);
        }
        let reports = folders.iter().map(Report::read);
        Ok(Some(reports.collect::<Result<_, _>>()?))
    }

    /// Says that a trial is told.
    fn told(&self, trial: &WaitingTrial, error: Option<String>) -> Result<Told, Box<dyn Error>> {
        let TrialId(number) = trial.id;
        let runs = trial.cells.iter().map(|cell| cell.name.clone()).collect();
        if !self.json {
            let varied = trial.cells.first().map(Cell::varied);
            let varied = varied.map_or_else(String::new, |varied| format!(": {varied}"));
            say(&match &error {
                Some(error) => format!("trial {number} failed{varied}: {error}\n"),
                None => format!("trial {number} done{varied}\n"),
            })?;
        }
        Ok(Told {
            trial: number,
            runs,
            error,
        })
    }
}

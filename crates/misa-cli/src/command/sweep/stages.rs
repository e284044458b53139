//! The runs of a sweep that this process does, one after another, from rung to rung.

use super::outcome::{Failures, status};
use super::pace::Pace;
use super::rungs::{Rungs, epochs_of_objective};
use super::study::Study;
use super::work::{is_stop, report};
use super::{Arguments, Sweep};
use crate::Launch;
use crate::command::say;
use crate::sweep::Cell;
use misa_train::{Claim, Manifest, Progress, Report, RunStart, Status, Stop};
use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Time between two looks at whether other processes have brought their runs to a rung.
const WAIT: Duration = Duration::from_millis(300);

/// The work of one process.
pub(super) struct Stages<'a> {
    pub arguments: &'a Arguments,
    pub sweep: &'a Sweep,
    pub failures: &'a Failures,
    pub stop: &'a Stop,
    pub study: Option<Study>,
    pub pace: Pace,
}

/// What became of a run that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    /// Nothing: it is done, has failed, or is another process's.
    Skipped,
    /// It was trained as far as its rung.
    Paused,
    /// It was trained to its end.
    Done,
}

impl Stages<'_> {
    /// Does every run that no other process does.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read or written: what runs do would not be noted.
    pub(super) fn all(&mut self) -> Result<(), Box<dyn Error>> {
        let sweep = self.sweep;
        let mut cells: Vec<&Cell> = sweep.cells.iter().collect();
        if let Some(rungs) = sweep.rungs(&self.arguments.out) {
            for &rung in &rungs.halving.rungs {
                let Some(survivors) = self.climb(&cells, rung, &rungs)? else {
                    return Ok(());
                };
                self.leave_behind(&cells, &survivors, rung)?;
                cells = survivors;
            }
        }
        self.work(&cells, None)
    }

    /// Brings the runs to a rung, and waits for those of other processes; `None` if a stop is requested.
    fn climb<'c>(
        &mut self,
        cells: &[&'c Cell],
        rung: usize,
        rungs: &Rungs<'_>,
    ) -> Result<Option<Vec<&'c Cell>>, Box<dyn Error>> {
        loop {
            self.work(cells, Some(rung))?;
            if self.stop.is_requested() {
                return Ok(None);
            }
            if let Some(survivors) = rungs.survivors(cells, rung, self.failures) {
                return Ok(Some(survivors));
            }
            // Their process may be killed meanwhile: then the run is this one's.
            thread::sleep(WAIT);
        }
    }

    /// Says how many settings go on, and notes in the journal which do not.
    fn leave_behind(
        &mut self,
        cells: &[&Cell],
        survivors: &[&Cell],
        rung: usize,
    ) -> Result<(), Box<dyn Error>> {
        if self.arguments.worker.is_none() && !self.arguments.json {
            let (all, kept) = (cells.len(), survivors.len());
            say(&format!(
                "after {rung} epochs: {kept} of {all} runs go on\n"
            ))?;
        }
        let Some(study) = &mut self.study else {
            return Ok(());
        };
        for cell in cells.iter().filter(|cell| !survivors.contains(cell)) {
            let folder = self.arguments.out.join(&cell.name);
            // Whoever has the claim notes it.
            if let Ok(Some(_claim)) = Claim::take(&folder)
                && let Ok(manifest) = Manifest::read(&folder)
                && manifest.status != Status::Finished
            {
                study.prune(cell, manifest.history())?;
            }
        }
        Ok(())
    }

    /// Does every run, or brings it to a rung, as long as there is one that no other process does.
    ///
    /// # Errors
    ///
    /// As [`Self::all`].
    pub(super) fn work(
        &mut self,
        cells: &[&Cell],
        rung: Option<usize>,
    ) -> Result<(), Box<dyn Error>> {
        // Repeated: the process of a run that was skipped may have been killed since.
        let mut was_any = true;
        while was_any {
            was_any = false;
            for cell in cells {
                if self.stop.is_requested() {
                    return Ok(());
                }
                let attempt = self.attempt(cell, rung)?;
                if attempt == Attempt::Done && self.arguments.tells_runs() {
                    self.arguments.tell(&mut self.pace, cell, self.failures);
                }
                was_any |= attempt != Attempt::Skipped;
            }
        }
        Ok(())
    }

    /// Does a run unless it is done, is at the rung, has failed already, or another process works on it.
    fn attempt(&mut self, cell: &Cell, rung: Option<usize>) -> Result<Attempt, Box<dyn Error>> {
        let folder = self.arguments.out.join(&cell.name);
        let failures = self.failures;
        let has_failed = || failures.read().contains_key(&cell.name);
        if has_failed() {
            return Ok(Attempt::Skipped);
        }
        // Kept until a failure is recorded, or others would try the run in between.
        let _claim = match Claim::take(&folder) {
            Ok(Some(claim)) => claim,
            Ok(None) => return Ok(Attempt::Skipped),
            Err(error) => {
                report(cell, &error, failures);
                return Ok(Attempt::Skipped);
            }
        };
        // Checked with the claim: another process may have done the run before.
        let is_finished = status(&folder).is_some_and(|status| status == Status::Finished);
        if let (true, Some(study)) = (is_finished, &mut self.study) {
            // Its process may have been killed before it noted the end.
            study.finish(cell, &Report::read(&folder)?)?;
        }
        if is_finished || has_failed() || is_at(&folder, rung) {
            return Ok(Attempt::Skipped);
        }
        if let Some(study) = &mut self.study {
            study.begin(cell)?;
        }
        let trained = self.train(cell, &folder, rung);
        self.note(cell, trained)
    }

    fn train(
        &self,
        cell: &Cell,
        folder: &Path,
        rung: Option<usize>,
    ) -> Result<Report, Box<dyn Error>> {
        let settings = self.sweep.resolve(cell, &self.arguments.file)?;
        let training = &settings.value.training;
        let before = training.total_epochs() - training.epochs;
        let launch = Launch {
            progress: Progress::Silent,
            start: RunStart::Resume,
            stop: self.stop.clone(),
            keep_state: false,
            pause_after: rung.map(|rung| before + rung),
            // Such settings are those that the sweep began with, or the run would not be here.
            allows_unread: true,
        };
        let (report, _) = launch.train(&settings, folder)?;
        Ok(report)
    }

    /// Notes how a run ended.
    fn note(
        &mut self,
        cell: &Cell,
        trained: Result<Report, Box<dyn Error>>,
    ) -> Result<Attempt, Box<dyn Error>> {
        match (trained, &mut self.study) {
            (Ok(report), study) => {
                if let Some(study) = study {
                    study.finish(cell, &report)?;
                }
                Ok(Attempt::Done)
            }
            (Err(error), _) if is_stop(error.as_ref()) => {
                let is_asked = self.stop.is_requested();
                Ok(if is_asked {
                    Attempt::Skipped
                } else {
                    Attempt::Paused
                })
            }
            // A run that fails does not keep the others from being done.
            (Err(error), study) => {
                report(cell, error.as_ref(), self.failures);
                if let Some(study) = study {
                    study.fail(cell, &error.to_string())?;
                }
                Ok(Attempt::Skipped)
            }
        }
    }
}

/// Whether the run has been trained as far as the rung.
fn is_at(folder: &Path, rung: Option<usize>) -> bool {
    let epochs = || Manifest::read(folder).map_or(0, |manifest| epochs_of_objective(&manifest));
    rung.is_some_and(|rung| epochs() >= rung)
}

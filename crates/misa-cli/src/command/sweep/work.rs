//! The runs of a sweep, done by this process or by several.

use super::outcome::{Failures, status};
use super::pace::Pace;
use super::study::Study;
use super::{Arguments, Sweep};
use crate::command::say;
use crate::sweep::{Cell, Claim, work};
use crate::{Launch, ProgressLine, Requests};
use misa_train::{Progress, Report, RunStart, Status, Stop, TrainError};
use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Time between two looks at which runs are done: each reads the manifests of those that are not.
const LOOK: Duration = Duration::from_secs(1);

impl Arguments {
    /// Does every run that no other process does.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read or written: what runs do would not be noted.
    pub(super) fn train(
        &self,
        sweep: &Sweep,
        failures: &Failures,
        stop: &Stop,
    ) -> Result<(), Box<dyn Error>> {
        let mut study = self.study(sweep)?;
        let mut pace = self.pace(sweep);
        // Repeated: the process of a run that was skipped may have been killed since.
        let mut was_any = true;
        while was_any {
            was_any = false;
            for cell in &sweep.cells {
                if stop.is_requested() {
                    return Ok(());
                }
                let was_done = self.attempt(sweep, cell, failures, (stop, study.as_mut()))?;
                if was_done && self.worker.is_none() {
                    self.tell(&mut pace, cell, failures);
                }
                was_any |= was_done;
            }
        }
        Ok(())
    }

    /// Does a run unless it is done, has failed already, or another process works on it; returns
    /// whether it was done.
    fn attempt(
        &self,
        sweep: &Sweep,
        cell: &Cell,
        failures: &Failures,
        (stop, mut study): (&Stop, Option<&mut Study>),
    ) -> Result<bool, Box<dyn Error>> {
        let folder = self.out.join(&cell.name);
        let has_failed = || failures.read().contains_key(&cell.name);
        if has_failed() {
            return Ok(false);
        }
        // Kept until a failure is recorded, or others would try the run in between.
        let _claim = match Claim::take(&folder) {
            Ok(Some(claim)) => claim,
            Ok(None) => return Ok(false),
            Err(source) => {
                let path = folder.clone();
                report(cell, &TrainError::Io { path, source }, failures);
                return Ok(false);
            }
        };
        // Checked with the claim: another process may have done the run before.
        let is_finished = status(&folder).is_some_and(|status| status == Status::Finished);
        if let (true, Some(study)) = (is_finished, study.as_mut()) {
            // Its process may have been killed before it noted the end.
            study.finish(cell, &Report::read(&folder)?)?;
        }
        if is_finished || has_failed() {
            return Ok(false);
        }
        if let Some(study) = study.as_mut() {
            study.begin(cell)?;
        }
        match (self.train_one(sweep, cell, &folder, stop), study) {
            (Ok(report), Some(study)) => study.finish(cell, &report).map(|()| true),
            (Ok(_), None) => Ok(true),
            (Err(error), _) if is_stop(error.as_ref()) => Ok(false),
            // A run that fails does not keep the others from being done.
            (Err(error), study) => {
                report(cell, error.as_ref(), failures);
                if let Some(study) = study {
                    study.fail(cell, &error.to_string())?;
                }
                Ok(false)
            }
        }
    }

    fn train_one(
        &self,
        sweep: &Sweep,
        cell: &Cell,
        folder: &Path,
        stop: &Stop,
    ) -> Result<Report, Box<dyn Error>> {
        let launch = Launch {
            progress: Progress::Silent,
            start: RunStart::Resume,
            stop: stop.clone(),
            keep_state: false,
        };
        let settings = sweep.resolve(cell, &self.file)?;
        let (report, _) = launch.train(&settings, folder)?;
        Ok(report)
    }

    fn is_done(&self, cell: &Cell) -> bool {
        status(&self.out.join(&cell.name)) == Some(Status::Finished)
    }

    fn pace(&self, sweep: &Sweep) -> Pace {
        let done = sweep.cells.iter().filter(|cell| self.is_done(cell));
        Pace::new(sweep.cells.len(), done.map(|cell| cell.name.clone()))
    }

    /// Prints that a run is done, once.
    fn tell(&self, pace: &mut Pace, cell: &Cell, failures: &Failures) {
        let line = pace.done(&cell.name, failures.read().len());
        if let Some(line) = line.filter(|_| !self.json) {
            // A closed standard output does not stop the work.
            let _ = say(&line);
        }
    }

    /// Lets several processes do the runs.
    pub(super) fn supervise(
        &self,
        sweep: &Sweep,
        failures: &Failures,
        requests: &Requests,
    ) -> Result<(), Box<dyn Error>> {
        let program = env::current_exe()?;
        let processors = available_parallelism().map_or(1, usize::from);
        let threads = (processors / usize::from(self.processes)).max(1);
        let command = || {
            let mut command = Command::new(&program);
            command.arg("sweep").arg(&self.file);
            command.arg("--worker").arg(failures.path());
            command.arg("--out").arg(&self.out);
            if let Some(shard) = &self.shard {
                command.arg("--shard").arg(shard.to_string());
            }
            if let Some(device) = &self.device {
                command.arg("--device").arg(device);
            }
            if let Some(journal) = &self.journal {
                command.arg("--journal").arg(journal);
            }
            if let Some(study) = &self.study {
                command.arg("--study").arg(study);
            }
            command.env("RAYON_NUM_THREADS", threads.to_string());
            command
        };
        let mut line = ProgressLine::new();
        let mut pace = self.pace(sweep);
        let (mut looked, mut failed) = (Instant::now(), failures.read().len());
        let watch = || {
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                failed = failures.read().len();
                line.clear();
                self.tell_all(&mut pace, sweep, failures);
            }
            line.show(|| pace.line(failed));
        };
        let workers = usize::from(self.processes);
        let ends = work(workers, self.restarts, requests, command, watch)?;
        drop(line);
        self.tell_all(&mut pace, sweep, failures);
        for end in ends {
            match end.code {
                Some(0) => {}
                Some(code) => eprintln!("misa: a worker ended with status {code}"),
                None => eprintln!("misa: a worker was killed {} times", end.restarts + 1),
            }
        }
        Ok(())
    }

    /// Prints the runs that were done since the last look.
    fn tell_all(&self, pace: &mut Pace, sweep: &Sweep, failures: &Failures) {
        for cell in &sweep.cells {
            if !pace.knows(&cell.name) && self.is_done(cell) {
                self.tell(pace, cell, failures);
            }
        }
    }
}

/// Prints which run failed and why, and records it for the end.
fn report(cell: &Cell, error: &(dyn Error + 'static), failures: &Failures) {
    let message = error.to_string();
    // Many errors name the folder of the run.
    if message.contains(&cell.name) {
        complain(&message);
    } else {
        complain(&format!("{}: {message}", cell.name));
    }
    if let Err(error) = failures.add(&cell.name, message) {
        complain(&format!("{}: {error}", failures.path().display()));
    }
}

/// Prints a line with a single write: other workers print, too. A closed stream does not stop the
/// work.
fn complain(message: &str) {
    let line = format!("misa: {message}\n");
    let _ = io::stderr().write_all(line.as_bytes());
}

fn is_stop(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(TrainError::Stopped { .. }))
}

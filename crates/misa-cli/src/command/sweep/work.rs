//! The runs of a sweep, done by this process or by several.

use super::outcome::{Failures, status};
use super::pace::Pace;
use super::stages::Stages;
use super::{Arguments, Sweep};
use crate::command::say;
use crate::sweep::{Cell, work};
use crate::{ProgressLine, Requests};
use misa_train::{Status, Stop, TrainError};
use std::env;
use std::error::Error;
use std::io::{self, Write};
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
        let mut stages = Stages {
            arguments: self,
            sweep,
            failures,
            stop,
            study: self.study(sweep)?,
            pace: self.pace(sweep),
        };
        stages.all()
    }

    fn is_done(&self, cell: &Cell) -> bool {
        status(&self.out.join(&cell.name)) == Some(Status::Finished)
    }

    fn pace(&self, sweep: &Sweep) -> Pace {
        let done = sweep.cells.iter().filter(|cell| self.is_done(cell));
        Pace::new(sweep.finishing(), done.map(|cell| cell.name.clone()))
    }

    /// Prints that a run is done, once.
    pub(super) fn tell(&self, pace: &mut Pace, cell: &Cell, failures: &Failures) {
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
pub(super) fn report(cell: &Cell, error: &(dyn Error + 'static), failures: &Failures) {
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

pub(super) fn is_stop(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(TrainError::Stopped { .. }))
}

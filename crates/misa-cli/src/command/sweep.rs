//! Many runs.

use super::{SettingsArguments, say, say_json, settings::Setting};
use crate::{
    Exit, Launch, Outcome, ProgressLine,
    settings::{Resolved, RunSettings},
    stop_on_signals,
    sweep::{Cell, Claim, Shard, SweepFile, work},
};
use clap::Args;
use misa_train::{Manifest, Progress, RunStart, Status, Stop, TrainError};
use serde_json::json;
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::available_parallelism,
};

/// Train every run of a sweep file that is not done yet, choosing by nothing: `misa table` compares
/// them, on the valid split. No run of a sweep can open a test split.
///
/// Each run has a folder of its own, and one process at a time. Start as many of these commands as
/// you like, on one machine or several that share the folder; kill and start them again: every run
/// is done once, and goes on where it was.
///
/// A sweep file holds `seeds`, and as you need them `base` (a file of settings), `data`, `[grid]`
/// and `[random]`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa sweep sweep.toml --out runs/sweep --processes 2
  misa sweep sweep.toml --out runs/sweep --shard $SLURM_ARRAY_TASK_ID/16
  misa sweep sweep.toml --dry-run")]
pub struct Arguments {
    /// The sweep file
    #[arg(value_name = "SWEEP")]
    file: PathBuf,
    /// Folder of the runs
    #[arg(long, value_name = "DIR", default_value = "runs/sweep")]
    out: PathBuf,
    /// Processes on this machine, which share its processors
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    processes: u16,
    /// Do every N-th run from number I on, as I/N, counted from 0
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// How often a worker that is killed is started again
    #[arg(long, value_name = "N", default_value_t = 3)]
    restarts: usize,
    /// Where to compute, in place of the setting
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// List the runs and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    /// Be one of several workers
    #[arg(long, hide = true)]
    worker: bool,
}

/// The runs of a sweep, with what they have in common.
struct Sweep {
    cells: Vec<Cell>,
    settings: SettingsArguments,
}

/// How many runs are how far.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    done: usize,
    failed: usize,
    all: usize,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let sweep = self.open()?;
        if self.dry_run {
            return self.list(&sweep);
        }
        let stop = stop_on_signals()?;
        match self.processes {
            1 => self.train(&sweep, &stop)?,
            _ => self.supervise(&sweep, &stop)?,
        }
        if self.worker {
            return Ok(Exit::Done);
        }
        let count = self.count(&sweep);
        let Count { done, failed, all } = count;
        match self.json {
            true => say_json(&json!({ "runs": all, "done": done, "failed": failed }))?,
            false => say(&format!("{done} of {all} runs done, {failed} failed\n"))?,
        }
        Ok(match count {
            _ if stop.is_requested() => Exit::Stopped,
            Count { failed: 0, .. } => Exit::Done,
            _ => Exit::Failed,
        })
    }

    /// The runs of this shard, every one with settings that exist.
    fn open(&self) -> Result<Sweep, Box<dyn Error>> {
        let file = SweepFile::read(&self.file)?;
        let base = match &file.base {
            Some(base) => {
                fs::read_to_string(base).map_err(|error| format!("{}: {error}", base.display()))?
            }
            None => String::new(),
        };
        let mut cells = file.cells(&self.file, &base)?;
        let sweep = |cells| Sweep {
            cells,
            settings: SettingsArguments {
                config: file.base.iter().cloned().collect(),
                device: self.device.clone(),
                ..SettingsArguments::default()
            },
        };
        let whole = sweep(cells.clone());
        for cell in &whole.cells {
            whole.resolve(cell, &self.file)?;
        }
        if let Some(shard) = self.shard {
            let mut place = 0;
            cells.retain(|_| {
                place += 1;
                shard.contains(place - 1)
            });
        }
        Ok(sweep(cells))
    }

    fn list(&self, sweep: &Sweep) -> Outcome {
        if self.json {
            let cells = sweep.cells.iter();
            let cells: Vec<_> = cells
                .map(|cell| json!({ "name": cell.name, "group": cell.group, "settings": cell.settings }))
                .collect();
            say_json(&cells)?;
            return Ok(Exit::Done);
        }
        for cell in &sweep.cells {
            say(&format!("{}\n", cell.name))?;
        }
        Ok(Exit::Done)
    }

    /// Does every run that nobody else does.
    fn train(&self, sweep: &Sweep, stop: &Stop) -> Result<(), Box<dyn Error>> {
        for cell in &sweep.cells {
            let folder = self.out.join(&cell.name);
            if stop.is_requested() {
                return Ok(());
            }
            let at = |error| format!("{}: {error}", folder.display());
            let Some(_claim) = Claim::take(&folder).map_err(at)? else {
                continue;
            };
            // Asked with the claim in hand: another process may have finished it before.
            if status(&folder).is_some_and(|status| status == Status::Finished) {
                continue;
            }
            let launch = Launch {
                progress: Progress::Silent,
                start: RunStart::Resume,
                stop: stop.clone(),
            };
            let settings = sweep.resolve(cell, &self.file)?;
            match launch.train(&settings, &folder) {
                Ok(_) if !self.json && !self.worker => say(&format!("done: {}\n", cell.name))?,
                Ok(_) => {}
                Err(error) if is_stop(error.as_ref()) => return Ok(()),
                // One run that fails is no reason to leave the others undone.
                Err(error) => eprintln!("misa: {error}"),
            }
        }
        Ok(())
    }

    /// Lets several processes do it.
    fn supervise(&self, sweep: &Sweep, stop: &Stop) -> Result<(), Box<dyn Error>> {
        let program = env::current_exe()?;
        let processors = available_parallelism().map_or(1, usize::from);
        let threads = (processors / usize::from(self.processes)).max(1);
        let command = || {
            let mut command = Command::new(&program);
            command
                .arg("sweep")
                .arg(&self.file)
                .arg("--worker")
                .arg("--out")
                .arg(&self.out);
            if let Some(shard) = &self.shard {
                command.arg("--shard").arg(shard.to_string());
            }
            if let Some(device) = &self.device {
                command.arg("--device").arg(device);
            }
            command.env("RAYON_NUM_THREADS", threads.to_string());
            command
        };
        let mut line = ProgressLine::new();
        let watch = || {
            line.show(|| {
                let Count { done, failed, all } = self.count(sweep);
                format!("{done} of {all} runs done, {failed} failed")
            });
        };
        let workers = usize::from(self.processes);
        let ends = work(workers, self.restarts, stop, command, watch)?;
        drop(line);
        for end in ends {
            match end.code {
                Some(0) => {}
                Some(code) => eprintln!("misa: a worker ended with status {code}"),
                None => eprintln!("misa: a worker was killed {} times", end.restarts + 1),
            }
        }
        Ok(())
    }

    fn count(&self, sweep: &Sweep) -> Count {
        let mut count = Count {
            all: sweep.cells.len(),
            ..Count::default()
        };
        for cell in &sweep.cells {
            match status(&self.out.join(&cell.name)) {
                Some(Status::Finished) => count.done += 1,
                Some(Status::Failed { .. }) => count.failed += 1,
                _ => {}
            }
        }
        count
    }
}

impl Sweep {
    fn resolve(&self, cell: &Cell, file: &Path) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let origin = file.display().to_string();
        let settings = cell.settings.iter().map(|(key, value)| Setting {
            key: key.clone(),
            value: value.clone(),
            origin: origin.clone(),
        });
        self.settings.resolve(&settings.collect::<Vec<_>>())
    }
}

/// How far the run in a folder is; nothing where it has not begun.
fn status(folder: &Path) -> Option<Status> {
    Manifest::read(folder).ok().map(|manifest| manifest.status)
}

fn is_stop(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(TrainError::Stopped { .. }))
}

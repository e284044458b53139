//! Many runs.

mod ask;
mod begun;
mod importance;
mod main_score;
mod outcome;
mod pace;
mod ranking;
mod rungs;
mod stages;
mod study;
mod waiting;
mod work;

use super::{SettingOptions, SettingsArguments, say, say_object};
use crate::sweep::{Cell, Halving, Shard, Space, SweepFile, stop_when_alone};
use crate::{Exit, Outcome, requests_on_signals, stop_on_signals};
use clap::Args;
use main_score::MainScore;
use misa_core::Task;
use outcome::{Count, Failures, RunOutcome, RunState};
use ranking::FinishedScores;
use rungs::Rungs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use study::Study;

/// Train every run of a sweep that is not done yet.
///
/// Each run that is done is told with the time left, and at the end the settings are ranked by their
/// scores on the valid split; `misa table` compares them in full. No run of a sweep can open a test
/// split.
///
/// Each run has its folder, which one process at a time works on. You may start any number of these
/// commands, on one machine or several that share the folder, kill them and start them again: every
/// run is done once, and continues where it stopped. The exit status is 0 only if every run of the
/// shard is done, or another process is working on it; a run that failed is tried again next time.
///
/// A sweep file holds `seeds`, and as you need them `base` (a file of settings), `data`, `[grid]`,
/// `[random]` and `[halving]`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa sweep sweep.toml --out runs/sweep --processes 2
  misa sweep sweep.toml --out runs/sweep --shard $SLURM_ARRAY_TASK_ID/16
  misa sweep sweep.toml --journal study.log
  misa sweep sweep.toml --ask study.log --study mine
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
    /// Do every N-th run from number I on, counted from 0
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Write every run as a trial into this journal of Optuna, which others may write to at the same time
    #[arg(long, value_name = "FILE", group = "any_journal")]
    journal: Option<PathBuf>,
    /// Do the trials that wait in this journal of Optuna, instead of the runs of the file, whose seeds every trial has
    #[arg(long, value_name = "FILE", group = "any_journal",
          conflicts_with_all = ["shard", "processes", "dry_run"])]
    ask: Option<PathBuf>,
    /// Name of the study in the journal; by default, that of the sweep file
    #[arg(long, value_name = "NAME", requires = "any_journal")]
    study: Option<String>,
    /// How often a killed worker is restarted
    #[arg(long, value_name = "N", default_value_t = 3)]
    restarts: usize,
    /// Where to compute, instead of the setting
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// List the runs and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the state and scores of each run as JSON; with --dry-run, its settings
    #[arg(long)]
    json: bool,
    /// Work as one of several processes, and append failures to this file
    #[arg(long, value_name = "FILE", hide = true)]
    worker: Option<PathBuf>,
}

/// The runs of a sweep, with the settings they share.
struct Sweep {
    cells: Vec<Cell>,
    halving: Option<Halving>,
    /// Where they are from.
    file: SweepFile,
    /// The text of the shared settings.
    base: String,
    /// What each setting may be, over all shards.
    space: Space,
    /// That of the first run.
    task: Task,
    /// What is said of the settings without effect that runs have begun with.
    begun_with: BTreeSet<String>,
    settings: SettingsArguments,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let sweep = self.open()?;
        if self.dry_run {
            return self.list(&sweep);
        }
        if let Some(journal) = &self.ask {
            return self.ask(&sweep, journal);
        }
        if let Some(failures) = &self.worker {
            let stop = stop_on_signals()?;
            stop_when_alone(stop.clone())?;
            self.train(&sweep, &Failures::of(failures), &stop)?;
            return Ok(Exit::Done);
        }
        let failures = Failures::new()?;
        let stop = match self.processes {
            1 => {
                let stop = stop_on_signals()?;
                self.train(&sweep, &failures, &stop)?;
                stop
            }
            _ => {
                let requests = requests_on_signals()?;
                self.supervise(&sweep, &failures, &requests)?;
                requests.stop
            }
        };
        let left_behind = (sweep.rungs(&self.out))
            .map(|rungs| rungs.left_behind(&sweep.cells, &failures))
            .unwrap_or_default();
        let outcomes = RunOutcome::all(&sweep.cells, &self.out, &failures, &left_behind);
        let count = Count::of(&outcomes);
        self.say_outcomes(&sweep, &outcomes, count)?;
        Ok(count.exit(stop.is_requested()))
    }

    /// Prints how the runs ended, and how good their settings are.
    fn say_outcomes(
        &self,
        sweep: &Sweep,
        outcomes: &[RunOutcome],
        count: Count,
    ) -> Result<(), Box<dyn Error>> {
        let cells = sweep.cells.as_slice();
        let done: BTreeSet<&str> = outcomes
            .iter()
            .filter(|outcome| outcome.state == RunState::Done)
            .map(|outcome| outcome.name.as_str())
            .collect();
        let is_done = |cell: &Cell| done.contains(cell.name.as_str());
        let finished = FinishedScores::read(cells, is_done, &self.out);
        let base = sweep.settings.config.first().map(PathBuf::as_path);
        let ranking = finished.ranking(cells, &self.out);
        let best = ranking.command(base, sweep.unnamed_corpus(&self.file)?);
        if !self.json {
            let best = best.map_or_else(String::new, |best| {
                format!("The best settings with five seeds: {best}\n\n")
            });
            return Ok(say(&format!("{ranking}{best}{count}\n"))?);
        }
        let runs = outcomes.iter().zip(cells).map(|(outcome, cell)| {
            let mut run = serde_json::to_value(outcome)?;
            run["seed"] = cell.seed().cloned().unwrap_or(Value::Null);
            run["scores"] = finished.of(&outcome.name);
            if !matches!(outcome.state, RunState::LeftBehind { .. }) {
                run["rung"] = Value::Null;
            }
            if let RunState::Failed { error } = &outcome.state {
                run["error"] = json!(error);
            } else {
                run["error"] = Value::Null;
            }
            Ok(run)
        });
        let runs: Vec<Value> = runs.collect::<Result<_, serde_json::Error>>()?;
        say_object(json!({
            "count": count,
            "runs": runs,
            "ranking": ranking,
            "importance": ranking.importance(),
            "best": best,
        }))
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
        let mut options = SettingOptions::default();
        if let Some(device) = &self.device {
            options = options.with("device", device);
        }
        let space = Space::new(&cells, file.random.as_ref())?;
        if let (Some(_), Some(shard)) = (&file.halving, self.shard) {
            let path = self.file.display();
            return Err(format!(
                "{path}: [halving] compares all runs, expected no --shard, found {shard}: start the same command on each machine"
            )
            .into());
        }
        if self.ask.is_some() && (file.halving.is_some() || !file.data.is_empty()) {
            let path = self.file.display();
            return Err(format!(
                "{path}: --ask knows no [halving] and no list of data, expected neither"
            )
            .into());
        }
        let sweep = |cells, task, begun_with| Sweep {
            cells,
            halving: file.halving.clone(),
            file: file.clone(),
            base: base.clone(),
            space: space.clone(),
            task,
            begun_with,
            settings: SettingsArguments {
                config: file.base.iter().cloned().collect(),
                options: options.clone(),
                ..SettingsArguments::default()
            },
        };
        let whole = sweep(cells.clone(), Task::default(), BTreeSet::new());
        let (task, begun_with) = self.check(&whole)?;
        if let Some(shard) = self.shard {
            let items = cells.into_iter().enumerate();
            cells = items
                .filter(|(index, _)| shard.contains(*index))
                .map(|(_, cell)| cell)
                .collect();
        }
        Ok(sweep(cells, task, begun_with))
    }

    /// The study that the runs are written to, if one is asked for.
    fn study(&self, sweep: &Sweep) -> Result<Option<Study>, Box<dyn Error>> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        let name = self.study_name();
        Study::open(journal, &name, sweep.space.clone(), sweep.score()?).map(Some)
    }

    /// Whether this process says which runs are done.
    fn tells_runs(&self) -> bool {
        self.worker.is_none() && self.ask.is_none()
    }

    fn study_name(&self) -> String {
        let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
        self.study.clone().unwrap_or_else(|| stem.into_owned())
    }

    fn list(&self, sweep: &Sweep) -> Outcome {
        if !self.json {
            for cell in &sweep.cells {
                say(&format!("{}\n", cell.name))?;
            }
            return Ok(Exit::Done);
        }
        // All settings once, and only the differences of each run: there may be very many.
        let resolve = |cell| sweep.resolve(cell, &self.file);
        let first = sweep.cells.first().map(resolve).transpose()?;
        let mut runs = Vec::new();
        for cell in &sweep.cells {
            let resolved = resolve(cell)?;
            let differs = first.as_ref().map(|first| resolved.differences(first));
            runs.push(json!({
                "name": cell.name,
                "group": cell.group,
                "sets": cell.settings.iter().cloned().collect::<BTreeMap<String, Value>>(),
                "differs": differs,
            }));
        }
        let settings = first.map_or(json!([]), |first| first.to_json());
        say_object(json!({ "settings": settings, "runs": runs }))?;
        Ok(Exit::Done)
    }
}

impl Sweep {
    /// What the runs are compared by.
    fn score(&self) -> Result<MainScore, Box<dyn Error>> {
        let score = MainScore::of_task(self.task);
        Ok(score.ok_or("the task has no score that runs are compared by")?)
    }

    /// The rungs of runs in `out`, if only the best go on.
    fn rungs<'a>(&'a self, out: &'a Path) -> Option<Rungs<'a>> {
        Some(Rungs {
            halving: self.halving.as_ref()?,
            score: MainScore::of_task(self.task)?,
            out,
        })
    }

    /// How many runs will be finished if none fails and none ends early.
    fn finishing(&self) -> usize {
        let Some(halving) = &self.halving else {
            return self.cells.len();
        };
        let mut seeds: BTreeMap<Option<&str>, BTreeMap<&str, usize>> = BTreeMap::new();
        for cell in &self.cells {
            let groups = seeds.entry(cell.data()).or_default();
            *groups.entry(cell.group.as_str()).or_default() += 1;
        }
        let kept = |groups: BTreeMap<&str, usize>| {
            let rungs = halving.rungs.iter();
            let last = rungs.fold(groups.len(), |count, _| halving.kept(count));
            groups.into_values().max().unwrap_or(0) * last
        };
        seeds.into_values().map(kept).sum()
    }
}

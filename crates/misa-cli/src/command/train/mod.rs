//! Runs.

mod resume;

use super::{SettingsArguments, say, say_json, settings::Setting};
use crate::{
    Exit, Launch, Outcome, Seeds,
    settings::{Resolved, RunSettings},
    stop_on_signals,
};
use clap::Args;
use misa_data::LockedTest;
use misa_train::{Progress, Report, RunStart};
use serde_json::{Value, json};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// Train MISA. The test split stays locked: `misa evaluate RUN --split test` opens it.
///
/// Settings come from a preset, then files, then --set, then the options here; every setting that
/// does not exist is refused. --dry-run shows all of them and where each came from.
///
/// A run keeps its state in its folder. After a crash, SIGTERM or Ctrl-C, the same command with
/// --resume goes on, and ends with the same bytes as if nothing had happened. What is not given then
/// is as the run has it; of what is given, --device, --devices and save_every may differ.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa train --out runs/first
  misa train --data datasets/MOSEI --corpus mosei --out runs/mosei --seeds 1..5
  misa train --config mosi.toml --set training.dropout=0.3 --dry-run
  misa train --out runs/mosei --resume")]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingsArguments,
    /// Seed of everything random, in place of the setting training.seed
    #[arg(long, value_name = "N", conflicts_with = "seeds", help_heading = "Run")]
    seed: Option<u64>,
    /// One run for each of these seeds, such as 1,2,3 or 1111..1115, in folders seed-N of the run's
    #[arg(long, value_name = "LIST", help_heading = "Run")]
    seeds: Option<Seeds>,
    /// Folder of the run
    #[arg(
        long,
        value_name = "DIR",
        default_value = "runs/train",
        help_heading = "Run"
    )]
    out: PathBuf,
    /// Go on from the last complete state; where there is no run, begin with the settings given
    #[arg(long, help_heading = "Run")]
    resume: bool,
    /// Begin anew even if the folder holds a run
    #[arg(long, conflicts_with = "resume", help_heading = "Run")]
    replace: bool,
    /// GPUs that train one model together, such as cuda:0,cuda:1
    #[arg(
        long,
        value_name = "LIST",
        conflicts_with = "device",
        help_heading = "Run"
    )]
    devices: Option<String>,
    /// Show every setting and where it came from, and do nothing
    #[arg(long, help_heading = "Run")]
    dry_run: bool,
    /// One line per epoch even in a terminal
    #[arg(long, help_heading = "Run")]
    plain: bool,
    /// Print the report as JSON, and nothing else
    #[arg(long, help_heading = "Run")]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        if self.dry_run {
            return self.show();
        }
        let launch = Launch {
            progress: match (self.json, self.plain) {
                (true, _) => Progress::Silent,
                (false, true) => Progress::Lines,
                (false, false) => Progress::Automatic,
            },
            start: match (self.resume, self.replace) {
                (true, _) => RunStart::Resume,
                (false, true) => RunStart::Replace,
                (false, false) => RunStart::New,
            },
            stop: stop_on_signals()?,
        };
        let mut reports: Vec<Report> = Vec::new();
        for Place { folder, seed } in self.places() {
            let settings = self.resolve(&folder, seed)?;
            let (report, test) = launch.train(&settings, &folder)?;
            if !self.json {
                tell(&report, &test, &folder)?;
            }
            reports.push(report);
        }
        match (self.json, reports.as_slice()) {
            (true, [report]) => say_json(report)?,
            (true, reports) => say_json(&reports)?,
            (false, _) => {}
        }
        Ok(Exit::Done)
    }

    fn places(&self) -> Vec<Place> {
        let Some(Seeds(seeds)) = &self.seeds else {
            let folder = self.out.clone();
            let seed = self.seed.map(|seed| ("--seed", seed));
            return vec![Place { folder, seed }];
        };
        let place = |&seed: &u64| Place {
            folder: self.out.join(format!("seed-{seed}")),
            seed: Some(("--seeds", seed)),
        };
        seeds.iter().map(place).collect()
    }

    /// The settings of one run: what is given here, on top of what the run began with if it is to
    /// go on.
    fn resolve(
        &self,
        folder: &Path,
        seed: Option<GivenSeed>,
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let known = match self.resume {
            true => self.known(folder, seed)?,
            false => None,
        };
        let mut more = Vec::new();
        if let Some((option, seed)) = seed {
            more.push(setting("training.seed", json!(seed), option));
        }
        if let Some(devices) = &self.devices {
            more.push(setting("device", json!(devices), "--devices"));
        }
        self.settings.resolve_over(known.as_ref(), &more)
    }

    fn show(&self) -> Outcome {
        let places = self.places();
        let first = self.resolve(&places[0].folder, places[0].seed)?;
        if self.seeds.is_none() {
            match self.json {
                true => say_json(&first.to_json())?,
                false => say(&first.explain())?,
            }
            return Ok(Exit::Done);
        }
        let mut runs = Vec::new();
        for Place { folder, seed } in places {
            let differs = self.resolve(&folder, seed)?.differences(&first);
            runs.push((folder, seed, differs));
        }
        if self.json {
            let runs = runs.iter().map(|(folder, _, differs)| {
                json!({ "folder": folder.display().to_string(), "differs": differs })
            });
            let runs: Vec<Value> = runs.collect();
            say_json(&json!({ "settings": first.to_json(), "runs": runs }))?;
            return Ok(Exit::Done);
        }
        let (settings, count) = (first.explain(), runs.len());
        let lines = runs.iter();
        let lines = lines.map(|(folder, seed, differs)| line(folder, *seed, differs));
        let lines: String = lines.collect();
        say(&format!(
            "{settings}\nFolders of {count} runs, and all in which they differ:\n{lines}"
        ))?;
        Ok(Exit::Done)
    }
}

/// A seed, and the option that gives it.
type GivenSeed = (&'static str, u64);

/// Where a run goes.
struct Place {
    folder: PathBuf,
    seed: Option<GivenSeed>,
}

fn tell(report: &Report, test: &LockedTest, folder: &Path) -> Result<(), Box<dyn Error>> {
    say(&format!("\n{report}"))?;
    if !test.is_empty() && report.test_openings == 0 {
        let (count, folder) = (test.len(), folder.display());
        say(&format!(
            "The test split, {count} utterances, is still locked; to score it once: \
             misa evaluate {folder} --split test\n"
        ))?;
    }
    Ok(())
}

/// A run of several in what a dry run shows.
fn line(folder: &Path, seed: Option<GivenSeed>, differs: &Value) -> String {
    let text = |field: &Value| match field {
        Value::Null => "none".to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let differs = differs.as_array().into_iter().flatten();
    let mut differs: Vec<String> = differs
        .map(|setting| format!("{} = {}", text(&setting["key"]), text(&setting["value"])))
        .collect();
    // The first one differs in nothing from itself.
    if let (true, Some((_, seed))) = (differs.is_empty(), seed) {
        differs.push(format!("training.seed = {seed}"));
    }
    format!("{}  {}\n", folder.display(), differs.join(", "))
}

fn setting(key: &str, value: Value, origin: &str) -> Setting {
    Setting {
        key: key.to_string(),
        value,
        origin: origin.to_string(),
    }
}

//! Runs.

use super::{SettingsArguments, say, say_json, settings::Setting};
use crate::{
    Exit, Launch, Outcome,
    settings::{Resolved, RunSettings},
    settings_of, stop_on_signals,
};
use clap::Args;
use misa_train::{Manifest, Progress, Report, RunStart};
use serde_json::{Value, json};
use std::{
    error::Error,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Train MISA. The test split stays locked: `misa evaluate RUN --split test` opens it.
///
/// Settings come from a preset, then files, then --set, then the options here; every setting that
/// does not exist is refused. --dry-run shows all of them and where each came from.
///
/// A run keeps its state in its folder. After a crash, SIGTERM or Ctrl-C, the same command with
/// --resume goes on, and ends with the same bytes as if nothing had happened.
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
    /// Go on from the last complete state, if there is one
    #[arg(long, help_heading = "Run")]
    resume: bool,
    /// Begin anew even if the folder holds a run
    #[arg(long, conflicts_with = "resume", help_heading = "Run")]
    replace: bool,
    /// GPUs that train one model together, such as cuda:0,cuda:1
    #[arg(long, value_name = "LIST", help_heading = "Run")]
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

/// The seeds of several runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Vec<u64>);

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}`: expected seeds such as 1,2,3 or 1111..1115");
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| expected());
        let seeds = match text.split_once("..") {
            Some((first, last)) => {
                let range: RangeInclusive<u64> = number(first)?..=number(last)?;
                range.take(10_000).collect()
            }
            None => text.split(',').map(number).collect::<Result<Vec<_>, _>>()?,
        };
        match seeds.is_empty() {
            true => Err(expected()),
            false => Ok(Self(seeds)),
        }
    }
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
        for (folder, seed) in self.folders() {
            let settings = self.resolve(&folder, seed)?;
            let (report, test) = launch.train(&settings, &folder)?;
            if !self.json {
                say(&format!("\n{report}"))?;
                if !test.is_empty() && report.test_openings == 0 {
                    let (count, folder) = (test.len(), folder.display());
                    say(&format!(
                        "The test split, {count} utterances, is still locked; to score it once: \
                         misa evaluate {folder} --split test\n"
                    ))?;
                }
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

    fn folders(&self) -> Vec<(PathBuf, Option<u64>)> {
        match &self.seeds {
            None => vec![(self.out.clone(), self.seed)],
            Some(Seeds(seeds)) => {
                let folder = |&seed: &u64| (self.out.join(format!("seed-{seed}")), Some(seed));
                seeds.iter().map(folder).collect()
            }
        }
    }

    /// The settings of one run; those it began with if there are no others.
    fn resolve(
        &self,
        folder: &Path,
        seed: Option<u64>,
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let mut more = Vec::new();
        if let Some(seed) = seed {
            let option = if self.seeds.is_some() {
                "--seeds"
            } else {
                "--seed"
            };
            more.push(setting("training.seed", json!(seed), option));
        }
        if let Some(devices) = &self.devices {
            more.push(setting("device", json!(devices), "--devices"));
        }
        let manifest = Manifest::read(folder);
        if let (true, true, Ok(manifest)) = (self.resume, self.settings.is_empty(), manifest) {
            let known = settings_of(folder, &manifest)?;
            let origin = folder.display().to_string();
            return Ok(crate::settings::Layers::new(&known, &origin).resolve()?);
        }
        self.settings.resolve(&more)
    }

    fn show(&self) -> Outcome {
        let (folder, seed) = self.folders().swap_remove(0);
        let settings = self.resolve(&folder, seed)?;
        match self.json {
            true => say_json(&settings.to_json())?,
            false => say(&settings.explain())?,
        }
        Ok(Exit::Done)
    }
}

fn setting(key: &str, value: Value, origin: &str) -> Setting {
    Setting {
        key: key.to_string(),
        value,
        origin: origin.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_list_or_a_range() {
        assert_eq!("1, 5".parse(), Ok(Seeds(vec![1, 5])));
        assert_eq!("1111..1113".parse(), Ok(Seeds(vec![1111, 1112, 1113])));
        for wrong in ["", "1..", "3..1", "a,b", "-1"] {
            assert!(wrong.parse::<Seeds>().is_err(), "{wrong}");
        }
    }
}

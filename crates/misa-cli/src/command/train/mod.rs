//! Runs.

mod resume;
mod start;

use super::json::{run, say_object};
use super::settings::RecognisedData;
use super::{Setting, SettingsArguments, say};
use crate::progress::share;
use crate::settings::{Resolved, RunSettings};
use crate::show::{seed_text, seeds_text};
use crate::{Exit, Launch, Outcome, Seeds, stop_on_signals};
use clap::Args;
use misa_data::LockedTest;
use misa_train::{Progress, Report, RunStart, TimeLeft};
pub(crate) use resume::ResumeError;
use serde_json::{Value, json};
use start::Resume;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Train a model, or resume a run.
///
/// The test split stays locked: `misa evaluate RUN --split test` opens it.
///
/// Settings come from a preset, then files, then --set and the options here, which are short names
/// of settings; a setting that does not exist is rejected. --dry-run shows all of them and where
/// each comes from.
///
/// A run keeps its state in its folder. After a crash, SIGTERM or Ctrl-C, the same command with
/// --resume continues, and ends with the same bytes as an undisturbed run. Options you omit keep
/// the run's values; only --device, --devices, save_every, keep_epochs and tensorboard may be changed, and
/// --epochs raised: a finished run is then continued, and ends with the same bytes as if it had had them from the start.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa train --out runs/first
  misa train --data datasets/MOSEI --corpus mosei --out runs/mosei --seeds 1..5
  misa train --data datasets/MOSI --corpus mosi --bert bert-base-uncased --epochs 40
  misa train --config mosi.toml --set training.dropout=0.3 --dry-run
  misa train --out runs/mosei --resume")]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingsArguments,
    /// One run for each of these seeds, such as 1,2,3 or 1111..1115, in folders seed-N of the run's
    #[arg(
        long,
        value_name = "LIST",
        conflicts_with = "seed",
        help_heading = "Run"
    )]
    seeds: Option<Seeds>,
    /// Folder of the run
    #[arg(
        long,
        value_name = "DIR",
        default_value = "runs/train",
        help_heading = "Run"
    )]
    out: PathBuf,
    /// Continue from the last complete state; where there is no run, start one. In a job of Slurm or SkyPilot,
    /// which start a command again after a fault, this is the default
    #[arg(long, value_name = "WHEN", value_enum, num_args = 0..=1, require_equals = true,
          default_missing_value = "auto", help_heading = "Run")]
    resume: Option<Resume>,
    /// Start again even if the folder holds a run, which stays until the new one has saved a state
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
    /// Show every setting and where it comes from, and do nothing
    #[arg(long, help_heading = "Run")]
    dry_run: bool,
    /// One line per epoch even in a terminal
    #[arg(long, help_heading = "Run")]
    plain: bool,
    /// Print the report of each run as JSON, and nothing else
    #[arg(long, help_heading = "Run")]
    json: bool,
}

/// A run to do: its folder and its seed, if one is asked for.
struct Job {
    folder: PathBuf,
    seed: Option<AskedSeed>,
}

/// A seed, and the option that asks for it.
#[derive(Clone, Copy)]
struct AskedSeed {
    option: &'static str,
    seed: u64,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        if self.dry_run {
            return self.show();
        }
        let launch = Launch {
            progress: self.progress(),
            start: RunStart::New,
            stop: stop_on_signals()?,
            keep_state: true,
            pause_after: None,
            allows_unread: false,
        };
        let mut reports: Vec<Report> = Vec::new();
        let jobs = self.jobs();
        let (arguments, data) = self.recognised(&jobs[0])?;
        let mut opened = data;
        let mut has_test = false;
        let clock = TimeLeft::since(0.0);
        for job in &jobs {
            let settings = self.resolve(&arguments, job)?;
            let data = opened.take().map(|data| {
                if !self.json {
                    eprintln!("note: {}", data.note(&settings.value));
                }
                data.dataset
            });
            if let Some(note) = self.resume_note(&job.folder) {
                eprintln!("note: {note}");
            }
            let launch = Launch {
                start: self.start(&job.folder),
                ..launch.clone()
            };
            let (report, test) = launch.train_on(&settings, data, &job.folder)?;
            has_test |= !test.is_empty() && report.test_openings == 0;
            if !self.json && jobs.len() > 1 {
                say(&seed_text(&report))?;
                say(&how_far(reports.len() + 1, jobs.len(), &clock))?;
            } else if !self.json {
                say_report(&report, &test, &job.folder)?;
            }
            reports.push(report);
        }
        if !self.json && jobs.len() > 1 {
            say(&seeds_text(&reports, &self.out, has_test))?;
        }
        if self.json {
            let runs: Vec<Value> = reports.iter().map(run).collect::<Result<_, _>>()?;
            say_object(json!({ "runs": runs }))?;
        }
        Ok(Exit::Done)
    }

    fn progress(&self) -> Progress {
        if self.json {
            Progress::Silent
        } else if self.plain {
            Progress::Lines
        } else {
            Progress::Automatic
        }
    }

    fn jobs(&self) -> Vec<Job> {
        let asked = |option, seed| AskedSeed { option, seed };
        let Some(Seeds(seeds)) = &self.seeds else {
            let seed = self.settings.options.seed();
            return vec![Job {
                folder: self.out.clone(),
                seed: seed.map(|seed| asked("--seed", seed)),
            }];
        };
        let job = |&seed: &u64| Job {
            folder: self.out.join(format!("seed-{seed}")),
            seed: Some(asked("--seeds", seed)),
        };
        seeds.iter().map(job).collect()
    }

    /// The part of the command line that settings come from, with the corpus of the data if nothing
    /// names one and the run is not resumed.
    fn recognised(
        &self,
        job: &Job,
    ) -> Result<(SettingsArguments, Option<RecognisedData>), Box<dyn Error>> {
        if self.resumes(&job.folder) && self.recorded(job)?.is_some() {
            return Ok((self.settings.clone(), None));
        }
        self.settings.with_corpus_of_data(&self.more(job))
    }

    /// The settings of a run: what is given here, on top of the recorded ones if it is resumed.
    fn resolve(
        &self,
        arguments: &SettingsArguments,
        job: &Job,
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let recorded = if self.resumes(&job.folder) {
            self.recorded(job)?
        } else {
            None
        };
        arguments.resolve_over(recorded.as_ref(), &self.more(job))
    }

    /// Settings that options of this command give.
    fn more(&self, job: &Job) -> Vec<Setting> {
        let mut more = Vec::new();
        if let (Some(_), Some(AskedSeed { option, seed })) = (&self.seeds, job.seed) {
            more.push(Setting::new("training.seed", json!(seed), option));
        }
        if let Some(devices) = &self.devices {
            more.push(Setting::new("device", json!(devices), "--devices"));
        }
        more
    }

    fn show(&self) -> Outcome {
        let jobs = self.jobs();
        let settings = &self.settings;
        // What would be trained is shown even where the data is not.
        let recognised = self.recognised(&jobs[0]);
        let arguments = match &recognised {
            Ok((arguments, _)) => arguments,
            Err(error) => {
                let resolved = self.resolve(settings, &jobs[0])?;
                if !resolved.is_set("corpus") {
                    eprintln!(
                        "note: the corpus is not known, because the data cannot be read: {error}"
                    );
                }
                settings
            }
        };
        let first = self.resolve(arguments, &jobs[0])?;
        if self.seeds.is_none() && !self.json {
            say(&first.explain())?;
            return Ok(Exit::Done);
        }
        let differences: Vec<Value> = jobs
            .iter()
            .map(|job| Ok(self.resolve(arguments, job)?.differences(&first)))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let runs = jobs.iter().zip(&differences);
        if self.json {
            let runs: Vec<Value> = runs
                .map(|(job, differs)| {
                    json!({ "folder": job.folder.display().to_string(), "differs": differs })
                })
                .collect();
            say_object(json!({ "settings": first.to_json(), "runs": runs }))?;
        } else {
            let lines: String = runs.map(|(job, differs)| job.line(differs)).collect();
            let (settings, count) = (first.explain(), jobs.len());
            say(&format!(
                "{settings}\nFolders of {count} runs, and the settings in which they differ:\n{lines}"
            ))?;
        }
        Ok(Exit::Done)
    }
}

impl Job {
    /// The line of this run in what a dry run of several shows.
    fn line(&self, differs: &Value) -> String {
        let text = |field: &Value| match field {
            Value::Null => "none".to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let settings = differs.as_array().into_iter().flatten();
        let mut settings: Vec<String> = settings
            .map(|setting| format!("{} = {}", text(&setting["key"]), text(&setting["value"])))
            .collect();
        // The first run does not differ from itself.
        if let (true, Some(AskedSeed { seed, .. })) = (settings.is_empty(), self.seed) {
            settings.push(format!("training.seed = {seed}"));
        }
        format!("{}  {}\n", self.folder.display(), settings.join(", "))
    }
}

/// `2 of 5 seeds done, about 12 min left`
fn how_far(done: usize, all: usize, clock: &TimeLeft) -> String {
    let left = clock.words(share(done, all));
    format!("{done} of {all} seeds done{left}\n")
}

fn say_report(report: &Report, test: &LockedTest, folder: &Path) -> Result<(), Box<dyn Error>> {
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

//! The command line of the examples that train: that of `misa train`, with one look at the test
//! split at the end.

use clap::Args;
use misa_cli::command::Setting;
use misa_cli::settings::{Resolved, RunSettings};
use misa_cli::{Launch, SettingsArguments, stop_on_signals};
use misa_data::Split;
use misa_train::{Corpus, Progress, RunStart, score_test};
use serde_json::json;
use std::error::Error;
use std::path::PathBuf;

/// How an example trains.
#[derive(Args, Debug)]
pub struct TrainingArguments {
    /// The settings of the run
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// Folder of the run; gets report.md, report.json and checkpoint/
    #[arg(long, value_name = "DIR", help_heading = "Run")]
    pub out: Option<PathBuf>,
    /// Continue the run in the folder
    #[arg(long, help_heading = "Run")]
    pub resume: bool,
    /// Start again even if the folder holds a run, which stays until the new one has saved a state
    #[arg(long, conflicts_with = "resume", help_heading = "Run")]
    pub replace: bool,
    /// Show every setting and where it comes from, and do nothing
    #[arg(long, help_heading = "Run")]
    pub dry_run: bool,
}

impl TrainingArguments {
    /// Trains on the data, scores the test split once, and prints the report. The corpus and the
    /// folder of the run are those of the example called `name` unless others are given.
    ///
    /// # Errors
    ///
    /// Whatever stops the run.
    pub fn train(&self, name: &str, corpus: Corpus) -> Result<(), Box<dyn Error>> {
        let settings = self.resolve(name, corpus)?;
        if self.dry_run {
            print!("{}", settings.explain());
            return Ok(());
        }
        let devices = misa_cli::devices(&settings.value.device)?;
        let start = if self.resume {
            RunStart::Resume
        } else if self.replace {
            RunStart::Replace
        } else {
            RunStart::New
        };
        let launch = Launch {
            progress: Progress::Automatic,
            start,
            stop: stop_on_signals()?,
            keep_state: true,
            pause_after: None,
            allows_unread: false,
        };
        let out = self.out.clone();
        let out = out.unwrap_or_else(|| ["runs", name].iter().collect());
        let (mut report, test) = launch.train(&settings, &out)?;
        // A run that was finished before has been scored.
        if !test.is_empty() && report.scores_of(Split::Test).is_none() {
            report = score_test(&out, test, &devices[0])?;
        }
        println!("\n{report}");
        Ok(())
    }

    fn resolve(&self, name: &str, corpus: Corpus) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let mut settings = self.settings.clone();
        let origin = format!("example {name}");
        let corpus = Setting::new("corpus", json!(corpus), &origin);
        settings.defaults.push(corpus);
        settings.resolve(&[])
    }
}

//! The scores of a finished run.

use super::{SplitName, say, say_json};
use crate::{Exit, Outcome, show::scores_table, source::RunSource};
use clap::Args;
use misa_data::Split;
use misa_train::{Checkpoint, score_test};
use serde_json::json;
use std::path::PathBuf;

/// Score the model of a finished run.
///
/// With --split test, the test split is opened: the manifest of the run keeps that for good, and
/// tables mark results whose test split was opened more than once. Everything else leaves it
/// locked.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa evaluate runs/a
  misa evaluate runs/a --split test
  misa evaluate runs/seed-* --split test --json")]
pub struct Arguments {
    /// Run folders
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The split
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// Where the data is now, if it was moved
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::names()[0])]
    device: String,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let mut found = Vec::new();
        for run in &self.runs {
            let source = RunSource::open(run, self.data.as_deref())?;
            let split = Split::from(self.split);
            let (development, test) = source.data;
            let (scores, openings) = match split {
                Split::Test => {
                    let report = score_test(run, test, &device)?;
                    let scores = report.scores_of(split).cloned();
                    (
                        scores.ok_or("the report lacks what was scored")?,
                        report.test_openings,
                    )
                }
                split => {
                    let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), &device)?;
                    let config = &source.manifest.config;
                    let utterances = development.dataset().split(split);
                    let evaluation = checkpoint.evaluate(utterances, config, &device)?;
                    (
                        evaluation.scores(config.loss.task),
                        source.manifest.test_openings(),
                    )
                }
            };
            if !self.json {
                say(&scores_table(run, split, &scores))?;
                if split == Split::Test && openings > 1 {
                    say(&format!(
                        "The test split of this run was looked at {openings} times.\n"
                    ))?;
                }
            }
            found.push(json!({
                "run": run,
                "split": split,
                "scores": scores,
                "test_openings": openings,
            }));
        }
        if self.json {
            say_json(&found)?;
        }
        Ok(Exit::Done)
    }
}

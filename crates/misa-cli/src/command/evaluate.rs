//! The scores of a finished run.

use super::{SplitName, say, say_json};
use crate::{
    Exit, Outcome, Steps,
    show::scores_table,
    source::{RunSource, finished},
};
use burn::tensor::Device;
use clap::Args;
use misa_data::Split;
use misa_train::{Checkpoint, Scores, score_test};
use serde_json::{Value, json};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// Score the model of a finished run.
///
/// With --split test, the test split is opened: the manifest of the run records that permanently,
/// and tables mark results whose test split had been opened before. Otherwise it stays locked. If a
/// run fails, the scores of the runs before it are still printed.
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
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

/// The scores of one run.
struct RunScores {
    scores: Scores,
    /// How often its test split has been opened.
    openings: usize,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        // A folder that cannot be used must be reported before the test split of another is opened.
        for run in &self.runs {
            finished(run)?;
        }
        let mut scores = Vec::new();
        let mut steps = Steps::new(self.runs.len());
        let outcome: Result<(), Box<dyn Error>> = self.runs.iter().try_for_each(|run| {
            steps.doing(&format!("scoring {}", run.display()));
            let scored = self.score(run, &device)?;
            steps.step();
            steps.clear();
            if !self.json {
                say(&self.text(run, &scored))?;
            }
            scores.push(self.numbers(run, &scored));
            Ok(())
        });
        // The scores of the runs before one that fails may have cost an opening of their test split.
        if self.json && (outcome.is_ok() || !scores.is_empty()) {
            say_json(&scores)?;
        }
        outcome.map(|()| Exit::Done)
    }

    fn score(&self, run: &Path, device: &Device) -> Result<RunScores, Box<dyn Error>> {
        let source = RunSource::open(run, self.data.as_deref())?;
        let split = Split::from(self.split);
        let (development, test) = source.data;
        if split == Split::Test {
            let report = score_test(run, test, device)?;
            let scores = report.scores_of(split).cloned();
            return Ok(RunScores {
                scores: scores.ok_or("the report lacks what was scored")?,
                openings: report.test_openings,
            });
        }
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
        let config = &source.manifest.config;
        let utterances = development.dataset().split(split);
        let evaluation =
            checkpoint.evaluate(utterances, &config.loss, config.batch_size, device)?;
        Ok(RunScores {
            scores: evaluation.scores(config.loss.task),
            openings: source.manifest.test_openings(),
        })
    }

    fn text(&self, run: &Path, scored: &RunScores) -> String {
        let split = Split::from(self.split);
        let mut text = scores_table(run, split, &scored.scores);
        if split == Split::Test && scored.openings > 1 {
            let times = scored.openings;
            text.push_str(&format!(
                "The test split of this run has been opened {times} times.\n"
            ));
        }
        text
    }

    fn numbers(&self, run: &Path, scored: &RunScores) -> Value {
        json!({
            "run": run.display().to_string(),
            "split": Split::from(self.split),
            "scores": scored.scores,
            "test_openings": scored.openings,
        })
    }
}

//! The scores of a finished run.

use super::json::{say_runs, scored};
use super::{SplitName, say};
use crate::runs::finished_runs;
use crate::show::scores_table;
use crate::source::RunSource;
use crate::{Exit, MovedData, Outcome, Steps};
use burn::tensor::Device;
use clap::Args;
use misa_data::Split;
use misa_train::{Checkpoint, DataSummary, Scores, score_test};
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};

/// Score the model of a finished run.
///
/// With --split test, the test split is opened: the manifest of the run records that permanently,
/// and tables mark results whose test split had been opened before. Otherwise it stays locked. If a
/// run fails, the scores of the runs before it are still printed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa evaluate runs/a
  misa evaluate runs/a --split test
  misa evaluate runs/mosi --split test --json")]
pub struct Arguments {
    /// Run folders, or folders of them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The split
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    #[command(flatten)]
    moved: MovedData,
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
    /// The corpus and the labels of its data, as far as they are recorded, in words.
    data: String,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        // A folder that cannot be used must be reported before the test split of another is opened.
        let runs = finished_runs(&self.runs)?;
        let mut scores = Vec::new();
        let mut steps = Steps::new(runs.len());
        let outcome: Result<(), Box<dyn Error>> = runs.iter().try_for_each(|(run, _)| {
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
        if self.json {
            return say_runs(scores, outcome);
        }
        outcome.map(|()| Exit::Done)
    }

    fn score(&self, run: &Path, device: &Device) -> Result<RunScores, Box<dyn Error>> {
        let source = RunSource::open(run, &self.moved)?;
        let split = Split::from(self.split);
        let (development, test) = source.data;
        if split == Split::Test {
            let report = score_test(run, test, device)?;
            let notes = report.bert.iter().flat_map(|bert| &bert.notes);
            for note in notes.filter(|note| note.starts_with("test: ")) {
                eprintln!("note: {note}");
            }
            let scores = report.scores_of(split).cloned();
            return Ok(RunScores {
                scores: scores.ok_or("the report lacks what was scored")?,
                openings: report.test_openings,
                data: facts(&report.data),
            });
        }
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
        let fit = checkpoint.fit_recipes(development.dataset().recipes())?;
        if fit.is_reordered() {
            return Err(format!("{}: {}", run.display(), fit.notes.join("; ")).into());
        }
        for note in fit.notes {
            eprintln!("note: {note}");
        }
        let config = &source.manifest.config;
        let constant = development.constant(config.loss.task);
        let utterances = development.dataset().split(split);
        let evaluation =
            checkpoint.evaluate(utterances, &config.loss, config.batch_size, device)?;
        let counts = checkpoint.token_counts(utterances, config.batch_size);
        if let (Some(bert), Some(counts)) = (&checkpoint.bert, counts) {
            for note in counts.notes(split.name(), bert.truncation()) {
                eprintln!("note: {note}");
            }
        }
        let mut scores = evaluation.scores_beside(config.loss.task, constant);
        // The intervals were measured on the valid split, and say nothing new there.
        if split != Split::Valid {
            scores.coverage = evaluation.coverage(&checkpoint);
        }
        Ok(RunScores {
            scores,
            openings: source.manifest.test_openings(),
            data: facts(&source.manifest.data),
        })
    }

    fn text(&self, run: &Path, scored: &RunScores) -> String {
        let split = Split::from(self.split);
        let mut text = scores_table(run, split, &scored.scores);
        text.push_str(&scored.data);
        if split == Split::Test && scored.openings > 1 {
            let times = scored.openings;
            text.push_str(&format!(
                "The test split of this run has been opened {times} times.\n"
            ));
        }
        text
    }

    fn numbers(&self, run: &Path, found: &RunScores) -> Value {
        let mut numbers = scored(&found.scores);
        numbers["run"] = json!(run.display().to_string());
        numbers["split"] = json!(Split::from(self.split));
        numbers["test_openings"] = json!(found.openings);
        numbers
    }
}

fn facts(data: &DataSummary) -> String {
    let mut text = String::new();
    if let Some(corpus) = &data.corpus {
        text.push_str(&format!("corpus: {corpus}\n"));
    }
    if let Some(labels) = &data.labels {
        text.push_str(&format!("labels of train and valid: {labels}\n"));
    }
    let serious = data.findings.iter().filter(|finding| finding.is_serious());
    for finding in serious {
        text.push_str(&format!("{}: {}\n", finding.severity, finding.message));
    }
    text
}

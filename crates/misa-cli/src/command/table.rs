//! Runs compared.

use super::json::with_schema;
use super::output::{check_file, check_outside_data, write};
use super::{SplitName, say};
use crate::runs::NamedRuns;
use crate::terminal::line_width;
use crate::{CompareRequest, Exit, MovedData, Outcome, compare};
use clap::{Args, ValueEnum};
use misa_data::Split;
use misa_report::compare::{Against, SOURCES, TableStyle};
use misa_train::Corpus;
use std::path::PathBuf;

/// Compare finished runs and published figures.
///
/// Every seed, mean and deviation, 95 % intervals, differences between models and to published
/// figures. Intervals and p-values of differences cover other seeds and other utterances, with
/// Holm's correction; they need three seeds of each model, and intervals thirty utterances.
///
/// Runs that differ by their seed alone are one model; models without a name are named by their
/// folder, or by the settings in which they differ. Below the table, notes explain every mark.
/// Markdown that is printed is divided into tables of limited width, see --width.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa table runs/mosi
  misa table whole=runs/mosi ablated=runs/no-similarity --baseline whole
  misa table runs/mosi runs/no-similarity --summary --sort mae
  misa table runs/sweep --split valid --format csv -o sweep.csv
  misa table runs/mosi --split test --against paper,mmsa --format latex")]
pub struct Arguments {
    /// Run folders, or folders of them; MODEL=RUN names what is in them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<String>,
    /// The split; without it, test if every finished run was scored on it, or else valid
    #[arg(long, value_enum)]
    split: Option<SplitName>,
    /// Published figures to show beside, of the corpus of each run's data
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = SOURCES)]
    against: Vec<String>,
    /// Corpus of the published figures, if it is not known of the data
    #[arg(long, value_name = "NAME", requires = "against")]
    corpus: Option<Corpus>,
    /// Model to compare the others with, by its name in the table; without it, every pair is compared
    #[arg(long, value_name = "MODEL")]
    baseline: Option<String>,
    /// One row for each model: mean ± standard deviation over its seeds, as papers print
    #[arg(long)]
    summary: bool,
    /// Order the models by this score, better first, such as mae or acc-7
    #[arg(long, value_name = "SCORE")]
    sort: Option<String>,
    /// Columns of a line of Markdown, 0 for any number; without it, $COLUMNS, or else 100
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// Resamples that measure the variance between utterances; 0 switches differences off
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    resamples: usize,
    /// Format of the table
    #[arg(long, value_enum, default_value = "md", conflicts_with = "json")]
    format: Format,
    /// File to write; without it, the table is printed
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Md,
    Csv,
    Json,
    Latex,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let format = if self.json { Format::Json } else { self.format };
        if let Some(out) = &self.out {
            check_file(out)?;
            let named = NamedRuns::of_texts(&self.runs)?;
            let folders = named.runs.iter().map(|run| run.folder.as_path());
            check_outside_data(out, folders, &MovedData::default())?;
        }
        // A summary in Markdown or LaTeX does not show differences.
        let is_text = matches!(format, Format::Md | Format::Latex);
        let resamples = if self.summary && is_text {
            0
        } else {
            self.resamples
        };
        let (comparison, left_out) = compare(CompareRequest {
            runs: self.runs.clone(),
            split: self.split.map(Split::from),
            baseline: self.baseline.clone(),
            resamples,
            against: self.against(),
            sort: self.sort.clone(),
        })?;
        for line in &left_out {
            eprintln!("note: left out: {line}");
        }
        let style = TableStyle::new()
            .with_summary(self.summary)
            .with_width(self.width());
        let text = match format {
            Format::Md => comparison.to_markdown_in(style),
            Format::Csv => comparison.to_csv(),
            Format::Latex => comparison.to_latex_in(style),
            Format::Json => {
                serde_json::to_string_pretty(&with_schema(comparison.to_json()))? + "\n"
            }
        };
        match &self.out {
            Some(path) => write(path, text.as_bytes())?,
            None => say(&text)?,
        }
        Ok(Exit::Done)
    }

    /// The columns of a line; a file has no limit.
    fn width(&self) -> Option<usize> {
        match (self.width, &self.out) {
            (Some(0), _) => None,
            (Some(width), _) => Some(width),
            (None, Some(_)) => None,
            (None, None) => Some(line_width()),
        }
    }

    fn against(&self) -> Vec<Against> {
        let corpus = self.corpus.map(|corpus| corpus.to_string());
        let sources = self.against.iter();
        let against = |source: &String| Against {
            source: source.clone(),
            corpus: corpus.clone(),
        };
        sources.map(against).collect()
    }
}

//! Scores when modalities are missing.

use super::json::{say_runs, scores};
use super::output::{make_folder, write_figure};
use super::{SplitName, say};
use crate::runs::finished_runs;
use crate::show::same_task;
use crate::source::{RunSource, utterances_of};
use crate::{Exit, MovedData, Outcome, Steps};
use burn::tensor::Device;
use clap::Args;
use misa_core::Modalities;
use misa_data::Split;
use misa_infer::score::score_text;
use misa_infer::{Checkpoint, Degradation, NamedScores};
use misa_report::{DegradationCurve, degradation};
use misa_train::{Manifest, record_results};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Score finished runs with modalities missing: at rising rates, and from every set of modalities.
///
/// At a rate r, each modality of each utterance is missing with probability r, and one always
/// stays; scores are means over draws that are the same for every run.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa degrade runs/plain runs/dropout
  misa degrade runs/a --rates 0,0.3,0.6,0.9 --draws 20 --out figures")]
pub struct Arguments {
    /// Run folders, or folders of them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The split; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// Probabilities that a modality is missing
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = rate,
          default_value = "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9")]
    rates: Vec<f64>,
    /// Draws at each rate
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    draws: u64,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Folder for a figure of each score, as SVG, PNG and CSV
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..1.0).contains(&rate) => Ok(rate),
        _ => Err(format!("`{text}`: expected a probability in [0, 1)")),
    }
}

/// The scores of one run with modalities missing.
struct RunDegradation {
    run: String,
    curve: Vec<Degradation>,
    subsets: Vec<(Modalities, NamedScores)>,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let runs = finished_runs(&self.runs)?;
        self.check(&runs, &device)?;
        let mut degradations = Vec::new();
        // Each rate, and all subsets of modalities together.
        let mut steps = Steps::new(runs.len() * (self.rates.len() + 1));
        let outcome: Result<(), Box<dyn Error>> = runs.iter().try_for_each(|(run, _)| {
            let scored = self.degrade(run, &device, &mut steps)?;
            steps.clear();
            if !self.json {
                say(&scored.to_string())?;
            }
            degradations.push(scored);
            Ok(())
        });
        let drawn = outcome.and_then(|()| self.draw(&degradations));
        let outcome = drawn.and_then(|figures| {
            let record = |run: &Path| record_results(run, &figures);
            runs.iter().try_for_each(|(run, _)| Ok(record(run)?))
        });
        if self.json {
            let runs = degradations.iter().map(RunDegradation::to_json).collect();
            return say_runs(runs, outcome);
        }
        outcome.map(|()| Exit::Done)
    }

    /// Refuses what would fail after the first test split is opened.
    fn check(&self, runs: &[(PathBuf, Manifest)], device: &Device) -> Result<(), Box<dyn Error>> {
        let tasks = runs.iter();
        same_task(tasks.map(|(run, manifest)| (run.clone(), manifest.config.loss.task)))?;
        if let Some(out) = &self.out {
            make_folder(out)?;
        }
        if Split::from(self.split) == Split::Test {
            for (run, _) in runs {
                Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
            }
        }
        Ok(())
    }

    fn degrade(
        &self,
        run: &Path,
        device: &Device,
        steps: &mut Steps,
    ) -> Result<RunDegradation, Box<dyn Error>> {
        let (development, test) = RunSource::open(run, &self.moved)?.data;
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
        let utterances = utterances_of(run, self.split.into(), &development, test)?;
        let name = run.display().to_string();
        let mut curve = Vec::new();
        for rate in &self.rates {
            steps.doing(&format!("{name}: {:.0} % missing", 100.0 * rate));
            let rates = std::slice::from_ref(rate);
            // The draws are those of the seed, whatever other rates there are.
            curve.extend(checkpoint.degradation(
                &utterances,
                rates,
                self.draws,
                self.seed,
                device,
            )?);
            steps.step();
        }
        steps.doing(&format!("{name}: sets of modalities"));
        let subsets = checkpoint.subsets(&utterances, device)?;
        steps.step();
        Ok(RunDegradation {
            run: name,
            curve,
            subsets,
        })
    }

    /// A figure of each score, with all runs in it; returns the files.
    fn draw(&self, degradations: &[RunDegradation]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        let mut files = Vec::new();
        let (Some(out), Some(first)) = (&self.out, degradations.first()) else {
            return Ok(files);
        };
        let names = first.curve.first().map_or(&[][..], |point| &point.scores);
        for (index, (name, _)) in names.iter().enumerate() {
            let curves: Vec<DegradationCurve> = degradations
                .iter()
                .map(|degradation| degradation.curve_of(index))
                .collect();
            let Some(figure) = degradation(name, &curves) else {
                continue;
            };
            files.extend(write_figure(out, &figure)?);
        }
        Ok(files)
    }
}

impl RunDegradation {
    /// The curve of score number `index`.
    fn curve_of(&self, index: usize) -> DegradationCurve {
        let points = self.curve.iter();
        DegradationCurve {
            model: self.run.clone(),
            points: points
                .map(|point| (point.rate, point.scores[index].1))
                .collect(),
        }
    }

    fn to_json(&self) -> Value {
        let subsets: Vec<Value> = self
            .subsets
            .iter()
            .map(|(set, found)| json!({ "modalities": set, "scores": scores(found) }))
            .collect();
        let curve = self.curve.iter();
        let curve: Vec<Value> = curve
            .map(|point| json!({ "rate": point.rate, "scores": scores(&point.scores) }))
            .collect();
        json!({ "run": self.run, "curve": curve, "subsets": subsets })
    }
}

impl std::fmt::Display for RunDegradation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.subsets.first().map_or(&[][..], |(_, scores)| scores);
        let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(f, "\n| {}: missing | {} |", self.run, names.join(" | "))?;
        writeln!(f, "| --- |{}", " ---: |".repeat(names.len()))?;
        for point in &self.curve {
            writeln!(f, "| {:.0} % |{}", 100.0 * point.rate, cells(&point.scores))?;
        }
        for (set, scores) in &self.subsets {
            writeln!(f, "| only {set} |{}", cells(scores))?;
        }
        Ok(())
    }
}

fn cells(scores: &NamedScores) -> String {
    let mut text = String::new();
    for (name, value) in scores {
        let value = value.map_or("not defined".to_string(), |value| score_text(name, value));
        // Writing to a string cannot fail.
        let _ = write!(text, " {value} |");
    }
    text
}

//! What runs would score under the protocols of other papers.

mod model;

use super::json::with_schema;
use super::{say, say_json};
use crate::exit::status;
use crate::fault::Fault;
use crate::runs::{FinishedRuns, NamedRun, NamedRuns};
use crate::show::{names_of, same_task};
use crate::source::RunSource;
use crate::{Exit, MovedData, Outcome, Steps};
use burn::tensor::Device;
use clap::Args;
use misa_report::compare::CompareError;
use misa_train::{Checkpoint, Manifest, ScoredEpochs, TrainError, check_epochs, score_epochs};
use model::ScoredModel;
use serde_json::json;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use thiserror::Error;

/// Score finished runs under the protocols of other papers, and say how much these flatter.
///
/// The model of every epoch is scored on the test split. A table shows each score if the epoch is
/// chosen by the valid split (ours), by the test split, by the test split for each score by itself
/// (ALMT, LNLN), or is the last one, and the best of several seeds; in brackets, how much better that
/// looks than ours.
///
/// This opens the test split: --unlock says that you want that, and the manifest of each run records it
/// permanently. The runs must have kept their epochs: train with --keep-epochs.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa train --data datasets/MOSI --corpus mosi --seeds 1..5 --keep-epochs --out runs/mosi
  misa protocol runs/mosi --unlock
  misa protocol runs/mosi/seed-1 --unlock --json")]
pub struct Arguments {
    /// Run folders, or folders of them; MODEL=RUN names what is in them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<String>,
    /// Open the test split, which the manifest of each run records permanently
    #[arg(long)]
    unlock: bool,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

/// Why no run is scored.
#[derive(Debug, Error)]
pub(crate) enum ProtocolError {
    /// The test split is not to be opened.
    #[error(
        "the test split stays locked: other protocols choose by it, so that showing them scores every epoch on \
         it, which the manifest of each run records permanently, expected --unlock"
    )]
    Locked,
}

/// A finished run, and the name of its model.
type Named = (NamedRun, Manifest, String);

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        if !self.unlock {
            return Err(ProtocolError::Locked.into());
        }
        let device = crate::device(&self.device)?;
        let runs = self.finished()?;
        // What cannot be scored must be reported before the test split of another run is opened.
        let mut steps = Steps::new(check(&runs, &device)?);
        let mut models: Vec<ScoredModel> = Vec::new();
        let outcome: Result<(), Box<dyn Error>> =
            runs.iter().try_for_each(|(run, manifest, name)| {
                let scored = self.score(run, &device, &mut steps)?;
                let model = ScoredModel::of(&mut models, name, manifest);
                model.add(&run.folder, manifest.config.seed, &scored);
                Ok(())
            });
        steps.clear();
        self.say(&models, outcome)
    }

    /// Prints what was scored, also if a later run failed: it has cost an opening of the test split.
    fn say(&self, models: &[ScoredModel], outcome: Result<(), Box<dyn Error>>) -> Outcome {
        let numbers: Vec<_> = models.iter().map(ScoredModel::to_json).collect();
        let fault = outcome.as_ref().err();
        let fault = fault.map(|error| Fault::of(error.as_ref()));
        match (outcome, fault) {
            (Err(error), _) if models.is_empty() => Err(error),
            (Err(error), Some(fault)) if self.json => {
                say_json(&with_schema(json!({ "models": numbers, "error": fault })))?;
                eprintln!("misa: {error}");
                Ok(status(error.as_ref()))
            }
            (outcome, _) if !self.json => {
                let texts: Vec<String> = models.iter().map(ScoredModel::to_text).collect();
                say(&texts.join("\n"))?;
                outcome.map(|()| Exit::Done)
            }
            (outcome, _) => {
                say_json(&with_schema(json!({ "models": numbers })))?;
                outcome.map(|()| Exit::Done)
            }
        }
    }

    /// The finished runs that were named, with the names of their models.
    fn finished(&self) -> Result<Vec<Named>, Box<dyn Error>> {
        let FinishedRuns { runs, left_out } = NamedRuns::of_texts(&self.runs)?.finished()?;
        for reason in left_out {
            eprintln!("note: left out: {reason}");
        }
        if runs.is_empty() {
            let path = self.runs.first().cloned().unwrap_or_default().into();
            return Err(TrainError::Unfinished { path }.into());
        }
        let names = names_of(runs.iter().map(|(run, manifest)| (run, manifest))).names;
        let runs = runs.into_iter().zip(names);
        Ok(runs
            .map(|((run, manifest), name)| (run, manifest, name))
            .collect())
    }

    fn score(
        &self,
        run: &NamedRun,
        device: &Device,
        steps: &mut Steps,
    ) -> Result<ScoredEpochs, Box<dyn Error>> {
        let what = format!("scoring the epochs of {}", run.folder.display());
        steps.doing(&what);
        let (_, test) = RunSource::open(&run.folder, &self.moved)?.data;
        let scored = score_epochs(&run.folder, test, device, || {
            steps.step();
            steps.doing(&what);
        })?;
        Ok(scored)
    }
}

/// Refuses runs that cannot be scored, without opening a test split; returns the epochs of all.
fn check(runs: &[Named], device: &Device) -> Result<usize, Box<dyn Error>> {
    let tasks = runs.iter();
    same_task(tasks.map(|(run, manifest, _)| (run.folder.clone(), manifest.config.loss.task)))?;
    check_seeds(runs)?;
    let mut epochs = 0;
    for (run, ..) in runs {
        epochs += check_epochs(&run.folder)?;
        Checkpoint::load(run.folder.join(Checkpoint::FOLDER), device)?;
    }
    Ok(epochs)
}

/// Refuses two runs of one model on the same data with one seed, which would count twice.
fn check_seeds(runs: &[Named]) -> Result<(), CompareError> {
    let mut known: BTreeMap<(&str, &str, u64), &Path> = BTreeMap::new();
    for (run, manifest, name) in runs {
        let seed = manifest.config.seed;
        let key = (name.as_str(), manifest.data.checksum.as_str(), seed);
        if let Some(first) = known.insert(key, &run.folder) {
            return Err(CompareError::Twice {
                first: first.display().to_string(),
                second: run.folder.display().to_string(),
                seed,
            });
        }
    }
    Ok(())
}

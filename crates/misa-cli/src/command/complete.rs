//! A model that predicts what a missing modality shares with the others.

use super::json::{say_object, scores};
use super::output::{check_empty, check_outside_data, write_folder};
use super::say;
use super::score_rows::{cells, head};
use crate::runs::one_run;
use crate::source::RunSource;
use crate::{Exit, MovedData, Outcome, ProgressLine};
use clap::Args;
use misa_core::{Modalities, Modality};
use misa_data::Split;
use misa_infer::{Checkpoint, NamedScores};
use misa_train::{CompletionFit, CompletionTraining, train_completion};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Teach a trained model what a missing modality would have shared with the others, and compare.
///
/// Small networks learn to predict the shared vector of each modality from those of the others; the model
/// itself stays as it is, and so do its predictions where nothing is missing. The train split teaches
/// them, the valid split chooses the epoch. The table has the scores of the valid split from fewer modalities
/// both ways: with a missing modality left out, as `misa predict RUN` does, and with its shared vector
/// predicted, as the new model does. It is worth its place only where the second row is better.
///
/// The run stays as it is. The new folder is a model for `misa predict` and `misa serve`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa complete runs/a --out models/a-completed
  misa predict models/a-completed --text \"What a lovely film\"")]
pub struct Arguments {
    /// Run folder, or a folder with one run in it
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Folder of the new model, which must not exist or be empty
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Seed of the networks
    #[arg(long, value_name = "N", default_value_t = CompletionTraining::default().seed)]
    seed: u64,
    /// Most epochs; the one with the lowest error on the valid split counts
    #[arg(long, value_name = "N", default_value_t = CompletionTraining::default().epochs as u64,
          value_parser = clap::value_parser!(u64).range(1..=100_000))]
    epochs: u64,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// The scores from one set of modalities.
struct Compared {
    set: Modalities,
    left_out: NamedScores,
    predicted: NamedScores,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        check_empty(&self.out)?;
        let device = crate::device(&self.device)?;
        let run = one_run(&self.run)?;
        check_outside_data(&self.out, [run.as_path()], &self.moved)?;
        let (development, _) = RunSource::open(&run, &self.moved)?.data;
        let valid = development.dataset().split(Split::Valid);
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), &device)?;
        let left_out = checkpoint.subsets(valid, &device)?;
        let training = CompletionTraining {
            epochs: self.epochs as usize,
            seed: self.seed,
            ..CompletionTraining::default()
        };
        let mut line = ProgressLine::new();
        let told = |epoch| line.show(|| format!("epoch {epoch} of at most {}", self.epochs));
        let (completed, fit) =
            train_completion(checkpoint, &development, &training, &device, told)?;
        line.clear();
        let predicted = completed.subsets(valid, &device)?;
        write_folder(&self.out, |folder| Ok(completed.save(folder)?))?;

        let pairs = left_out.into_iter().zip(predicted);
        let compared: Vec<Compared> = pairs
            .map(|((set, left_out), (_, predicted))| Compared {
                set,
                left_out,
                predicted,
            })
            .collect();
        if self.json {
            say_object(self.to_json(&compared, &fit))?;
        } else {
            say(&table(&compared, &fit)?)?;
            say(&format!("\nWritten: {}\n", self.out.display()))?;
        }
        Ok(Exit::Done)
    }

    fn to_json(&self, compared: &[Compared], fit: &CompletionFit) -> Value {
        let subsets: Vec<Value> = (compared.iter())
            .map(|compared| {
                json!({
                    "modalities": compared.set,
                    "left_out": scores(&compared.left_out),
                    "predicted": scores(&compared.predicted),
                })
            })
            .collect();
        json!({ "model": self.out, "fit": fit, "subsets": subsets })
    }
}

fn table(compared: &[Compared], fit: &CompletionFit) -> Result<String, std::fmt::Error> {
    let first = compared.first().map_or(&[][..], |first| &first.left_out);
    let mut text = head("valid split", first);
    for Compared {
        set,
        left_out,
        predicted,
    } in compared
    {
        // Nothing is missing from the first set, which is the whole one.
        if left_out == predicted && Some(*set) == compared.first().map(|first| first.set) {
            writeln!(text, "| {set} |{}", cells(left_out))?;
            continue;
        }
        writeln!(text, "| only {set}, others left out |{}", cells(left_out))?;
        writeln!(text, "| only {set}, others predicted |{}", cells(predicted))?;
    }
    writeln!(
        text,
        "\nNetworks of epoch {} of {}, from {} utterances. On {} of the valid split, their squared error, as a share \
         of the variance (1 = no better than the mean):",
        fit.best_epoch, fit.epochs, fit.train, fit.valid
    )?;
    for modality in Modality::ALL {
        if let Some(error) = fit.errors.get(modality) {
            writeln!(text, "- {modality}: {error:.3}")?;
        }
    }
    let left_out = [fit.train_left_out, fit.valid_left_out];
    if left_out != [0, 0] {
        let [train, valid] = left_out;
        writeln!(
            text,
            "\nLeft out, as they lack a modality: {train} utterances of the train split, {valid} of the valid split."
        )?;
    }
    Ok(text)
}

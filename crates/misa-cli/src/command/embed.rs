//! Representations as a file.

use super::json::say_object;
use super::output::{check_file, check_outside_data};
use super::{SplitName, say};
use crate::runs::one_run;
use crate::source::{RunSource, utterances_of};
use crate::{Exit, MovedData, Outcome, ProgressLine};
use clap::Args;
use misa_data::{Split, write_whole};
use misa_files::npy::NpzWriter;
use misa_infer::{Checkpoint, Representations};
use misa_train::record_results;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

/// Write the representations of utterances as a NumPy archive.
///
/// Arrays: ids, targets, predictions, steps; shared_text, private_text and so on of every modality
/// in use, [utterances, d_hidden]; fused, [utterances, tokens, d_hidden]; attention, [utterances,
/// tokens, tokens], mean over heads, rows are queries; tokens, their names.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa embed runs/a -o valid.npz
  python -c \"import numpy; print(numpy.load('valid.npz')['shared_text'].shape)\"")]
pub struct Arguments {
    /// Run folder, or a folder with one run in it
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The split; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        check_file(&self.out)?;
        let device = crate::device(&self.device)?;
        let run = one_run(&self.run)?;
        check_outside_data(&self.out, [run.as_path()], &self.moved)?;
        let source = RunSource::open(&run, &self.moved)?;
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), &device)?;
        let (development, test) = source.data;
        let split = Split::from(self.split);
        let utterances = utterances_of(&run, split, &development, test)?;
        let mut line = ProgressLine::new();
        line.show_now(&format!("reading {} utterances", utterances.len()));
        let representations = checkpoint.represent(&utterances, &device)?;
        drop(line);
        write(&self.out, &representations)
            .map_err(|error| format!("{}: {error}", self.out.display()))?;
        record_results(&run, std::slice::from_ref(&self.out))?;
        let (path, count) = (self.out.display(), representations.ids.len());
        if self.json {
            say_object(json!({
                "file": path.to_string(),
                "split": split,
                "utterances": count,
                "modalities": representations.modalities,
                "d_hidden": representations.d_hidden,
                "tokens": representations.token_names(),
            }))?;
        } else {
            say(&format!("{path}: representations of {count} utterances\n"))?;
        }
        Ok(Exit::Done)
    }
}

fn write(path: &Path, representations: &Representations) -> io::Result<()> {
    let Representations { ids, d_hidden, .. } = representations;
    let (count, width, tokens) = (ids.len(), *d_hidden, representations.tokens());
    let steps = representations.steps.iter();
    let steps: Vec<i64> = steps.map(|&steps| steps as i64).collect();
    write_whole(path, |file| {
        let mut archive = NpzWriter::new(file);
        archive.texts("ids", ids)?;
        archive.floats("targets", &[count], &representations.targets)?;
        archive.floats("predictions", &[count], &representations.predictions)?;
        archive.integers("steps", &steps)?;
        for &modality in &representations.modalities {
            for (kind, values) in [
                ("shared", &representations.shared),
                ("private", &representations.private),
            ] {
                let values = values.get(modality);
                archive.floats(&format!("{kind}_{modality}"), &[count, width], values)?;
            }
        }
        archive.floats("fused", &[count, tokens, width], &representations.fused)?;
        if !representations.attention.is_empty() {
            archive.floats(
                "attention",
                &[count, tokens, tokens],
                &representations.attention,
            )?;
        }
        archive.texts("tokens", &representations.token_names())?;
        archive.finish().map(drop)
    })
    .map(drop)
}

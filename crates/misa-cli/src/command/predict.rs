//! Predictions of utterances.

use super::{say, say_json};
use crate::{Exit, Outcome, source::finished};
use clap::Args;
use misa_core::Modalities;
use misa_data::{Format, OpenOptions, Policy, Split, Utterance, UtteranceDataset, write_whole};
use misa_train::{Checkpoint, Manifest};
use serde_json::json;
use std::{
    error::Error,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// Predict every utterance of a file or folder with the model of a run.
///
/// The data need not be that of the run; it needs the same features. Of the run's own data the
/// test split stays locked: `misa evaluate RUN --split test` opens it, and writes that down.
///
/// Data is known to be the run's own by the checksum over all its splits, in whatever layout it is
/// stored. A part of it, such as a file of the test split alone, or the same utterances with other
/// labels or features are other data. The run is found from its folder and from RUN/checkpoint; a
/// copy of the model elsewhere belongs to no run.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa predict runs/a --data new.safetensors > predictions.csv
  misa predict runs/a --data new.safetensors --json
  misa predict runs/a --data new.safetensors --modalities text")]
pub struct Arguments {
    /// Folder of a finished run, or a folder with a model
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// File or folder with the utterances
    #[arg(long, value_name = "PATH")]
    data: PathBuf,
    /// Layout of the data, if it is not to be guessed
    #[arg(long, value_name = "NAME")]
    format: Option<Format>,
    /// Numbers that are none: strict (errors) or compat (replaced, as the original codes do)
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Read these modalities only, as if the others were missing, such as text,acoustic
    #[arg(long, value_name = "NAMES", default_value_t)]
    modalities: Modalities,
    /// File for the predictions; without it, they are printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// JSON instead of comma-separated values
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let run = run_of(&self.run)?;
        let manifest = run.as_deref().map(finished).transpose()?;
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy);
        let data = options.open(&self.data)?;
        for note in data.notes() {
            eprintln!("note: {note}");
        }
        let checkpoint = Checkpoint::load(model_folder(&self.run), &device)?;
        let modalities = checkpoint.usable_modalities(self.modalities)?;
        let splits = splits(&data, manifest.as_ref());
        let mut rows = Vec::new();
        for split in splits {
            let utterances = data.split(split);
            let predictions = checkpoint.predict_from(utterances, modalities, &device)?;
            rows.extend(utterances.iter().zip(predictions).map(|row| (split, row)));
        }
        let text = match self.json {
            true => json_lines(&rows, modalities)?,
            false => table(&rows, modalities),
        };
        match &self.out {
            None if self.json => say_json(&serde_json::from_str::<serde_json::Value>(&text)?)?,
            None => say(&text)?,
            Some(path) => {
                let written = write_whole(path, |file| file.write_all(text.as_bytes()));
                written.map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// Every split with utterances, but not the test split of the run itself.
fn splits(data: &UtteranceDataset, manifest: Option<&Manifest>) -> Vec<Split> {
    let is_own = manifest.is_some_and(|manifest| manifest.data.checksum == data.checksum());
    let mut splits = Split::ALL.to_vec();
    splits.retain(|&split| !data.split(split).is_empty());
    if is_own && splits.contains(&Split::Test) {
        let count = data.split(Split::Test).len();
        eprintln!("note: {count} utterances of the run's own test split stay locked");
        splits.retain(|&split| split != Split::Test);
    }
    splits
}

/// The run whose model is asked for: in the folder itself, or in the one that its model lies in.
///
/// # Errors
///
/// If it cannot be told whether there is one: nobody knows then what is locked.
fn run_of(folder: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let at = |error: io::Error| format!("{}: {error}", folder.display());
    let whole = fs::canonicalize(folder).map_err(at)?;
    // A model may lie in the run by its name, by where a link leads, or both.
    let named = folder.parent().filter(|_| folder.file_name().is_some());
    for place in [Some(folder), named, whole.parent()].into_iter().flatten() {
        if has_manifest(place)? {
            return Ok(Some(place.to_path_buf()));
        }
    }
    Ok(None)
}

/// Whether the folder has a manifest, be it one that cannot be read.
fn has_manifest(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let path = folder.join("manifest.json");
    match fs::symlink_metadata(&path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// The model of a run, or the folder itself.
fn model_folder(run: &Path) -> PathBuf {
    let inside = run.join(Checkpoint::FOLDER);
    match inside.is_dir() {
        true => inside,
        false => run.to_path_buf(),
    }
}

type Row<'a> = (Split, (&'a Utterance, f32));

fn json_lines(rows: &[Row<'_>], modalities: Modalities) -> Result<String, serde_json::Error> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(split, (utterance, prediction))| {
            json!({
                "split": split,
                "id": utterance.id,
                "prediction": prediction,
                "modalities": modalities,
            })
        })
        .collect();
    serde_json::to_string_pretty(&rows)
}

fn table(rows: &[Row<'_>], modalities: Modalities) -> String {
    let mut text = "split,id,prediction,modalities\n".to_string();
    let modalities = modalities.to_string().replace(',', "+");
    for (split, (utterance, prediction)) in rows {
        let id = quoted(&utterance.id);
        text.push_str(&format!("{split},{id},{prediction},{modalities}\n"));
    }
    text
}

/// A field of comma-separated values.
fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_string(),
    }
}

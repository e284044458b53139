//! Predictions of utterances.

use super::json::with_schema;
use super::say;
use crate::runs::one_run;
use crate::source::finished;
use crate::{Exit, ModalityFiles, Outcome};
use clap::Args;
use misa_core::{Modalities, Modality};
use misa_data::{
    Format, Note, NoteKind, OpenOptions, Padding, Policy, Split, Utterance, UtteranceDataset,
    write_whole,
};
use misa_train::{Checkpoint, Manifest, record_results};
use serde_json::json;
use std::error::Error;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Predict every utterance of a file or folder with the model of a run.
///
/// The data may be other than that of the run, with the same features. If it is the data of the
/// run, the test split stays locked: `misa evaluate RUN --split test` opens it and records that.
///
/// The data of the run is recognised by the checksum over all its splits, whatever its layout. A
/// part of it, such as a file of the test split alone, or the same utterances with other labels or
/// features are not recognised. The run is found from its folder and from RUN/checkpoint; a copy
/// of the model elsewhere belongs to no run.
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
    /// Layout of the data, instead of detecting it
    #[arg(long, value_name = "NAME")]
    format: Option<Format>,
    #[command(flatten)]
    files: ModalityFiles,
    /// NaN and infinite values: strict rejects them, compat replaces them as the original codes do
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Where padded files have their padding: auto, left, right, none or mask; without it, as in the
    /// settings of the run
    #[arg(long, value_name = "NAME")]
    padding: Option<Padding>,
    /// Read only these modalities, as if the others were missing, such as text,acoustic
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
        let folder = self.folder()?;
        let run = run_of(&folder)?;
        let manifest = run.as_deref().map(finished).transpose()?;
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy)
            .with_padding(self.padding(manifest.as_ref())?);
        let data = self.files.apply(options).open(&self.data)?;
        // The model has words of its own: what it does not know is noted below.
        let is_other = |note: &&Note| note.kind != NoteKind::UnknownWord;
        for note in data.notes().iter().filter(is_other) {
            eprintln!("note: {note}");
        }
        let checkpoint = Checkpoint::load(model_folder(&folder), &device)?;
        let modalities = checkpoint.usable_modalities(self.modalities)?;
        let splits = splits(&data, manifest.as_ref());
        let mut rows = Vec::new();
        for split in splits {
            let utterances = data.split(split);
            let predictions = checkpoint.predict_from(utterances, modalities, &device)?;
            if modalities.contains(Modality::Text) {
                for note in checkpoint.unread_text(split.name(), utterances) {
                    eprintln!("note: {note}");
                }
            }
            rows.extend(utterances.iter().zip(predictions).map(|row| (split, row)));
        }
        let text = if self.json {
            json_text(&rows, modalities)?
        } else {
            table(&rows, modalities)
        };
        match &self.out {
            None => say(&text)?,
            Some(path) => {
                let written = write_whole(path, |file| file.write_all(text.as_bytes()));
                written.map_err(|error| format!("{}: {error}", path.display()))?;
                if let Some(run) = &run {
                    record_results(run, std::slice::from_ref(path))?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// The padding asked for, or that of the run; another one would give other predictions.
    fn padding(&self, manifest: Option<&Manifest>) -> Result<Padding, Box<dyn Error>> {
        let recorded = manifest.and_then(|manifest| manifest.settings.pointer("/data/padding"));
        match (self.padding, recorded) {
            (Some(padding), _) => Ok(padding),
            // A run of another program, or a folder of a model alone.
            (None, None) => Ok(Padding::default()),
            (None, Some(recorded)) => serde_json::from_value(recorded.clone()).map_err(|error| {
                let folder = self.run.display();
                format!(
                    "{folder}: the padding of its data is {recorded}: {error}; say it with --padding"
                )
                .into()
            }),
        }
    }

    /// The folder of the run or of the model: the given one, or that of the only run below it.
    fn folder(&self) -> Result<PathBuf, Box<dyn Error>> {
        let folder = &self.run;
        let is_model = model_folder(folder).join("config.json").exists();
        if is_model || !folder.is_dir() || has_manifest(folder)? {
            return Ok(folder.clone());
        }
        Ok(one_run(folder)?)
    }
}

/// Every split with utterances, except the test split of the run.
fn splits(data: &UtteranceDataset, manifest: Option<&Manifest>) -> Vec<Split> {
    let is_of_run = manifest.is_some_and(|manifest| manifest.data.checksum == data.checksum());
    let mut splits = Split::ALL.to_vec();
    splits.retain(|&split| !data.split(split).is_empty());
    if is_of_run && splits.contains(&Split::Test) {
        let count = data.split(Split::Test).len();
        eprintln!("note: {count} utterances of the run's test split stay locked");
        splits.retain(|&split| split != Split::Test);
    }
    splits
}

/// The run that the model belongs to: the folder itself, or the one above a model.
///
/// # Errors
///
/// If a folder cannot be read: it is not known then which test split is locked.
fn run_of(folder: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let io_error = |error: io::Error| format!("{}: {error}", folder.display());
    let target = fs::canonicalize(folder).map_err(io_error)?;
    // A model may be in a run by its path, by the target of a link, or both.
    let above = folder.parent().filter(|_| folder.file_name().is_some());
    let candidates = [Some(folder), above, target.parent()];
    for candidate in candidates.into_iter().flatten() {
        if has_manifest(candidate)? {
            return Ok(Some(candidate.to_path_buf()));
        }
    }
    Ok(None)
}

/// Whether the folder has a manifest, even one that cannot be read.
fn has_manifest(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let path = folder.join(Manifest::FILE);
    match fs::symlink_metadata(&path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// The model of a run, or the folder itself.
fn model_folder(run: &Path) -> PathBuf {
    let model = run.join(Checkpoint::FOLDER);
    if model.is_dir() {
        model
    } else {
        run.to_path_buf()
    }
}

type Row<'a> = (Split, (&'a Utterance, f32));

fn json_text(rows: &[Row<'_>], modalities: Modalities) -> Result<String, serde_json::Error> {
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
    let text = serde_json::to_string_pretty(&with_schema(json!({ "predictions": rows })))?;
    Ok(format!("{text}\n"))
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
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_string()
    }
}

//! Predictions of utterances.

use super::{say, say_json};
use crate::{Exit, Outcome};
use clap::Args;
use misa_core::Modalities;
use misa_data::{Format, OpenOptions, Policy, Split, Utterance, UtteranceDataset, write_whole};
use misa_train::{Checkpoint, Manifest};
use serde_json::json;
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// Predict every utterance of a file or folder with the model of a run.
///
/// The data need not be that of the run; it needs the same features. Of the run's own data the
/// test split stays locked: `misa evaluate RUN --split test` opens it, and writes that down.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa predict runs/a --data new.safetensors > predictions.csv
  misa predict runs/a --data new.safetensors --json
  misa predict runs/a --data new.safetensors --modalities text")]
pub struct Arguments {
    /// Run folder, or a folder with a model
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
    #[arg(long, value_name = "NAME", default_value = crate::names()[0])]
    device: String,
    /// JSON instead of comma-separated values
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy);
        let data = options.open(&self.data)?;
        for note in data.notes() {
            eprintln!("note: {note}");
        }
        let checkpoint = Checkpoint::load(model_folder(&self.run), &device)?;
        let modalities = checkpoint.left(self.modalities)?;
        let splits = self.splits(&data)?;
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

    /// Every split with utterances, but not the test split of the run itself.
    fn splits(&self, data: &UtteranceDataset) -> Result<Vec<Split>, Box<dyn Error>> {
        let is_own = Manifest::read(&self.run)
            .is_ok_and(|manifest| manifest.data.checksum == data.checksum());
        let mut splits = Split::ALL.to_vec();
        splits.retain(|&split| !data.split(split).is_empty());
        if is_own && splits.contains(&Split::Test) {
            let count = data.split(Split::Test).len();
            eprintln!("note: {count} utterances of the run's own test split stay locked");
            splits.retain(|&split| split != Split::Test);
        }
        Ok(splits)
    }
}

/// The model of a run, or the folder itself.
pub(super) fn model_folder(run: &Path) -> PathBuf {
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

//! What a model said of each utterance, as a table.

use crate::{Evaluation, InferError};
use misa_terms::{Split, Utterance, write_whole};
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Every utterance of a split with its prediction, in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions(pub Vec<PredictionRow>);

/// One utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionRow {
    /// Its name.
    pub id: String,
    /// What the model says: a number, or a class.
    pub prediction: f32,
    /// Its label.
    pub target: f32,
    /// Steps of its text.
    pub steps: usize,
}

impl Predictions {
    /// Those of an evaluation of `utterances`, in their order.
    pub fn new(evaluation: &Evaluation, utterances: &[Utterance]) -> Self {
        let values = evaluation.predictions.iter().zip(&evaluation.targets);
        let rows = utterances.iter().zip(values);
        let row = |(utterance, (&prediction, &target)): (&Utterance, _)| PredictionRow {
            id: utterance.id.clone(),
            prediction,
            target,
            steps: utterance.text.steps(),
        };
        Self(rows.map(row).collect())
    }

    /// The file in a run folder.
    pub fn path(folder: &Path, split: Split) -> PathBuf {
        folder.join(format!("predictions-{split}.csv"))
    }

    /// Writes the file in a run folder, whole; gives its path.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] if it cannot be written.
    pub fn write(&self, folder: &Path, split: Split) -> Result<PathBuf, InferError> {
        let path = Self::path(folder, split);
        let written = write_whole(&path, |file| {
            let mut table = csv::Writer::from_writer(file);
            self.0
                .iter()
                .try_for_each(|row| table.serialize(row))
                .map_err(io::Error::other)?;
            table.flush()
        });
        written.map_err(InferError::io(&path))?;
        Ok(path)
    }

    /// Reads those of a run.
    ///
    /// # Errors
    ///
    /// [`InferError`] if the split was not predicted or the file is not a table of predictions.
    pub fn read(folder: impl AsRef<Path>, split: Split) -> Result<Self, InferError> {
        let path = Self::path(folder.as_ref(), split);
        let table = |error: csv::Error| InferError::Csv {
            path: path.clone(),
            source: error.into(),
        };
        let mut reader = csv::Reader::from_path(&path).map_err(table)?;
        let rows: Result<Vec<_>, _> = reader.deserialize().collect();
        rows.map(Self).map_err(table)
    }
}

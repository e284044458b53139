//! Table of predictions, one row per utterance.

use crate::{Evaluation, InferError};
use misa_terms::{Split, Utterance, write_whole};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Every utterance of a split with its prediction, in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions(pub Vec<PredictionRow>);

/// One utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionRow {
    /// Its name.
    pub id: String,
    /// The prediction: a number, or a class.
    pub prediction: f32,
    /// Its label.
    pub target: f32,
    /// Steps of its text.
    pub steps: usize,
}

impl Predictions {
    /// The predictions of an evaluation of `utterances`, in their order.
    pub fn new(evaluation: &Evaluation, utterances: &[Utterance]) -> Self {
        let values = evaluation.predictions.iter().zip(&evaluation.targets);
        let row = |(utterance, (&prediction, &target)): (&Utterance, _)| PredictionRow {
            id: utterance.id.clone(),
            prediction,
            target,
            steps: utterance.text.steps(),
        };
        Self(utterances.iter().zip(values).map(row).collect())
    }

    /// The file in a run folder.
    pub fn path(folder: &Path, split: Split) -> PathBuf {
        folder.join(format!("predictions-{split}.csv"))
    }

    /// Writes the file in a run folder, whole; returns its path.
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

    /// Reads the file of a split in a run folder.
    ///
    /// # Errors
    ///
    /// [`InferError::Csv`] if the file does not exist or is not a table of predictions.
    pub fn read(folder: impl AsRef<Path>, split: Split) -> Result<Self, InferError> {
        let path = Self::path(folder.as_ref(), split);
        let csv_error = |error: csv::Error| InferError::Csv {
            path: path.clone(),
            source: error.into(),
        };
        let mut reader = csv::Reader::from_path(&path).map_err(csv_error)?;
        let rows: Result<Vec<_>, _> = reader.deserialize().collect();
        rows.map(Self).map_err(csv_error)
    }
}

//! What a model said of each utterance, as a table.

use crate::{Evaluation, TrainError, files};
use misa_data::{Split, Utterance, write_whole};
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
    pub(crate) fn new(evaluation: &Evaluation, utterances: &[Utterance]) -> Self {
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

    pub(crate) fn write(&self, folder: &Path, split: Split) -> Result<PathBuf, TrainError> {
        let path = Self::path(folder, split);
        let written = write_whole(&path, |file| {
            let mut table = csv::Writer::from_writer(file);
            self.0
                .iter()
                .try_for_each(|row| table.serialize(row))
                .map_err(io::Error::other)?;
            table.flush()
        });
        written.map_err(|source| files::at(&path, source))?;
        Ok(path)
    }

    /// Reads those of a run.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the split was not predicted or the file is no such table.
    pub fn read(folder: impl AsRef<Path>, split: Split) -> Result<Self, TrainError> {
        let path = Self::path(folder.as_ref(), split);
        let table = |source: csv::Error| TrainError::Csv {
            path: path.clone(),
            source,
        };
        let mut reader = csv::Reader::from_path(&path).map_err(table)?;
        let rows: Result<Vec<_>, _> = reader.deserialize().collect();
        rows.map(Self).map_err(table)
    }
}

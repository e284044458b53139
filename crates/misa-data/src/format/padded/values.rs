//! Padded features, in any kind of file.

use crate::format::fields::at;
use crate::{DataError, Sequence};
use misa_files::pickle::Array;
use misa_files::{hdf5, npy};
use misa_terms::Modality;
use std::ops::Range;

/// Padded features of one modality over all utterances of a split.
#[derive(Debug)]
pub(in crate::format) struct Padded<'p> {
    pub modality: Modality,
    /// The name of the array in messages.
    pub place: String,
    pub values: Values<'p>,
    /// Steps of every utterance, including padding.
    pub steps: usize,
    /// Features of a step.
    pub d_input: usize,
    /// Steps of each utterance without padding, if the file states them.
    pub stated: Option<Vec<usize>>,
}

/// An array `[utterances, steps, d_input]`, read from its file.
#[derive(Debug)]
pub(in crate::format) enum Values<'p> {
    Pickle(Array<'p>),
    Hdf5(Box<hdf5::Dataset<'p>>),
    Npy(npy::Npy<'p>),
}

impl Padded<'_> {
    /// The first and the last row of utterance `index`.
    pub fn end_rows(&self, index: usize) -> Result<[Vec<f32>; 2], DataError> {
        let last = self.steps - 1;
        if let Values::Pickle(_) = self.values {
            let row = |step| self.sequence(index, step..step + 1);
            return Ok([row(0)?, row(last)?].map(|row| row.values().to_vec()));
        }
        // The other containers read an utterance as a whole.
        let sequence = self.sequence(index, 0..self.steps)?;
        let row = |step| sequence.values()[step * self.d_input..][..self.d_input].to_vec();
        Ok([row(0), row(last)])
    }

    /// Rows of utterance `index`.
    pub fn sequence(&self, index: usize, rows: Range<usize>) -> Result<Sequence, DataError> {
        let range = rows.start * self.d_input..rows.end * self.d_input;
        let wrong = |error: String| DataError::layout(&self.place, "numbers", error);
        let cut = |mut values: Vec<f32>| {
            values.truncate(range.end);
            values.drain(..range.start);
            values
        };
        let values = match &self.values {
            Values::Pickle(array) => {
                let start = index * self.steps * self.d_input;
                let range = start + range.start..start + range.end;
                array.to_floats(range).map_err(at(&self.place))?
            }
            Values::Hdf5(dataset) => {
                let index = index as u64;
                let rows = dataset.rows(index..index + 1);
                let read = rows.and_then(|rows| rows.to_floats());
                cut(read.map_err(|error| wrong(error.to_string()))?)
            }
            Values::Npy(array) => {
                let rows = array.rows(index..index + 1);
                let read = rows.and_then(|rows| rows.to_floats());
                cut(read.map_err(|error| wrong(error.to_string()))?)
            }
        };
        Sequence::new(self.d_input, values)
            .ok_or_else(|| DataError::layout(&self.place, "at least 1 feature", "0 features"))
    }
}

//! Padded features, in whatever file they are.

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
    /// How messages name the array.
    pub place: String,
    pub values: Values<'p>,
    /// Number of utterances.
    pub count: usize,
    /// Steps of every utterance, padding included.
    pub steps: usize,
    /// Features of a step.
    pub d_input: usize,
    /// Steps of each utterance without padding, where the file states them.
    pub stated: Option<Vec<usize>>,
}

/// An array `[utterances, steps, d_input]`, read where it is.
#[derive(Debug)]
pub(in crate::format) enum Values<'p> {
    Pickle(Array<'p>),
    Hdf5(Box<hdf5::Dataset<'p>>),
    Npy(npy::Npy<'p>),
}

impl Padded<'_> {
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

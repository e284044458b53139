//! One archive of NumPy arrays.

use super::KINDS;
use crate::{DataError, Sequence};
use misa_files::Source;
use misa_files::npy::{Npy, Npz};
use misa_files::zip::Limits;
use std::path::PathBuf;

/// An open archive.
#[derive(Debug)]
pub(super) struct Archive {
    pub path: PathBuf,
    pub npz: Npz<'static>,
}

impl Archive {
    pub fn open(path: PathBuf) -> Result<Self, DataError> {
        let source = Source::open(&path).map_err(DataError::io(&path))?;
        let npz = Npz::open(source, &Limits::default()).map_err(|error| {
            DataError::npz(&path)(error).or_kind(&path, "an archive of NumPy arrays (.npz)", &KINDS)
        })?;
        Ok(Self { path, npz })
    }

    pub fn has(&self, name: &str) -> bool {
        self.npz.names().any(|found| found == name)
    }

    pub fn array(&self, name: &str) -> Result<Npy<'_>, DataError> {
        self.npz.array(name).map_err(DataError::npz(&self.path))
    }

    pub fn place(&self, name: &str) -> String {
        format!("{}: {name}", self.path.display())
    }

    /// The array of one utterance.
    pub fn sequence(&self, id: &str) -> Result<Sequence, DataError> {
        let array = self.array(id)?;
        let wrong = |found: String| DataError::layout(self.place(id), "[steps, d_input]", found);
        let &[_, d_input] = array.shape() else {
            return Err(wrong(format!("{:?}", array.shape())));
        };
        let values = array
            .to_floats()
            .map_err(|error| wrong(error.to_string()))?;
        Sequence::new(d_input, values).ok_or_else(|| wrong(format!("{:?}", array.shape())))
    }
}

//! An archive of arrays.

use super::{Npy, NpzError};
use crate::Source;
use crate::zip::{self, Archive};

const SUFFIX: &str = ".npy";

/// The arrays of a `.npz` file, by name.
#[derive(Debug)]
pub struct Npz<'a> {
    archive: Archive<'a>,
}

impl<'a> Npz<'a> {
    /// Opens the archive in `source`. No array is read yet.
    ///
    /// # Errors
    ///
    /// [`NpzError::Zip`] when this is no archive, or exceeds `limits`.
    pub fn open(source: Source<'a>, limits: &zip::Limits) -> Result<Self, NpzError> {
        let archive = Archive::open(source, limits)?;
        Ok(Self { archive })
    }

    /// Names of the arrays, without `.npy`, in file order. Other members have none.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let entries = self.archive.entries().iter();
        entries.filter_map(|entry| entry.name().strip_suffix(SUFFIX))
    }

    /// The array called `name`. One that is stored uncompressed stays in the file.
    ///
    /// # Errors
    ///
    /// [`NpzError`] when there is none, when its member cannot be unpacked, or when it is no
    /// array.
    pub fn array(&self, name: &str) -> Result<Npy<'_>, NpzError> {
        // Enough to see a slip of the pen.
        const SHOWN: usize = 8;
        let Some(entry) = self.archive.entry(&format!("{name}{SUFFIX}")) else {
            return Err(NpzError::Missing {
                name: name.to_owned(),
                expected: self.names().take(SHOWN).map(str::to_owned).collect(),
            });
        };
        let section = self.archive.read(entry)?;
        Npy::parse(section).map_err(|source| NpzError::Array {
            name: name.to_owned(),
            source,
        })
    }

    /// The archive, for members that are no arrays.
    pub fn archive(&self) -> &Archive<'a> {
        &self.archive
    }
}

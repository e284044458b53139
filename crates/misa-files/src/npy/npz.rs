//! An archive of arrays.

use super::{Npy, NpyError, NpzError};
use crate::Source;
use crate::pickle::{Limits, Pickle};
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
    /// [`NpzError::Zip`] when this is not an archive, or when it exceeds `limits`.
    pub fn open(source: Source<'a>, limits: &zip::Limits) -> Result<Self, NpzError> {
        let archive = Archive::open(source, limits)?;
        Ok(Self { archive })
    }

    /// Names of the arrays, without `.npy`, in file order. Members that are not arrays are skipped.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let entries = self.archive.entries().iter();
        entries.filter_map(|entry| entry.name().strip_suffix(SUFFIX))
    }

    /// The array called `name`, compared with its checksum. An uncompressed array stays in the file.
    ///
    /// # Errors
    ///
    /// [`NpzError`] when it does not exist, is damaged, cannot be unpacked, or is not an array.
    pub fn array(&self, name: &str) -> Result<Npy<'_>, NpzError> {
        // Enough to notice a typing error.
        const SHOWN: usize = 8;
        let Some(entry) = self.archive.entry(&format!("{name}{SUFFIX}")) else {
            return Err(NpzError::Missing {
                name: name.to_string(),
                expected: self.names().take(SHOWN).map(str::to_string).collect(),
            });
        };
        let source = self.archive.read(entry)?;
        Npy::open(source).map_err(|source| fault(name, source))
    }

    /// The objects of the object array called `name`; see [`Npy::into_objects`].
    ///
    /// # Errors
    ///
    /// As for [`array`](Self::array), and when the elements are not objects, are not allowed, or
    /// exceed `limits`.
    pub fn objects(&self, name: &str, limits: &Limits) -> Result<Pickle<'_>, NpzError> {
        let objects = self.array(name)?.into_objects(limits);
        objects.map_err(|source| fault(name, source))
    }

    /// The archive, for members that are not arrays.
    pub fn archive(&self) -> &Archive<'a> {
        &self.archive
    }
}

fn fault(name: &str, source: NpyError) -> NpzError {
    let name = name.to_string();
    NpzError::Array { name, source }
}

//! Where the files of a model are: in a folder, or in memory.

use crate::{Checkpoint, InferError, checksums};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a model in memory, by the names that they have in its folder, such as `model.safetensors`.
///
/// For programs without a file system, such as a page in a browser. Files of other names are kept and not read.
#[derive(Clone, Debug, Default)]
pub struct ModelFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl ModelFiles {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The files of a model's folder, all that there are of those that a model may consist of, with their checksums. A
    /// folder of misa 0.1 has none; its files get those that they have now.
    ///
    /// # Errors
    ///
    /// [`InferError`] if a file cannot be read.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, InferError> {
        let folder = Source::Folder(folder.as_ref());
        let mut files = Self::new();
        for name in Checkpoint::file_names().filter(|name| folder.has(name)) {
            files.insert(name, folder.bytes(name)?.into_owned());
        }
        if files.get(checksums::NAME).is_none() {
            let checksums = checksums::of_files(&files)?;
            files.insert(checksums::NAME, checksums);
        }
        Ok(files)
    }

    /// Adds a file, or replaces the one of this name.
    pub fn insert(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(name.into(), bytes);
    }

    /// The bytes of a file, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The files, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

impl<N: Into<String>> FromIterator<(N, Vec<u8>)> for ModelFiles {
    fn from_iter<I: IntoIterator<Item = (N, Vec<u8>)>>(files: I) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name.into(), bytes));
        Self {
            files: files.collect(),
        }
    }
}

/// Where the files of one model are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    Folder(&'a Path),
    Memory(&'a ModelFiles),
}

impl<'a> Source<'a> {
    /// What errors call a file.
    pub fn path(self, name: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(name),
            Self::Memory(_) => PathBuf::from(name),
        }
    }

    /// Whether there is such a file.
    pub fn has(self, name: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(name).exists(),
            Self::Memory(files) => files.get(name).is_some(),
        }
    }

    /// The size of a file in bytes.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] if there is none, or it cannot be looked at.
    pub fn size(self, name: &str) -> Result<u64, InferError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let about = fs::metadata(&path).map_err(InferError::io(&path))?;
                Ok(about.len())
            }
            Self::Memory(_) => Ok(self.bytes(name)?.len() as u64),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] if there is none, or it cannot be read.
    pub fn bytes(self, name: &str) -> Result<Cow<'a, [u8]>, InferError> {
        let path = self.path(name);
        match self {
            Self::Folder(_) => fs::read(&path).map(Cow::Owned),
            Self::Memory(files) => {
                let found = files.get(name).map(Cow::Borrowed);
                found.ok_or_else(|| io::ErrorKind::NotFound.into())
            }
        }
        .map_err(InferError::io(&path))
    }
}

//! Files that are whole or not there.

use crate::TrainError;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};
use tempfile::NamedTempFile;

/// Makes a folder and what is above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), TrainError> {
    fs::create_dir_all(path).map_err(|source| at(path, source))
}

/// Writes beside the place, syncs, and renames: a reader sees the old file or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(folder)
    };
    write().map_err(|source| at(path, source))
}

/// Makes a rename last through a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Other systems do not open folders as files.
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}

pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), TrainError> {
    let json = serde_json::to_vec_pretty(value).map_err(|source| TrainError::Json {
        path: path.to_path_buf(),
        source,
    })?;
    write(path, &json)
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, TrainError> {
    let json = fs::read(path).map_err(|source| at(path, source))?;
    serde_json::from_slice(&json).map_err(|source| TrainError::Json {
        path: path.to_path_buf(),
        source,
    })
}

fn at(path: &Path, source: io::Error) -> TrainError {
    TrainError::Io {
        path: path.to_path_buf(),
        source,
    }
}

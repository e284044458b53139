//! Files that are whole or not there.

use crate::TrainError;
use misa_data::write_whole;
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, io, path::Path};

/// Makes a folder and what is above it.
pub(crate) fn create_folder(path: &Path) -> Result<(), TrainError> {
    fs::create_dir_all(path).map_err(|source| at(path, source))
}

/// A reader sees the old file or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let written = write_whole(path, |file| file.write_all(bytes));
    written.map(drop).map_err(|source| at(path, source))
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

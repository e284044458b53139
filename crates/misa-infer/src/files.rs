//! Files of a model's folder.

use crate::InferError;
use misa_terms::write_whole;
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, path::Path};

/// Makes a folder and what is above it.
///
/// # Errors
///
/// [`InferError::Io`] when the system refuses.
pub fn create_folder(path: &Path) -> Result<(), InferError> {
    fs::create_dir_all(path).map_err(InferError::io(path))
}

/// Writes a file whole: a reader sees the old content or the new one.
///
/// # Errors
///
/// [`InferError::Io`] when the system refuses.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), InferError> {
    let written = write_whole(path, |file| file.write_all(bytes));
    written.map(drop).map_err(InferError::io(path))
}

/// Writes `value` as JSON, whole.
///
/// # Errors
///
/// [`InferError::Json`] when the value has no form in JSON, or as [`write()`].
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), InferError> {
    let json = serde_json::to_vec_pretty(value).map_err(json_error(path))?;
    write(path, &json)
}

/// Reads a value from JSON.
///
/// # Errors
///
/// [`InferError::Io`] when the file cannot be read, [`InferError::Json`] when it holds something
/// else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, InferError> {
    let json = fs::read(path).map_err(InferError::io(path))?;
    serde_json::from_slice(&json).map_err(json_error(path))
}

fn json_error(path: &Path) -> impl FnOnce(serde_json::Error) -> InferError + use<> {
    let path = path.to_owned();
    |error| InferError::Json {
        path,
        source: error.into(),
    }
}

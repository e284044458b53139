//! Files of a model's folder.

use crate::InferError;
use misa_terms::{JsonFault, write_whole};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::Path;

/// Creates a folder and its parents.
///
/// # Errors
///
/// [`InferError::Io`] if it cannot be created.
pub fn create_folder(path: &Path) -> Result<(), InferError> {
    fs::create_dir_all(path).map_err(InferError::io(path))
}

/// Writes a file whole: a reader sees the old content or the new one.
///
/// # Errors
///
/// [`InferError::Io`] if it cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), InferError> {
    let written = write_whole(path, |file| file.write_all(bytes));
    written.map(drop).map_err(InferError::io(path))
}

/// Writes `value` as JSON, whole.
///
/// # Errors
///
/// [`InferError::Json`] if the value cannot be written as JSON, or as [`write()`].
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), InferError> {
    write(path, &to_json(path, value)?)
}

/// `value` as JSON; errors call the file `path`.
///
/// # Errors
///
/// [`InferError::Json`] if the value cannot be written as JSON.
pub(crate) fn to_json<T: Serialize>(path: &Path, value: &T) -> Result<Vec<u8>, InferError> {
    serde_json::to_vec_pretty(value).map_err(no_json(path))
}

/// Reads a value from JSON.
///
/// # Errors
///
/// [`InferError::Io`] if the file cannot be read, [`InferError::Json`] if it is not JSON of this
/// form.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, InferError> {
    json(path, &fs::read(path).map_err(InferError::io(path))?)
}

/// The value in the JSON of a file.
///
/// # Errors
///
/// [`InferError::Json`] if it is not JSON of this form.
pub(crate) fn json<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, InferError> {
    serde_json::from_slice(bytes).map_err(|error| InferError::Json {
        path: path.to_owned(),
        source: JsonFault::new(bytes, &error).into(),
    })
}

/// A value that cannot be written as JSON.
pub(crate) fn no_json(path: &Path) -> impl FnOnce(serde_json::Error) -> InferError + use<> {
    let path = path.to_owned();
    |error| InferError::Json {
        path,
        source: error.into(),
    }
}

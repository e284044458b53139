//! Files that are whole or not there.

use crate::{TrainError, state::hexadecimal};
use misa_data::write_whole;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Bytes read at once.
const PIECE: usize = 1 << 16;

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

/// The files of a folder in order of their names; none where there is no folder.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| at(folder, source))?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Result<Vec<_>, _> = paths.collect();
    let mut paths = paths.map_err(|source| at(folder, source))?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

/// SHA-256 of a file, in hexadecimal.
pub(crate) fn checksum(path: &Path) -> Result<String, TrainError> {
    let mut checksum = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut read = || {
        let mut file = File::open(path)?;
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(()),
                bytes => checksum.update(&piece[..bytes]),
            }
        }
    };
    read().map_err(|source| at(path, source))?;
    Ok(hexadecimal(&checksum.finalize()))
}

pub(crate) fn at(path: &Path, source: io::Error) -> TrainError {
    TrainError::Io {
        path: path.to_path_buf(),
        source,
    }
}

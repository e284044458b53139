//! The files of a run folder.

use crate::TrainError;
pub(crate) use misa_infer::files::{create_folder, write};
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes read at once.
const CHUNK: usize = 1 << 16;

/// The files of a folder in order of their names; empty if the folder does not exist.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| io_error(folder, source))?,
    };
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| io_error(folder, source))?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

/// SHA-256 of a file, in hexadecimal.
pub(crate) fn checksum(path: &Path) -> Result<String, TrainError> {
    let mut checksum = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut read = || {
        let mut file = File::open(path)?;
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(()),
                bytes => checksum.update(&chunk[..bytes]),
            }
        }
    };
    read().map_err(|source| io_error(path, source))?;
    Ok(hex(&checksum.finalize()))
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> TrainError {
    TrainError::Io {
        path: path.to_path_buf(),
        source,
    }
}

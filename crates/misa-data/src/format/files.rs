//! Files of a folder, and their content.

use crate::DataError;
use misa_files::pickle::{Limits, Pickle};
use misa_files::{FileKind, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a folder with an extension, in alphabetical order.
pub(super) fn with(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, DataError> {
    let mut found = entries(folder)?;
    found.retain(|path| {
        let is_of = path.extension().is_some_and(|found| found == extension);
        is_of && path.is_file() && !is_leftover(path)
    });
    found.sort();
    Ok(found)
}

/// The names of what is in a folder, in alphabetical order, without what is left behind.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, DataError> {
    let mut paths = entries(folder)?;
    paths.retain(|path| !is_leftover(path));
    paths.sort();
    Ok(paths.iter().map(|path| name(path)).collect())
}

/// The number of files and folders in a folder that systems and programs left behind.
pub(super) fn leftovers(folder: &Path) -> Result<usize, DataError> {
    let entries = entries(folder)?;
    Ok(entries.iter().filter(|path| is_leftover(path)).count())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = fs::read_dir(folder).map_err(DataError::io(folder))?;
    let paths = entries.map(|entry| Ok(entry.map_err(DataError::io(folder))?.path()));
    paths.collect()
}

/// The last part of a path.
pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The whole of a small file.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, DataError> {
    let source = Source::open(path).map_err(DataError::io(path))?;
    if source.len() > limit {
        let place = path.display().to_string();
        let expected = format!("at most {limit} bytes");
        return Err(DataError::layout(place, expected, source.len().to_string()));
    }
    let bytes = source.bytes(0, source.len() as usize);
    bytes
        .map(|bytes| bytes.into_owned())
        .map_err(DataError::io(path))
}

/// Reads and parses a pickle; long arrays stay in the file until they are requested.
pub(crate) fn open_pickle(path: &Path) -> Result<Pickle<'static>, DataError> {
    let source = Source::open(path).map_err(DataError::io(path))?;
    Pickle::parse(source, &Limits::default()).map_err(|source| {
        let kinds = [FileKind::Empty, FileKind::Pickle];
        let error = DataError::Pickle {
            path: path.to_owned(),
            source,
        };
        error.or_kind(path, "a file of features", &kinds)
    })
}

/// Whether systems and programs leave such files and folders behind, which are not data: `._labels.csv`
/// of a Mac, `~$labels.csv` of Excel, `.ipynb_checkpoints`, locks and backups of editors.
pub(crate) fn is_leftover(path: &Path) -> bool {
    const STARTS: [&str; 7] = ["._", ".~", ".#", ".nfs", ".DS_Store", "~$", "#"];
    const NAMES: [&str; 5] = [
        "thumbs.db",
        "desktop.ini",
        "__macosx",
        ".ipynb_checkpoints",
        ".trashes",
    ];
    let name = name(path);
    STARTS.iter().any(|start| name.starts_with(start))
        || NAMES.contains(&name.to_lowercase().as_str())
        || name.ends_with('~')
}

//! The files of a data set.

use super::{FileReport, Progress};
use crate::format::files::is_leftover;
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Extensions of data files, of any format.
const ENDINGS: [&str; 9] = [
    "pkl",
    "pickle",
    "p",
    "safetensors",
    "csd",
    "h5",
    "hdf5",
    "npz",
    "npy",
];

/// The file at `path`, or the data files of the folder, sorted by name. Files that cannot be
/// examined are skipped: reading them reports the error.
pub(super) fn list(path: &Path) -> Vec<FileReport> {
    let report = |path: &Path| {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(FileReport {
            name: path.file_name()?.to_string_lossy().into_owned(),
            bytes: metadata.len(),
        })
    };
    let Ok(entries) = fs::read_dir(path) else {
        return report(path).into_iter().collect();
    };
    let is_data = |path: &Path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending)) && !is_leftover(path)
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<FileReport> = paths
        .filter(|path| is_data(path))
        .filter_map(|path| report(&path))
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// SHA-256 of the only file, in hexadecimal; `None` if there are several, or if it cannot be read.
pub(super) fn checksum(
    path: &Path,
    files: &[FileReport],
    progress: &mut dyn FnMut(Progress),
) -> Option<String> {
    let [file] = files else {
        return None;
    };
    let path = if path.is_dir() {
        &path.join(&file.name)
    } else {
        path
    };
    digest(path, file.bytes, progress).ok()
}

fn digest(path: &Path, of: u64, progress: &mut dyn FnMut(Progress)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hasher.update(&piece[..length]);
        bytes += length as u64;
        progress(Progress::Checksum { bytes, of });
    }
    let digest = hasher.finalize();
    Ok(hex(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["train.pkl", "dev.pkl", "README.md", "._train.pkl"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let files = list(folder.path());
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["dev.pkl", "train.pkl"]);
        assert_eq!(checksum(folder.path(), &files, &mut |_| ()), None);
        assert!(list(&folder.path().join("none")).is_empty());
    }

    #[test]
    fn one_file_has_a_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pkl");
        fs::write(&path, "abc").unwrap();
        // Known answer of FIPS 180-2.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for path in [folder.path(), &path] {
            let found = checksum(path, &list(path), &mut |_| ());
            assert_eq!(found.as_deref(), Some(expected));
        }
    }
}

//! The golden files.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The file or folder `kind` of the golden values, such as `models` or `data/mmsa`: in the folder
/// that `MISA_GOLDEN_DIR` names, or, if it lacks `kind`, in `datasets/golden` of the repository.
///
/// # Panics
///
/// Panics if `MISA_GOLDEN_DIR` names a folder that does not exist, or `kind` is in neither folder.
pub fn golden(kind: &str) -> PathBuf {
    if let Some(named) = crate::named("MISA_GOLDEN_DIR") {
        assert!(named.is_dir(), "no golden values in {}", named.display());
        let path = named.join(kind);
        if path.exists() {
            return path;
        }
    }
    let path = crate::repository().join("datasets/golden").join(kind);
    assert!(path.exists(), "no golden values in {}", path.display());
    path
}

/// The entry in `MANIFEST.json` of a golden file, such as `parts/adam.safetensors`: sizes and
/// settings that are not in the tensors.
///
/// # Panics
///
/// Panics if the manifest cannot be read or does not list the file.
pub fn manifest_entry(file: &str) -> Value {
    let path = golden("MANIFEST.json");
    let manifest = json(&path);
    let entry = &manifest["files"][file];
    assert!(!entry.is_null(), "{}: {file} is not listed", path.display());
    entry.clone()
}

/// The content of a JSON file.
///
/// # Panics
///
/// Panics if it cannot be read or is not JSON.
pub fn json(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The entries of a folder in alphabetical order.
///
/// # Panics
///
/// Panics if the folder cannot be read or is empty.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.sort();
    paths
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Name of a file without folder and extension.
pub fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// Extension of a file name, empty if there is none.
pub fn extension(path: &Path) -> &str {
    let extension = path.extension().unwrap_or_default();
    extension.to_str().unwrap_or_default()
}

//! Where the golden files are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The files of `MISA_GOLDEN_DIR/kind`, or of the repository's copy, in alphabetical order.
pub fn files(kind: &str) -> Vec<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/golden");
    let root = env::var_os("MISA_GOLDEN_DIR").map_or(repository, PathBuf::from);
    let folder = root.join(kind);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{folder:?} is empty");
    files.sort();
    files
}

/// Name of a file without folder and ending.
pub fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap()
}

/// Ending of a file name.
pub fn ending(path: &Path) -> &str {
    path.extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
}

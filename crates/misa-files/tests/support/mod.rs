//! Pickles for tests: written here, or by Python and NumPy.

// Every test binary uses its own part.
#![allow(dead_code)]

pub mod py;

use std::fs;
use std::path::{Path, PathBuf};

/// The files that Python wrote; `None`, with a printed line, where there are none.
///
/// # Panics
///
/// Panics if `CI` is set and there are none, or if `MISA_GOLDEN_DIR` names no folder.
pub fn golden_data() -> Option<PathBuf> {
    let named = std::env::var_os("MISA_GOLDEN_DIR").map(PathBuf::from);
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/golden");
    let folder = named.clone().unwrap_or(default).join("data");
    if folder.is_dir() {
        return Some(folder);
    }
    let missing = format!("no golden data in {}", folder.display());
    assert!(
        named.is_none() && std::env::var_os("CI").is_none(),
        "{missing}"
    );
    println!("skipped: {missing}");
    None
}

/// The golden pickles, name and content, in order.
pub fn golden_pickles() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = golden_data().into_iter().collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pkl") {
                let bytes = fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

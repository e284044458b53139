//! Pickles for tests, written here or by Python and NumPy.

// Each test binary uses a part of this module.
#![allow(dead_code)]

pub mod case;
pub mod py;
pub mod random;

use misa_files::pickle::{ConvertError, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of files that Python wrote. If it is missing, prints a line and returns `None`.
///
/// # Panics
///
/// Panics if the folder is missing and either `CI` or `MISA_GOLDEN_DIR` is set.
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

/// The golden pickles: path and content, ordered by path.
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

/// Runs all conversions of a value and returns the first error.
pub fn convert(value: Value<'_>) -> Result<(), ConvertError> {
    let results = [
        value.to_texts().map(drop),
        value.to_floats().map(drop),
        value.to_ints().map(drop),
        value.to_text().map(drop),
        value.to_bytes().map(drop),
    ];
    let _ = (value.describe(), value.as_float(), value.as_int());
    results.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}

/// Runs all conversions of a value and of the values inside it, two levels deep.
pub fn read_all(root: Value<'_>) {
    let _ = convert(root);
    for item in inside(root) {
        let _ = convert(item);
        for item in inside(item).take(1000) {
            let _ = convert(item);
        }
    }
}

/// Items, keys and values of any container.
fn inside(value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let items = value.items().or(value.call().map(|(_, items)| items));
    let items = items.into_iter().flat_map(|items| items.iter());
    let entries = value.entries().into_iter().flatten();
    let entries = entries.flat_map(|(key, value)| [key, value]);
    items.chain(entries).chain(value.persistent())
}

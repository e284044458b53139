//! Pickles for tests, written here or by Python and NumPy.

pub mod archive;
pub mod case;
pub mod hdf5;
pub mod py;
pub mod random;

use misa_files::pickle::{ConvertError, Limits, Value};
use misa_testing::golden;
use std::fs;
use std::path::PathBuf;

pub fn limits() -> Limits {
    Limits::default()
}

/// The golden pickles: path and content, ordered by path.
pub fn golden_pickles() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![golden("data")];
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

//! Run folders, given by their own paths or by that of a folder above them.

mod named;

use misa_train::Manifest;
pub(crate) use named::{FinishedRuns, NamedRun, NamedRuns, finished_runs};
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// Levels of folders that are searched for runs: a sweep or ablation, a variant, its seeds.
const DEPTH: usize = 3;
/// Runs that an error lists.
const LISTED: usize = 12;

/// A path that does not lead to runs as it should.
#[derive(Debug, Error)]
pub(crate) enum FolderError {
    /// The folder cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// There is no run.
    #[error("{path}: no run, expected a manifest.json in it or in a folder below", path = path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// There are several runs, but one is needed.
    #[error("{path}: {count} runs, expected one of them: {runs}", path = path.display())]
    Several {
        /// The folder above the runs.
        path: PathBuf,
        /// Number of runs.
        count: usize,
        /// The first of them.
        runs: String,
    },
    /// A run with two model names.
    #[error(
        "{path}: {} and {}, expected one name for a run", in_words(first), in_words(second),
        path = path.display()
    )]
    TwoNames {
        /// The run.
        path: PathBuf,
        /// The first name.
        first: Option<String>,
        /// The second name.
        second: Option<String>,
    },
}

impl FolderError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}

fn in_words(name: &Option<String>) -> String {
    match name {
        Some(name) => format!("named `{name}`"),
        None => "not named".to_string(),
    }
}

/// The run folders in and below `path`, with numbers in their names in order: `path` itself if it is
/// one.
///
/// # Errors
///
/// [`FolderError`] if a folder cannot be read or there is no run.
pub(crate) fn runs_in(path: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let folders = runs_below(path)?;
    if folders.is_empty() {
        return Err(FolderError::NoRun {
            path: path.to_path_buf(),
        });
    }
    Ok(folders)
}

/// As [`runs_in`], but no run is no error.
pub(crate) fn runs_below(path: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let mut folders = Vec::new();
    search(path, DEPTH, &mut folders)?;
    folders.sort_by_cached_key(|folder| natural(&folder.to_string_lossy()));
    Ok(folders)
}

/// The run at `path`, or the only one below it.
///
/// # Errors
///
/// [`FolderError`] if a folder cannot be read, or there is no run or several.
pub(crate) fn one_run(path: &Path) -> Result<PathBuf, FolderError> {
    let mut runs = runs_in(path)?;
    if runs.len() == 1 {
        return Ok(runs.remove(0));
    }
    let listed = runs.iter().take(LISTED);
    let mut listed: Vec<String> = listed.map(|run| run.display().to_string()).collect();
    if runs.len() > LISTED {
        listed.push("...".to_string());
    }
    Err(FolderError::Several {
        path: path.to_path_buf(),
        count: runs.len(),
        runs: listed.join(", "),
    })
}

fn search(path: &Path, depth: usize, folders: &mut Vec<PathBuf>) -> Result<(), FolderError> {
    if path.join(Manifest::FILE).is_file() {
        folders.push(path.to_path_buf());
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(FolderError::io(path))? {
        let path = entry.map_err(FolderError::io(path))?.path();
        if path.is_dir() {
            search(&path, depth - 1, folders)?;
        }
    }
    Ok(())
}

/// A name whose order is that of the numbers in it: `seed-2` before `seed-10`.
fn natural(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for letter in name.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            pad(&mut key, &mut digits);
            key.push(letter);
        }
    }
    pad(&mut key, &mut digits);
    key
}

fn pad(key: &mut String, digits: &mut String) {
    if !digits.is_empty() {
        // More digits than any seed has.
        key.push_str(&format!("{digits:0>24}"));
        digits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("manifest.json"), "{}").unwrap();
    }

    #[test]
    fn runs_are_found_below_a_folder_in_the_order_of_their_numbers() {
        let dir = tempfile::tempdir().unwrap();
        for seed in [10, 2, 1] {
            run(&dir.path().join(format!("model/seed-{seed}")));
        }
        let found = runs_in(dir.path()).unwrap();
        let expected = [1, 2, 10].map(|seed| dir.path().join(format!("model/seed-{seed}")));
        assert_eq!(found, expected);
        assert_eq!(runs_in(&expected[0]).unwrap(), expected[..1]);
    }

    #[test]
    fn one_run_is_taken_and_several_are_listed() {
        let dir = tempfile::tempdir().unwrap();
        let message = |path: &Path| one_run(path).unwrap_err().to_string();
        let no_run = "no run, expected a manifest.json in it or in a folder below";
        assert!(message(dir.path()).ends_with(no_run));
        let [one, two] = ["a", "b"].map(|name| dir.path().join(name));
        run(&one);
        assert_eq!(one_run(dir.path()).unwrap(), one);
        run(&two);
        let listed = format!(
            "2 runs, expected one of them: {}, {}",
            one.display(),
            two.display()
        );
        assert!(
            message(dir.path()).ends_with(&listed),
            "{}",
            message(dir.path())
        );
        assert!(message(&dir.path().join("c")).contains("c: "));
    }
}

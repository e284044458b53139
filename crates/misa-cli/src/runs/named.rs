//! The runs that a user named, by their own paths or by that of a folder above them.

use super::{FolderError, runs_below, runs_in};
use crate::source::finished;
use misa_train::{Manifest, TrainError};
use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A run folder, and the name that the user has for its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedRun {
    pub folder: PathBuf,
    pub model: Option<String>,
    /// Whether the user named this folder, not one above it.
    pub is_asked_for: bool,
}

/// Runs, each once, in the order in which they were named.
#[derive(Debug, Default)]
pub(crate) struct NamedRuns {
    pub runs: Vec<NamedRun>,
    /// What else was named, in words.
    pub left_out: Vec<String>,
    /// Indices of the runs, by their folders without links.
    known: HashMap<PathBuf, usize>,
}

/// Those that are finished.
#[derive(Debug)]
pub(crate) struct FinishedRuns {
    pub runs: Vec<(NamedRun, Manifest)>,
    /// What was named and is left out, in words.
    pub left_out: Vec<String>,
}

impl NamedRuns {
    /// The run folders in and below each of `texts`, which are `PATH` or `MODEL=PATH`. Files and
    /// folders without a run are left out: `runs/*` names them too.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if a path cannot be read, there is no run at all, or a run has two names.
    pub fn of_texts<T: AsRef<OsStr>>(texts: &[T]) -> Result<Self, FolderError> {
        let mut named = Self::default();
        let mut first = None;
        for text in texts {
            let whole = Path::new(text);
            // A path that is no text is no name and path either.
            let parts = whole.to_str().and_then(|text| text.split_once('='));
            let (model, path) = match parts {
                Some((model, path)) if !whole.exists() => (Some(model), Path::new(path)),
                _ => (None, whole),
            };
            let is_folder = fs::metadata(path).map_err(FolderError::io(path))?.is_dir();
            let folders = if is_folder {
                runs_below(path)?
            } else {
                Vec::new()
            };
            if folders.is_empty() {
                named
                    .left_out
                    .push(format!("{}: not a run", path.display()));
                first.get_or_insert_with(|| path.to_path_buf());
            }
            for folder in folders {
                named.add(folder, path, model)?;
            }
        }
        match first {
            Some(path) if named.runs.is_empty() => Err(FolderError::NoRun { path }),
            _ => Ok(named),
        }
    }

    /// The run folders in and below each of `paths`.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if a path leads to no run.
    pub fn of_paths(paths: &[PathBuf]) -> Result<Self, FolderError> {
        let mut named = Self::default();
        for path in paths {
            for folder in runs_in(path)? {
                named.add(folder, path, None)?;
            }
        }
        Ok(named)
    }

    /// Adds a run that was found at or below `path`; one that is known already must have the same
    /// name.
    fn add(
        &mut self,
        folder: PathBuf,
        path: &Path,
        model: Option<&str>,
    ) -> Result<(), FolderError> {
        let target = fs::canonicalize(&folder).map_err(FolderError::io(&folder))?;
        let run = NamedRun {
            is_asked_for: folder == path,
            model: model.map(str::to_string),
            folder,
        };
        let Some(&index) = self.known.get(&target) else {
            self.known.insert(target, self.runs.len());
            self.runs.push(run);
            return Ok(());
        };
        let known = &mut self.runs[index];
        if known.model != run.model {
            return Err(FolderError::TwoNames {
                path: run.folder,
                first: known.model.clone(),
                second: run.model,
            });
        }
        known.is_asked_for |= run.is_asked_for;
        Ok(())
    }

    /// Leaves out the runs that are not finished.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if a run that was named itself is not finished, or has no manifest that can be
    /// read.
    pub fn finished(self) -> Result<FinishedRuns, TrainError> {
        let (mut runs, mut left_out) = (Vec::new(), self.left_out);
        for run in self.runs {
            match finished(&run.folder) {
                Err(TrainError::Unfinished { .. }) if !run.is_asked_for => {
                    left_out.push(format!("{}: not finished", run.folder.display()));
                }
                manifest => runs.push((run, manifest?)),
            }
        }
        Ok(FinishedRuns { runs, left_out })
    }
}

/// The finished runs at and below `paths`. Those below that are not finished are left out, which is
/// said on the standard error stream.
///
/// # Errors
///
/// [`FolderError`] if a path leads to no run, and [`TrainError`] if a run that was named itself is
/// not finished, or none is.
pub(crate) fn finished_runs(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Manifest)>, Box<dyn Error>> {
    let FinishedRuns { runs, left_out } = NamedRuns::of_paths(paths)?.finished()?;
    for reason in left_out {
        eprintln!("note: left out: {reason}");
    }
    if runs.is_empty() {
        let path = paths.first().cloned().unwrap_or_default();
        return Err(TrainError::Unfinished { path }.into());
    }
    let folder = |(run, manifest): (NamedRun, Manifest)| (run.folder, manifest);
    Ok(runs.into_iter().map(folder).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_named_twice_is_one_run_and_the_order_stays() {
        let dir = tempfile::tempdir().unwrap();
        let seed = |seed: usize| dir.path().join(format!("runs/seed-{seed}"));
        for number in [10, 2] {
            fs::create_dir_all(seed(number)).unwrap();
            fs::write(seed(number).join("manifest.json"), "{}").unwrap();
        }
        let runs = dir.path().join("runs");
        let around = dir.path().join("runs/../runs/seed-10");
        let named = NamedRuns::of_paths(&[runs.clone(), seed(2), around]).unwrap();
        let found = named.runs.iter();
        let found: Vec<_> = found
            .map(|run| (run.folder.clone(), run.is_asked_for))
            .collect();
        assert_eq!(found, [(seed(2), true), (seed(10), true)]);

        let text = |path: &Path| path.to_str().unwrap().to_string();
        let twice = [text(&runs), format!("a={}", text(&seed(2)))];
        let error = NamedRuns::of_texts(&twice).unwrap_err().to_string();
        let expected = "not named and named `a`, expected one name for a run";
        assert!(error.ends_with(expected), "{error}");
    }
}

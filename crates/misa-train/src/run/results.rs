//! The files in a run folder that show a run.

use crate::TrainError;
use crate::run::files;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// The settings of the run, written when it starts.
pub(crate) const RESOLVED: &str = "run.toml";
/// The page of the run.
const PAGE: &str = "report.html";
/// Folder of the page's figures.
const FIGURES: &str = "figures";
/// Files that end a run, and the page.
const RESULTS: [&str; 6] = [
    RESOLVED,
    "report.md",
    "report.json",
    "predictions-valid.csv",
    "predictions-test.csv",
    PAGE,
];
/// Kinds of figures.
const FIGURE_KINDS: [&str; 3] = ["svg", "png", "csv"];
/// Folder of the model.
const MODEL: &str = "checkpoint";

/// The page of the run and its figures, as far as they are there: paths in the folder.
///
/// Releases before 0.2 did not record them in the manifest.
pub(crate) fn pages(folder: &Path) -> Result<Vec<String>, TrainError> {
    let mut found = Vec::new();
    if folder.join(PAGE).is_file() {
        found.push(PAGE.to_string());
    }
    for path in files::list(&folder.join(FIGURES))? {
        let kind = path.extension().and_then(|kind| kind.to_str());
        let name = path.file_name().and_then(|name| name.to_str());
        if let (Some(true), Some(name)) = (kind.map(|kind| FIGURE_KINDS.contains(&kind)), name) {
            found.push(format!("{FIGURES}/{name}"));
        }
    }
    Ok(found)
}

/// Every file in the folder that has the name of a result, recorded or not: paths in the folder.
pub(crate) fn all(folder: &Path) -> Result<Vec<String>, TrainError> {
    let mut found = pages(folder)?;
    let results = RESULTS.iter().filter(|name| **name != PAGE);
    let results = results.filter(|name| folder.join(name).is_file());
    found.extend(results.map(ToString::to_string));
    for path in files::list(&folder.join(MODEL))? {
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            found.push(format!("{MODEL}/{name}"));
        }
    }
    Ok(found)
}

/// Removes files that show an earlier run: those of `recorded` and its pages, except `kept`.
pub(crate) fn remove_stale<'a>(
    folder: &Path,
    recorded: impl Iterator<Item = &'a String>,
    kept: &BTreeSet<String>,
) -> Result<(), TrainError> {
    let mut stale: BTreeSet<String> = recorded.cloned().collect();
    stale.extend(pages(folder)?);
    for name in stale.difference(kept).filter(|name| is_inside(name)) {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(files::io_error(&path, error));
            }
            _ => remove_if_empty(folder, name),
        }
    }
    Ok(())
}

/// The manifest is not trusted: its paths must not lead out of the folder.
fn is_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    !name.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Removes the folder of figures of a file that was removed, if it was the last one in it.
fn remove_if_empty(folder: &Path, name: &str) {
    let above = Path::new(name).parent().map(PathBuf::from);
    if let Some(above) = above.filter(|above| above.components().count() == 1) {
        // A folder that still has files stays.
        let _ = fs::remove_dir(folder.join(above));
    }
}

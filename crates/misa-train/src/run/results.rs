//! The files in a run folder that show a run.

use crate::run::files;
use crate::run::folder::RunFolder;
use crate::run::manifest::Manifest;
use crate::{RunFiles, TrainError};
use misa_data::Split;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// Kinds of figures.
const FIGURE_KINDS: [&str; 3] = ["svg", "png", "csv"];

/// The page of the run and its figures, as far as they are there: paths in the folder.
///
/// Releases before 0.2 did not record them in the manifest.
pub(crate) fn pages(folder: &Path) -> Result<Vec<String>, TrainError> {
    let mut found = Vec::new();
    if folder.join(RunFiles::PAGE).is_file() {
        found.push(RunFiles::PAGE.to_string());
    }
    let figures = RunFiles::FIGURES;
    for path in files::list(&folder.join(figures))? {
        let kind = path.extension().and_then(|kind| kind.to_str());
        let name = path.file_name().and_then(|name| name.to_str());
        if let (Some(true), Some(name)) = (kind.map(|kind| FIGURE_KINDS.contains(&kind)), name) {
            found.push(format!("{figures}/{name}"));
        }
    }
    Ok(found)
}

/// Every file in the folder that has the name of a result, recorded or not: paths in the folder.
pub(crate) fn all(folder: &Path) -> Result<Vec<String>, TrainError> {
    let mut found = pages(folder)?;
    let files_of_end = [RunFiles::SETTINGS, RunFiles::REPORT, RunFiles::REPORT_JSON];
    let predictions = [Split::Valid, Split::Test].map(RunFiles::predictions);
    let results = files_of_end
        .map(String::from)
        .into_iter()
        .chain(predictions);
    found.extend(results.filter(|name| folder.join(name).is_file()));
    let model = RunFiles::CHECKPOINT;
    for path in files::list(&folder.join(model))? {
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            found.push(format!("{model}/{name}"));
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

/// Records files in the folder of a finished run that show it, such as a page or figures: they are
/// verified with it, and go with it when it is replaced. Paths outside the folder are left out.
///
/// # Errors
///
/// [`TrainError`] if the run is not finished, another process uses the folder, or a file cannot be
/// read.
pub fn record_results(dir: impl AsRef<Path>, files: &[PathBuf]) -> Result<(), TrainError> {
    let dir = dir.as_ref();
    let found = names_in(dir, files)?;
    if found.is_empty() {
        return Ok(());
    }
    let mut folder = RunFolder::open_finished(dir)?;
    let manifest = folder.manifest.clone();
    record(&mut folder, manifest, &found)
}

/// The folder of a finished run while this process replaces results in it, such as its page: locked before the first of
/// them is written, so that none is written that cannot be recorded.
#[derive(Debug)]
pub struct ResultFolder(RunFolder);

impl ResultFolder {
    /// Locks the folder `dir` of a run if `file`, which need not be there, is in it; `None` if it is elsewhere.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the run is not finished, another process uses the folder, or one of the folders cannot be read.
    pub fn around(dir: impl AsRef<Path>, file: &Path) -> Result<Option<Self>, TrainError> {
        let dir = dir.as_ref();
        let whole =
            |path: &Path| fs::canonicalize(path).map_err(|source| files::io_error(path, source));
        let above = file.parent().filter(|above| !above.as_os_str().is_empty());
        let is_inside = whole(above.unwrap_or(Path::new(".")))?.starts_with(whole(dir)?);
        let folder = is_inside.then(|| RunFolder::open_finished(dir).map(Self));
        folder.transpose()
    }

    /// Records files as [`record_results`] does, in place of `stale` files of an earlier result, which are not verified
    /// any more. They are still there; the caller removes them.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if a file cannot be read, or the manifest cannot be written.
    pub fn replace(&mut self, files: &[PathBuf], stale: &[PathBuf]) -> Result<(), TrainError> {
        let Self(folder) = self;
        let (found, gone) = (
            names_in(folder.path(), files)?,
            names_in(folder.path(), stale)?,
        );
        let mut manifest = folder.manifest.clone();
        manifest
            .files
            .retain(|name, _| !gone.contains(Path::new(name)));
        record(folder, manifest, &found)
    }
}

/// The paths in the folder `dir` of those files that are in it.
fn names_in(dir: &Path, files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, TrainError> {
    let io_error = |path: &Path| {
        let path = path.to_path_buf();
        move |source| TrainError::Io { path, source }
    };
    let inside = fs::canonicalize(dir).map_err(io_error(dir))?;
    let mut found = BTreeSet::new();
    for file in files {
        let target = fs::canonicalize(file).map_err(io_error(file))?;
        if let Ok(name) = target.strip_prefix(&inside) {
            found.insert(name.to_path_buf());
        }
    }
    Ok(found)
}

/// Records the checksums of new results in the manifest.
pub(crate) fn record_checksums(
    folder: &mut RunFolder,
    written: &[PathBuf],
) -> Result<(), TrainError> {
    let name = |path: &PathBuf| {
        path.strip_prefix(folder.path())
            .unwrap_or(path)
            .to_path_buf()
    };
    let names = written.iter().map(name).collect();
    let manifest = folder.manifest.clone();
    record(folder, manifest, &names)
}

/// Writes the manifest with the checksums of these files of the folder.
fn record(
    folder: &mut RunFolder,
    mut manifest: Manifest,
    names: &BTreeSet<PathBuf>,
) -> Result<(), TrainError> {
    for name in names {
        let checksum = files::checksum(&folder.path().join(name))?;
        manifest.files.insert(name.display().to_string(), checksum);
    }
    folder.replace(manifest)
}

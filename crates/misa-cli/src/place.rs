//! Where the paths in the settings of a run lead.

use crate::settings::RunSettings;
use misa_train::Manifest;
use std::path::{Path, PathBuf};
use std::{env, fs};
use thiserror::Error;

/// Data of a run that is not where the run found it.
#[derive(Debug, Error)]
#[error(
    "{run}: its data was {data}{seen_from}, and is not there now: say where it is with --data PATH",
    run = run.display(), data = data.display(),
    seen_from = seen_from(directory.as_deref())
)]
pub(crate) struct AbsentData {
    run: PathBuf,
    data: PathBuf,
    directory: Option<PathBuf>,
}

fn seen_from(directory: Option<&Path>) -> String {
    match directory {
        Some(directory) => format!(", seen from {}", directory.display()),
        None => ", seen from the folder where the run was started".to_string(),
    }
}

/// The path of a run's data as it leads from here.
///
/// # Errors
///
/// [`AbsentData`] if there is nothing.
pub(crate) fn data_path(
    run: &Path,
    manifest: &Manifest,
    recorded: &Path,
) -> Result<PathBuf, AbsentData> {
    found(run, manifest, recorded).ok_or_else(|| AbsentData {
        run: run.to_path_buf(),
        data: recorded.to_path_buf(),
        directory: manifest
            .directory
            .clone()
            .filter(|_| recorded.is_relative()),
    })
}

/// Makes every path in the settings of a run lead from here to where it led from the folder in which
/// the run was started.
pub(crate) fn lead_from_here(settings: &mut RunSettings, run: &Path, manifest: &Manifest) {
    if is_here(manifest.directory.as_deref()) {
        return;
    }
    settings.map_paths(|path| {
        let directory = manifest.directory.as_deref();
        let there = || directory.map_or_else(|| path.to_path_buf(), |folder| folder.join(path));
        found(run, manifest, path).unwrap_or_else(there)
    });
}

/// Whether `directory` is the folder in which this program was started.
pub(crate) fn is_here(directory: Option<&Path>) -> bool {
    matches!((directory, env::current_dir()), (Some(recorded), Ok(here)) if recorded == here)
}

/// The first place where something is: seen from the folder in which the run was started, from here,
/// or from a folder that the run is in, if both were moved together.
fn found(run: &Path, manifest: &Manifest, recorded: &Path) -> Option<PathBuf> {
    let directory = manifest.directory.iter();
    let there = directory.map(|folder| folder.join(recorded));
    let target = fs::canonicalize(run).ok();
    let above: Vec<PathBuf> = target
        .iter()
        .flat_map(|run| run.ancestors())
        .map(|folder| folder.join(recorded))
        .collect();
    let mut places = there.chain([recorded.to_path_buf()]).chain(above);
    places.find(|place| place.exists())
}

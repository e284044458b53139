//! Where a model is, and the run that it belongs to.

use crate::runs::one_run;
use misa_data::Padding;
use misa_train::{Checkpoint, Manifest};
use std::error::Error;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The folder of the run or of the model: the given one, or that of the only run below it.
///
/// # Errors
///
/// If there is no run below the folder, or several.
pub(crate) fn model_or_run(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let is_model = model_folder(folder).join("config.json").exists();
    if is_model || !folder.is_dir() || has_manifest(folder)? {
        return Ok(folder.to_path_buf());
    }
    Ok(one_run(folder)?)
}

/// The padding of the data of a run; another one would give other predictions.
///
/// # Errors
///
/// If the manifest holds a padding that is none.
pub(crate) fn recorded_padding(
    run: &Path,
    manifest: Option<&Manifest>,
) -> Result<Padding, Box<dyn Error>> {
    let recorded = manifest.and_then(|manifest| manifest.settings.pointer("/data/padding"));
    let Some(recorded) = recorded else {
        // A run of another program, or a folder of a model alone.
        return Ok(Padding::default());
    };
    serde_json::from_value(recorded.clone()).map_err(|error| {
        let run = run.display();
        format!("{run}: the padding of its data is {recorded}: {error}; say it with --padding")
            .into()
    })
}

/// The run that the model belongs to: the folder itself, or the one above a model.
///
/// # Errors
///
/// If a folder cannot be read: it is not known then which test split is locked.
pub(crate) fn run_of(folder: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let io_error = |error: io::Error| format!("{}: {error}", folder.display());
    let target = fs::canonicalize(folder).map_err(io_error)?;
    // A model may be in a run by its path, by the target of a link, or both.
    let above = folder.parent().filter(|_| folder.file_name().is_some());
    let candidates = [Some(folder), above, target.parent()];
    for candidate in candidates.into_iter().flatten() {
        if has_manifest(candidate)? {
            return Ok(Some(candidate.to_path_buf()));
        }
    }
    Ok(None)
}

/// Whether the folder has a manifest, even one that cannot be read.
fn has_manifest(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let path = folder.join(Manifest::FILE);
    match fs::symlink_metadata(&path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// The model of a run, or the folder itself.
pub(crate) fn model_folder(run: &Path) -> PathBuf {
    let model = run.join(Checkpoint::FOLDER);
    if model.is_dir() {
        model
    } else {
        run.to_path_buf()
    }
}

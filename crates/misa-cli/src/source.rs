//! The data that a run folder was trained on.

use crate::{MovedData, settings::RunSettings};
use misa_data::{Development, LockedTest};
use misa_train::{Manifest, Status, TrainError};
use std::{error::Error, path::Path};

/// A run with its data, opened as its manifest records it.
#[derive(Debug)]
pub struct RunSource {
    /// The manifest.
    pub manifest: Manifest,
    /// The settings of the run.
    pub settings: RunSettings,
    /// The data, its test split locked.
    pub data: (Development, LockedTest),
}

impl RunSource {
    /// Opens the folder of a finished run; `moved` says where its data is now.
    ///
    /// # Errors
    ///
    /// If the folder holds no finished run of this program, the data cannot be read, or it is not
    /// the data of the run.
    pub fn open(folder: &Path, moved: &MovedData) -> Result<Self, Box<dyn Error>> {
        let manifest = finished(folder)?;
        let mut settings = settings_of(folder, &manifest)?;
        moved.apply(&mut settings.data);
        let data = settings.data.open(manifest.config.loss.task)?.lock_test();
        let (expected, found) = (&manifest.data.checksum, data.0.checksum());
        if found != expected {
            return Err(TrainError::Changed {
                path: folder.to_path_buf(),
                what: "data",
                expected: expected.clone(),
                found: found.to_string(),
            }
            .into());
        }
        Ok(Self {
            manifest,
            settings,
            data,
        })
    }
}

/// The manifest of a run that is finished. Results in the folder of an unfinished run would be those
/// of a run that it replaces.
///
/// # Errors
///
/// [`TrainError`] if there is no manifest that can be read, or the run is not finished.
pub(crate) fn finished(folder: &Path) -> Result<Manifest, TrainError> {
    let manifest = Manifest::read(folder)?;
    match manifest.status {
        Status::Finished => Ok(manifest),
        _ => Err(TrainError::Unfinished {
            path: folder.to_path_buf(),
        }),
    }
}

/// The settings that `misa` started the run with.
///
/// # Errors
///
/// If another program started it.
pub fn settings_of(folder: &Path, manifest: &Manifest) -> Result<RunSettings, Box<dyn Error>> {
    serde_json::from_value(manifest.settings.clone()).map_err(|error| {
        let folder = folder.display();
        format!("{folder}: the manifest has no settings of `misa train`: {error}").into()
    })
}

//! The data that a run folder was trained on.

use crate::settings::RunSettings;
use misa_data::{Development, LockedTest};
use misa_train::{Manifest, Status, TrainError};
use std::{error::Error, path::Path};

/// A run with its data, found again by what its manifest says.
#[derive(Debug)]
pub struct RunSource {
    /// What the folder says of itself.
    pub manifest: Manifest,
    /// What the run was told.
    pub settings: RunSettings,
    /// The data, its test split locked.
    pub data: (Development, LockedTest),
}

impl RunSource {
    /// That of the folder of a finished run; `moved` is where the data is now, if it was moved.
    ///
    /// # Errors
    ///
    /// If the folder holds no finished run of this program, the data cannot be read, or it is not
    /// the data of the run.
    pub fn open(folder: &Path, moved: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let manifest = finished(folder)?;
        let mut settings = settings_of(folder, &manifest)?;
        if let Some(path) = moved {
            settings.data.path = Some(path.to_path_buf());
        }
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

/// The manifest of a run that is finished: whatever lies in the folder of another one are no
/// results, or those of a run that it replaces.
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

/// What the program that started the run was told.
///
/// # Errors
///
/// If that was another program.
pub fn settings_of(folder: &Path, manifest: &Manifest) -> Result<RunSettings, Box<dyn Error>> {
    serde_json::from_value(manifest.settings.clone()).map_err(|error| {
        let folder = folder.display();
        format!("{folder}: the manifest holds no settings of `misa train`: {error}").into()
    })
}

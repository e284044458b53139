//! The data that a run folder was trained on.

use crate::MovedData;
use crate::place::data_path;
use crate::settings::{DataSettings, RunSettings};
use misa_data::{Development, LockedTest, Split, Utterance};
use misa_terms::JsonFault;
use misa_train::{DataSummary, Manifest, Status, TrainError, open_test};
use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::path::{Path, PathBuf};

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
    /// If the folder holds no finished run of this program, the data is not where it was or cannot be
    /// read, or it is not the data of the run.
    pub fn open(folder: &Path, moved: &MovedData) -> Result<Self, Box<dyn Error>> {
        let manifest = finished(folder)?;
        let mut settings = settings_of(folder, &manifest)?;
        let lead = |recorded: &Path| data_path(folder, &manifest, recorded);
        moved.apply(&mut settings.data, lead)?;
        let data = settings.data.open(manifest.config.loss.task)?.lock_test();
        let found = DataSummary::of(&manifest.config, &data.0, settings.data.path.as_deref());
        let changes = manifest.data.changes(&found);
        if !changes.is_empty() {
            return Err(TrainError::ChangedData {
                path: folder.to_path_buf(),
                changes,
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

/// The files and folders of a run's data that are there, which are not opened; `moved` says where they are now.
/// None of a run whose manifest cannot be read, or that another program started.
pub(crate) fn data_of(run: &Path, moved: &MovedData) -> Vec<PathBuf> {
    let Ok(manifest) = Manifest::read(run) else {
        return Vec::new();
    };
    let Ok(mut settings) = settings_of(run, &manifest) else {
        return Vec::new();
    };
    let lead = |recorded: &Path| {
        let path = data_path(run, &manifest, recorded);
        Ok::<_, Infallible>(path.unwrap_or_else(|_| recorded.to_path_buf()))
    };
    let Ok(()) = moved.apply(&mut settings.data, lead);
    let DataSettings {
        path,
        text,
        visual,
        acoustic,
        ..
    } = settings.data;
    let paths = [path, text, visual, acoustic].into_iter().flatten();
    paths.filter(|path| path.exists()).collect()
}

/// The utterances of a split of a run; opening the test split is recorded in the manifest.
///
/// # Errors
///
/// [`TrainError`] if the test split cannot be opened.
pub(crate) fn utterances_of<'a>(
    run: &Path,
    split: Split,
    development: &'a Development,
    test: LockedTest,
) -> Result<Cow<'a, [Utterance]>, TrainError> {
    match split {
        Split::Test => open_test(run, test).map(Cow::Owned),
        split => Ok(Cow::Borrowed(development.dataset().split(split))),
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
        let found = JsonFault::new(b"", &error).instead();
        format!("{folder}: expected a manifest with settings of `misa train`, found {found}").into()
    })
}

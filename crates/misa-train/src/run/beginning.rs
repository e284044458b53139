//! What a run begins with in its folder, and whether it may begin there.

use crate::run::change::{data_changes, setting_changes};
use crate::run::claim::CLAIM;
use crate::run::files;
use crate::run::manifest::{Manifest, Opening, RunProgress, Status};
use crate::{RunFiles, RunStart, Schedule, SettingChange, TrainError};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Prefix and suffix of the file that [`misa_data::write_whole`] leaves behind if it is killed.
const PARTIAL: (&str, &str) = (".misa-", ".partial");
/// Names of files that a run may find in its folder: locks of this program, and what systems leave.
const NEUTRAL: [&str; 5] = [
    RunFiles::LOCK,
    CLAIM,
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
];
/// Files that an error lists by name.
const LISTED: usize = 3;

/// What a run begins with. Nothing has been written yet.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) manifest: Manifest,
    /// The run that stays as it is until this one has saved its first state.
    pub(crate) earlier: Option<Earlier>,
}

/// A run that another one follows in the same folder.
#[derive(Debug)]
pub(crate) struct Earlier {
    pub(crate) manifest: Manifest,
    /// Whether the other run replaces it. Otherwise it is the same run with more epochs, whose
    /// results stay until the new ones are written.
    pub(crate) is_replaced: bool,
}

impl Beginning {
    /// How the run that `new` describes begins in the folder.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the folder holds something else, a run that may not be replaced, or one
    /// with other settings or data.
    pub(crate) fn of(path: &Path, start: RunStart, new: Manifest) -> Result<Self, TrainError> {
        if !path.join(Manifest::FILE).exists() {
            check_empty(path)?;
            return Ok(Self::alone(new));
        }
        let before = Manifest::read(path)?;
        let is_finished = before.status == Status::Finished;
        // A start that saved nothing is no reason to refuse another one.
        let is_worth_keeping = before.is_worth_keeping();
        match start {
            RunStart::New if is_worth_keeping => Err(TrainError::Occupied {
                path: path.to_path_buf(),
            }),
            RunStart::Resume if is_worth_keeping => {
                let manifest = resumed(path, &before, new)?;
                let is_extended = is_finished && manifest.status != Status::Finished;
                Ok(Self {
                    manifest,
                    earlier: is_extended.then_some(Earlier {
                        manifest: before,
                        is_replaced: false,
                    }),
                })
            }
            RunStart::New | RunStart::Resume | RunStart::Replace => Ok(Self {
                manifest: Manifest {
                    openings: openings_before_training(before.openings.clone()),
                    ..new
                },
                earlier: is_worth_keeping.then_some(Earlier {
                    manifest: before,
                    is_replaced: true,
                }),
            }),
        }
    }

    fn alone(manifest: Manifest) -> Self {
        Self {
            manifest,
            earlier: None,
        }
    }
}

/// Whether the file is incomplete because the process that wrote it was killed.
pub(crate) fn is_partial(name: &str) -> bool {
    name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1)
}

/// An error if the folder holds anything but files that mean nothing.
fn check_empty(path: &Path) -> Result<(), TrainError> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| files::io_error(path, source))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| files::io_error(path, source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !NEUTRAL.contains(&name.as_str()) && !is_partial(&name) {
            found.push(name);
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort();
    let more = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    let mut found = found.join(", ");
    if more > 0 {
        found.push_str(&format!(" and {more} more"));
    }
    Err(TrainError::NotRun {
        path: path.to_path_buf(),
        found,
    })
}

/// The openings of the test split by a replaced run: for the new run, they came before its training.
fn openings_before_training(openings: Vec<Opening>) -> Vec<Opening> {
    openings
        .into_iter()
        .map(|opening| Opening {
            epochs: 0,
            ..opening
        })
        .collect()
}

/// The manifest of the existing run, if the requested one has the same settings and data, or only
/// more epochs.
fn resumed(path: &Path, existing: &Manifest, new: Manifest) -> Result<Manifest, TrainError> {
    let changes = setting_changes(existing, &new);
    let is_extended = matches!(changes.as_slice(), [change] if change.key == "epochs");
    if !is_extended && !changes.is_empty() {
        return Err(TrainError::ChangedSettings {
            path: path.to_path_buf(),
            changes,
        });
    }
    if !existing.data.is_same(&new.data) {
        return Err(TrainError::ChangedData {
            path: path.to_path_buf(),
            changes: data_changes(&existing.data, &new.data),
        });
    }
    let manifest = Manifest {
        // The device, for example, may be another one.
        settings: new.settings.clone(),
        ..existing.clone()
    };
    match changes.as_slice() {
        [change] => extended(path, manifest, new, change),
        _ => Ok(manifest),
    }
}

/// The manifest of a run that gets another number of epochs, as if it had had it from the start.
fn extended(
    path: &Path,
    existing: Manifest,
    new: Manifest,
    change: &SettingChange,
) -> Result<Manifest, TrainError> {
    let refused = |reason: String| {
        Err(TrainError::Epochs {
            path: path.to_path_buf(),
            before: change.before.clone(),
            now: change.now.clone(),
            reason,
        })
    };
    let progress = &existing.progress;
    let trained = existing.epochs();
    if progress.stopped_early {
        return refused(format!(
            "patience ran out in epoch {trained}, so no epoch would follow"
        ));
    }
    if matches!(existing.config.schedule, Schedule::Cosine { .. }) {
        return refused(
            "the schedule `cosine` depends on the number of epochs, so the epochs so far would \
             have been others"
                .to_string(),
        );
    }
    if new.config.total_epochs() < progress.epoch {
        return refused(format!("{trained} epochs have been trained: expected more"));
    }
    let state = existing.state.as_ref();
    if state.is_none_or(|state| !path.join(&state.file).exists()) {
        return refused(
            "the run has no state to continue from: it was deleted, or the run is one of a sweep, an \
             ablation or misa 0.1.0, which keep none"
                .to_string(),
        );
    }
    let mut files = existing.files.clone();
    // Written anew with the first state.
    files.remove(RunFiles::SETTINGS);
    Ok(Manifest {
        status: Status::Running,
        progress: RunProgress {
            is_done: false,
            ..existing.progress.clone()
        },
        config: new.config,
        config_checksum: new.config_checksum,
        files,
        ..existing
    })
}

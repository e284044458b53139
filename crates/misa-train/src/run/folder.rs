//! The folder of a run: which process may write to it, and which of its files are valid.

use crate::TrainError;
use crate::run::files;
use crate::run::manifest::{
    Committed, MANIFEST, Manifest, Opening, RunProgress, Session, Status, checksum, now,
};
use crate::run::state::{Snapshot, TrainerState};
use crate::run::system::System;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// Locked by the process that writes to the folder.
const LOCK: &str = "run.lock";
const STATES: &str = "states";
/// Prefixes of the names of files in [`STATES`].
const STATE: &str = "state-";
const BEST: &str = "best-";
/// Prefix and suffix of the file that [`misa_data::write_whole`] leaves behind if it is killed.
const PARTIAL: (&str, &str) = (".misa-", ".partial");

/// What to do if the folder already holds a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunStart {
    /// Return an error.
    #[default]
    New,
    /// Continue the run from its last complete state, if its settings and data are the same. If
    /// there is no run, start one.
    Resume,
    /// Replace the run by a new one.
    Replace,
}

/// A run folder that is locked by this process.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    pub(crate) manifest: Manifest,
    /// The operating system releases the lock when the process ends, even if it is killed.
    _lock: File,
}

/// What a resumed run continues from.
#[derive(Debug)]
pub(crate) struct Resumed {
    pub(crate) state: Snapshot,
    pub(crate) updates: usize,
    pub(crate) best: Option<Snapshot>,
}

impl RunFolder {
    /// Locks the folder for the run that `new` describes.
    pub(crate) fn open(
        path: &Path,
        start: RunStart,
        new: Manifest,
        system: System,
    ) -> Result<Self, TrainError> {
        files::create_folder(path)?;
        let lock = lock(path)?;
        let before = if path.join(MANIFEST).exists() {
            Some(Manifest::read(path)?)
        } else {
            None
        };
        let mut replaced = Vec::new();
        let mut manifest = match (before, start) {
            (Some(_), RunStart::New) => return Err(occupied(path)),
            (None, RunStart::New) if !is_empty(path)? => return Err(occupied(path)),
            (Some(before), RunStart::Resume) => check_same_run(path, before, new)?,
            (Some(before), RunStart::Replace) => {
                replaced = before.files.into_keys().collect();
                Manifest {
                    openings: openings_before_training(before.openings),
                    ..new
                }
            }
            (None, _) => new,
        };
        if manifest.status != Status::Finished {
            manifest.status = Status::Running;
            manifest.sessions.push(Session {
                started: now(),
                updates: manifest.updates(),
                system,
            });
        }
        let folder = Self {
            path: path.to_path_buf(),
            manifest,
            _lock: lock,
        };
        folder.manifest.write(path)?;
        folder.remove(&replaced)?;
        folder.clean()?;
        Ok(folder)
    }

    /// Locks the folder of a finished run, to add to its results.
    pub(crate) fn open_finished(path: &Path) -> Result<Self, TrainError> {
        // Read before locking, so that no lock file is created where there is no run. Read again
        // with the lock, because another process may have written in between.
        Manifest::read(path)?;
        let lock = lock(path)?;
        let manifest = Manifest::read(path)?;
        if manifest.status != Status::Finished {
            return Err(TrainError::Unfinished {
                path: path.to_path_buf(),
            });
        }
        Ok(Self {
            path: path.to_path_buf(),
            manifest,
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The last complete state, if there is one.
    pub(crate) fn resume(&self) -> Result<Option<Resumed>, TrainError> {
        let read = |file: &Committed| {
            Snapshot::read(&self.path.join(&file.file), &file.checksum, &file.times)
        };
        let Some(state) = &self.manifest.state else {
            return Ok(None);
        };
        Ok(Some(Resumed {
            state: read(state)?,
            updates: state.updates,
            best: self.manifest.best.as_ref().map(read).transpose()?,
        }))
    }

    /// Saves `state` as the one from which the run can be resumed.
    ///
    /// The manifest is written last: until then, the previous state is the valid one.
    pub(crate) fn commit(
        &mut self,
        state: &TrainerState<'_>,
        updates: usize,
        best: Option<&Snapshot>,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        files::create_folder(&self.path.join(STATES))?;
        let mut manifest = self.manifest.clone();
        let name = unused_name(&manifest.state, &format!("{STATE}{updates:08}"));
        manifest.state = Some(self.write(name, state, updates)?);
        if let Some(best) = best {
            let name = unused_name(&manifest.best, &format!("{BEST}{:05}", progress.best_epoch));
            manifest.best = Some(self.write(name, &best.state(), updates)?);
        }
        manifest.progress = progress.clone();
        self.replace(manifest)?;
        self.clean()
    }

    fn write(
        &self,
        file: String,
        state: &TrainerState<'_>,
        updates: usize,
    ) -> Result<Committed, TrainError> {
        Ok(Committed {
            checksum: state.write(&self.path.join(&file))?,
            file,
            updates,
            times: state.times.clone(),
        })
    }

    /// Records in the manifest how the run ended.
    pub(crate) fn end(&mut self, status: Status) -> Result<(), TrainError> {
        let manifest = self.manifest.clone();
        self.replace(Manifest { status, ..manifest })
    }

    /// Records in the manifest that the results are complete, and removes the states.
    pub(crate) fn finish(&mut self, results: &[PathBuf]) -> Result<(), TrainError> {
        let mut manifest = self.manifest.clone();
        manifest.status = Status::Finished;
        manifest.state = None;
        manifest.best = None;
        for file in results {
            let checksum = files::checksum(&self.path.join(file))?;
            manifest.files.insert(file.display().to_string(), checksum);
        }
        self.replace(manifest)?;
        self.clean()
    }

    pub(crate) fn replace(&mut self, manifest: Manifest) -> Result<(), TrainError> {
        manifest.write(&self.path)?;
        self.manifest = manifest;
        Ok(())
    }

    /// Removes the results of a replaced run, which its manifest lists.
    fn remove(&self, results: &[String]) -> Result<(), TrainError> {
        for file in results {
            // The manifest is not trusted: its paths must not lead out of the folder.
            let is_inside = Path::new(file)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            if !is_inside {
                continue;
            }
            let path = self.path.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(files::io_error(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes states that the manifest does not name, and files that a killed process left
    /// incomplete.
    fn clean(&self) -> Result<(), TrainError> {
        let manifest = &self.manifest;
        let committed: Vec<PathBuf> = [&manifest.state, &manifest.best]
            .into_iter()
            .flatten()
            .map(|state| self.path.join(&state.file))
            .collect();
        let states = self.path.join(STATES);
        for folder in [
            self.path.clone(),
            states.clone(),
            self.path.join("checkpoint"),
        ] {
            for path in files::list(&folder)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let is_state = name.starts_with(STATE) || name.starts_with(BEST);
                let is_old = folder == states && is_state && !committed.contains(&path);
                if is_partial(&name) || is_old {
                    fs::remove_file(&path).map_err(|source| files::io_error(&path, source))?;
                }
            }
        }
        Ok(())
    }
}

/// A name for the file of a new state that differs from the `committed` one's: that file must stay
/// until the manifest is written.
fn unused_name(committed: &Option<Committed>, name: &str) -> String {
    let file = format!("{STATES}/{name}.safetensors");
    match committed {
        Some(committed) if committed.file == file => format!("{STATES}/{name}-again.safetensors"),
        _ => file,
    }
}

fn occupied(path: &Path) -> TrainError {
    TrainError::Occupied {
        path: path.to_path_buf(),
    }
}

/// Whether the folder is empty, except for files that a killed process may have left.
fn is_empty(path: &Path) -> Result<bool, TrainError> {
    let entries = fs::read_dir(path).map_err(|source| files::io_error(path, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| files::io_error(path, source))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name != LOCK && !is_partial(&name) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the file is incomplete because the process that wrote it was killed.
fn is_partial(name: &str) -> bool {
    name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1)
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

fn lock(path: &Path) -> Result<File, TrainError> {
    let path = path.join(LOCK);
    // Never removed: two processes could then lock two files of the same name.
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|source| files::io_error(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(TrainError::Busy { path }),
        Err(TryLockError::Error(source)) => Err(files::io_error(&path, source)),
    }
}

/// The manifest of the existing run, if the requested one has the same settings and data.
fn check_same_run(
    path: &Path,
    existing: Manifest,
    requested: Manifest,
) -> Result<Manifest, TrainError> {
    let check = |what, expected: &str, found: &str| {
        if expected == found {
            return Ok(());
        }
        Err(TrainError::Changed {
            path: path.to_path_buf(),
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        })
    };
    // Computed now instead of read from the manifest: this release may have more settings than the
    // one that wrote it.
    let settings_checksum = checksum(&existing.config);
    check("settings", &settings_checksum, &requested.config_checksum)?;
    check("data", &existing.data.checksum, &requested.data.checksum)?;
    Ok(Manifest {
        // The device, for example, may be another one.
        settings: requested.settings,
        ..existing
    })
}

//! The folder of a run: who may write to it, and what counts as written.

use crate::{
    TrainError,
    run::{
        files,
        manifest::{
            Committed, MANIFEST, Manifest, Opening, RunProgress, Session, Status, checksum, now,
        },
        state::{Snapshot, TrainerState},
        system::System,
    },
};
use std::{
    fs::{self, File, TryLockError},
    io::ErrorKind,
    path::{Component, Path, PathBuf},
};

/// Held by the process that writes to the folder.
const LOCK: &str = "run.lock";
const STATES: &str = "states";
/// How names of files in there begin.
const STATE: &str = "state-";
const BEST: &str = "best-";
/// What [`misa_data::write_whole`] leaves when it is killed.
const PARTIAL: (&str, &str) = (".misa-", ".partial");

/// How to deal with a run that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunStart {
    /// Refuse to touch it.
    #[default]
    New,
    /// Go on with it from its last complete state, if it is the same run; begin where there is
    /// none.
    Resume,
    /// Begin anew in its place.
    Replace,
}

/// A run folder that this process alone writes to.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    pub(crate) manifest: Manifest,
    /// The system takes the lock away when the process ends, however it ends.
    _lock: File,
}

/// What a run goes on from.
#[derive(Debug)]
pub(crate) struct Resumed {
    pub(crate) state: Snapshot,
    pub(crate) updates: usize,
    pub(crate) best: Option<Snapshot>,
}

impl RunFolder {
    /// Takes possession of the folder for the run that `new` describes.
    pub(crate) fn open(
        path: &Path,
        start: RunStart,
        new: Manifest,
        system: System,
    ) -> Result<Self, TrainError> {
        files::create_folder(path)?;
        let lock = lock(path)?;
        let before = match path.join(MANIFEST).exists() {
            true => Some(Manifest::read(path)?),
            false => None,
        };
        let mut replaced = Vec::new();
        let mut manifest = match (before, start) {
            (Some(_), RunStart::New) => return Err(occupied(path)),
            (None, RunStart::New) if !is_empty(path)? => return Err(occupied(path)),
            (Some(before), RunStart::Resume) => same(path, before, new)?,
            (Some(before), RunStart::Replace) => {
                replaced = before.files.into_keys().collect();
                Manifest {
                    openings: seen_before(before.openings),
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

    /// The same for a run that is finished, to add to its results.
    pub(crate) fn finished(path: &Path) -> Result<Self, TrainError> {
        // Asked first, so that no lock is left where there is no run; read again behind the lock,
        // before which another process may have written.
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

    /// What the last state holds, if there is one.
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

    /// Makes this the state that the run would be taken up from.
    ///
    /// The manifest is written last: until then the state before it counts.
    pub(crate) fn commit(
        &mut self,
        state: &TrainerState<'_>,
        updates: usize,
        best: Option<&Snapshot>,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        files::create_folder(&self.path.join(STATES))?;
        let mut manifest = self.manifest.clone();
        let name = free(&manifest.state, &format!("{STATE}{updates:08}"));
        manifest.state = Some(self.write(name, state, updates)?);
        if let Some(best) = best {
            let name = free(&manifest.best, &format!("{BEST}{:05}", progress.best_epoch));
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

    /// Writes down how the run ended, if that can be written.
    pub(crate) fn end(&mut self, status: Status) -> Result<(), TrainError> {
        let manifest = self.manifest.clone();
        self.replace(Manifest { status, ..manifest })
    }

    /// Writes down that the results are complete; states are not needed any more.
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

    /// Removes the results of a run that was replaced, as its manifest named them.
    fn remove(&self, results: &[String]) -> Result<(), TrainError> {
        for file in results {
            let inside = Path::new(file).components();
            let mut inside = inside.map(|part| matches!(part, Component::Normal(_)));
            // A name from a file: it must not lead out of the folder.
            if !inside.all(|is_normal| is_normal) {
                continue;
            }
            let path = self.path.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(files::at(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes states that do not count, and what a killed process left half written.
    fn clean(&self) -> Result<(), TrainError> {
        let manifest = &self.manifest;
        let counts: Vec<PathBuf> = [&manifest.state, &manifest.best]
            .into_iter()
            .flatten()
            .map(|committed| self.path.join(&committed.file))
            .collect();
        let states = self.path.join(STATES);
        for folder in [
            self.path.clone(),
            states.clone(),
            self.path.join("checkpoint"),
        ] {
            for path in files::list(&folder)? {
                let name = path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                let name = name.unwrap_or_default();
                let is_state = name.starts_with(STATE) || name.starts_with(BEST);
                let is_old = folder == states && is_state && !counts.contains(&path);
                if is_partial(&name) || is_old {
                    fs::remove_file(&path).map_err(|source| files::at(&path, source))?;
                }
            }
        }
        Ok(())
    }
}

/// Name of a file for a state that leaves the one that counts alone until the manifest is written.
fn free(counts: &Option<Committed>, name: &str) -> String {
    let file = format!("{STATES}/{name}.safetensors");
    match counts {
        Some(committed) if committed.file == file => format!("{STATES}/{name}-again.safetensors"),
        _ => file,
    }
}

fn occupied(path: &Path) -> TrainError {
    TrainError::Occupied {
        path: path.to_path_buf(),
    }
}

/// Whether the folder holds nothing but what a process leaves that is killed at once.
fn is_empty(path: &Path) -> Result<bool, TrainError> {
    let entries = fs::read_dir(path).map_err(|source| files::at(path, source))?;
    for entry in entries {
        let name = entry.map_err(|source| files::at(path, source))?.file_name();
        let name = name.to_string_lossy();
        if name != LOCK && !is_partial(&name) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a file was being written when a process was killed.
fn is_partial(name: &str) -> bool {
    name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1)
}

/// The looks at the test split of a run that another one replaces: they came before its training.
fn seen_before(openings: Vec<Opening>) -> Vec<Opening> {
    let openings = openings.into_iter();
    openings
        .map(|opening| Opening {
            epochs: 0,
            ..opening
        })
        .collect()
}

fn lock(path: &Path) -> Result<File, TrainError> {
    let path = path.join(LOCK);
    // Never removed: a lock on a file that is gone keeps nobody out.
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let file = file.map_err(|source| files::at(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(TrainError::Busy { path }),
        Err(TryLockError::Error(source)) => Err(files::at(&path, source)),
    }
}

/// The manifest of the run at hand, if that is the one asked for.
fn same(path: &Path, found: Manifest, asked: Manifest) -> Result<Manifest, TrainError> {
    let differs = |what, expected: &str, found: &str| match expected == found {
        true => Ok(()),
        false => Err(TrainError::Changed {
            path: path.to_path_buf(),
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        }),
    };
    // Of the settings as they are read now: a later release may know more of them than the one
    // that wrote the checksum.
    differs("settings", &checksum(&found.config), &asked.config_checksum)?;
    differs("data", &found.data.checksum, &asked.data.checksum)?;
    // Such as the device, which may be another one.
    let settings = asked.settings;
    Ok(Manifest { settings, ..found })
}

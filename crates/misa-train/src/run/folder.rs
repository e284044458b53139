//! The folder of a run: which process may write to it, and which of its files are valid.

use crate::run::beginning::{Beginning, Earlier, is_partial};
use crate::run::files;
use crate::run::lock::{check_free, lock};
use crate::run::manifest::{Committed, KeptEpoch, Manifest, RunProgress, Session, Status, now};
use crate::run::results::remove_stale;
use crate::run::state::{Snapshot, TrainerState};
use crate::run::system::System;
use crate::{RunFiles, RunOptions, ScheduledJob, TrainError};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Prefixes of the names of files in [`RunFiles::STATES`].
const STATE: &str = "state-";
const BEST: &str = "best-";
/// Prefix of the names of files in [`RunFiles::EPOCHS`].
const EPOCH: &str = "epoch-";

/// What to do if the folder already holds a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunStart {
    /// Return an error.
    #[default]
    New,
    /// Continue the run from its last complete state, if its data is the same and its settings are,
    /// except that it may get more epochs. If there is no run, start one.
    Resume,
    /// Replace the run by a new one, which it survives until the new one has saved its first state.
    Replace,
}

/// A run folder that is locked by this process.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    pub(crate) manifest: Manifest,
    /// The run in the folder until this one has saved its first state.
    earlier: Option<Earlier>,
    /// The settings as text, for `run.toml`.
    resolved: Option<String>,
    /// Epochs whose weights are written, but not recorded yet.
    unrecorded: Vec<KeptEpoch>,
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
    /// Checks, without writing anything, that [`RunFolder::open`] would open the folder; returns
    /// the manifest with which the run would begin.
    pub(crate) fn check(
        path: &Path,
        options: &RunOptions,
        new: &Manifest,
    ) -> Result<Manifest, TrainError> {
        check_free(path)?;
        let beginning = Beginning::of(path, options.start, new.clone())?;
        Ok(beginning.manifest)
    }

    /// Locks the folder for the run that `new` describes.
    ///
    /// A run in it that this one replaces or extends stays as it is until the first state is saved.
    pub(crate) fn open(
        path: &Path,
        options: &RunOptions,
        new: Manifest,
        system: System,
    ) -> Result<Self, TrainError> {
        // Before a lock file is created in a folder that is not a run's.
        Beginning::of(path, options.start, new.clone())?;
        files::create_folder(path)?;
        let lock = lock(path)?;
        // Another process may have written in between.
        let Beginning {
            mut manifest,
            earlier,
        } = Beginning::of(path, options.start, new)?;
        if manifest.status != Status::Finished {
            manifest.status = Status::Running;
            manifest.sessions.push(Session {
                started: now(),
                updates: manifest.updates(),
                system,
                job: ScheduledJob::current().into_variables(),
            });
        }
        let folder = Self {
            path: path.to_path_buf(),
            manifest,
            earlier,
            resolved: options.resolved.clone(),
            unrecorded: Vec::new(),
            _lock: lock,
        };
        if folder.earlier.is_none() {
            folder.manifest.write(path)?;
            folder.settle(&[])?;
        }
        Ok(folder)
    }

    /// Checks that BERT's frozen weights are still those of the run, since its states lack them. `frozen` are those
    /// of the model, `state` is what the run continues from.
    ///
    /// # Errors
    ///
    /// [`TrainError::OtherBert`].
    pub(crate) fn check_frozen_bert(
        &self,
        frozen: &TrainerState<'_>,
        state: &Snapshot,
    ) -> Result<(), TrainError> {
        let Some((bert, found)) = self.manifest.config.bert.as_ref().zip(frozen.checksum()) else {
            return Ok(());
        };
        let recorded = self.manifest.frozen_bert.clone();
        // A run of misa 0.1.0 has them in its state.
        match recorded.or_else(|| state.same_tensors(frozen).checksum()) {
            Some(expected) if expected != found => Err(TrainError::OtherBert {
                folder: bert.folder.clone(),
                expected,
                found,
            }),
            _ => Ok(()),
        }
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
            earlier: None,
            resolved: None,
            unrecorded: Vec::new(),
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the folder is still that of a run that this one replaces or extends.
    pub(crate) fn follows_another(&self) -> bool {
        self.earlier.is_some()
    }

    /// The last complete state, if there is one.
    pub(crate) fn resume(&self) -> Result<Option<Resumed>, TrainError> {
        let read = |file: &Committed| {
            let path = self.path.join(&file.file);
            match Snapshot::read(&path, &file.checksum, &file.times) {
                Err(TrainError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                    Err(TrainError::LostState { path })
                }
                read => read,
            }
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

    /// Writes the weights of an epoch, which [`Self::commit`] records with the next state: a run that is
    /// killed before repeats the epoch, and writes the same file again.
    pub(crate) fn keep_epoch(
        &mut self,
        weights: &TrainerState<'_>,
        epoch: usize,
    ) -> Result<(), TrainError> {
        files::create_folder(&self.path.join(RunFiles::EPOCHS))?;
        let file = self.unused_name(RunFiles::EPOCHS, &format!("{EPOCH}{epoch:05}"));
        let checksum = weights.write(&self.path.join(&file))?;
        self.unrecorded.push(KeptEpoch {
            epoch,
            file,
            checksum,
        });
        Ok(())
    }

    /// Saves `state` as the one from which the run can be resumed.
    ///
    /// The manifest is written last: until then, the previous state is the valid one, or the run
    /// that this one follows.
    pub(crate) fn commit(
        &mut self,
        state: &TrainerState<'_>,
        updates: usize,
        best: Option<&Snapshot>,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        files::create_folder(&self.path.join(RunFiles::STATES))?;
        let mut manifest = self.manifest.clone();
        let name = self.unused_name(RunFiles::STATES, &format!("{STATE}{updates:08}"));
        manifest.state = Some(self.write(name, state, updates)?);
        if let Some(best) = best {
            let name = self.unused_name(
                RunFiles::STATES,
                &format!("{BEST}{:05}", progress.best_epoch),
            );
            manifest.best = Some(self.write(name, &best.state(), updates)?);
        }
        manifest.progress = progress.clone();
        manifest.kept.extend(self.unrecorded.iter().cloned());
        self.replace(manifest)?;
        self.unrecorded.clear();
        match self.earlier.take() {
            None => self.clean(),
            Some(Earlier {
                manifest: replaced,
                is_replaced: true,
            }) => self.settle(&Vec::from_iter(replaced.files.into_keys())),
            Some(_) => self.settle(&[]),
        }
    }

    /// Makes the folder that of this run: without results of another one, with its settings.
    fn settle(&self, replaced: &[String]) -> Result<(), TrainError> {
        if self.manifest.status != Status::Finished {
            // A run that gets more epochs keeps its results until there are new ones.
            if self.manifest.files.is_empty() {
                remove_stale(&self.path, replaced.iter(), &BTreeSet::new())?;
            }
            self.write_settings()?;
        }
        self.clean()
    }

    fn write_settings(&self) -> Result<(), TrainError> {
        match &self.resolved {
            Some(text) => Ok(files::write(
                &self.path.join(RunFiles::SETTINGS),
                text.as_bytes(),
            )?),
            None => Ok(()),
        }
    }

    /// A name for a new file in `folder` that no file of a manifest has: such a file is still needed, and
    /// must stay until the manifest is written.
    fn unused_name(&self, folder: &str, name: &str) -> String {
        let earlier = self.earlier.as_ref().map(|earlier| &earlier.manifest);
        let manifests = [Some(&self.manifest), earlier];
        let manifests = manifests.into_iter().flatten();
        let taken: Vec<&str> = manifests.flat_map(saved).collect();
        let mut file = format!("{folder}/{name}.safetensors");
        let mut stem = name.to_string();
        while taken.contains(&file.as_str()) {
            stem.push_str("-again");
            file = format!("{folder}/{stem}.safetensors");
        }
        file
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

    /// Records in the manifest how the run ended. A run that has saved nothing leaves the one in the
    /// folder as it was.
    pub(crate) fn end(&mut self, status: Status) -> Result<(), TrainError> {
        if self.earlier.is_some() {
            return Ok(());
        }
        let manifest = self.manifest.clone();
        self.replace(Manifest { status, ..manifest })
    }

    /// Records in the manifest that the results are complete, and removes older results. The states
    /// are removed too, unless the run is to keep them for more epochs.
    pub(crate) fn finish(
        &mut self,
        results: &[PathBuf],
        keep_state: bool,
    ) -> Result<(), TrainError> {
        let mut manifest = self.manifest.clone();
        manifest.status = Status::Finished;
        if !keep_state {
            manifest.state = None;
            manifest.best = None;
        }
        let older = std::mem::take(&mut manifest.files);
        for file in results {
            let checksum = files::checksum(&self.path.join(file))?;
            manifest.files.insert(file.display().to_string(), checksum);
        }
        let kept: BTreeSet<String> = manifest.files.keys().cloned().collect();
        self.replace(manifest)?;
        remove_stale(&self.path, older.keys(), &kept)?;
        self.clean()
    }

    pub(crate) fn replace(&mut self, manifest: Manifest) -> Result<(), TrainError> {
        manifest.write(&self.path)?;
        self.manifest = manifest;
        Ok(())
    }

    /// Removes states and epochs that the manifest does not name, and files that a killed process left
    /// incomplete.
    fn clean(&self) -> Result<(), TrainError> {
        let needed: Vec<PathBuf> = saved(&self.manifest)
            .map(|file| self.path.join(file))
            .collect();
        let folders: [(&str, &[&str]); 4] = [
            ("", &[]),
            (RunFiles::STATES, &[STATE, BEST]),
            (RunFiles::EPOCHS, &[EPOCH]),
            (RunFiles::CHECKPOINT, &[]),
        ];
        for (folder, prefixes) in folders {
            for path in files::list(&self.path.join(folder))? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let is_saved = prefixes.iter().any(|prefix| name.starts_with(prefix));
                if is_partial(&name) || (is_saved && !needed.contains(&path)) {
                    fs::remove_file(&path).map_err(|source| files::io_error(&path, source))?;
                }
            }
        }
        Ok(())
    }
}

/// The files of states and epochs that a manifest names.
fn saved(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let states = [&manifest.state, &manifest.best].into_iter().flatten();
    let states = states.map(|state| state.file.as_str());
    states.chain(manifest.kept.iter().map(|kept| kept.file.as_str()))
}

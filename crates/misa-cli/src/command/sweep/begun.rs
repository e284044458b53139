//! The settings of the runs of a sweep, which may have begun with some that a new one is refused for by now.

use super::{Arguments, Sweep};
use crate::command::Setting;
use crate::settings::{Resolved, RunSettings};
use crate::sweep::Cell;
use misa_core::{ConfigError, Task};
use misa_train::{Corpus, Manifest, TrainError};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

impl Arguments {
    /// Checks the settings of every run of `sweep`. Returns the task of the first one, and what is said of the settings
    /// without effect that runs of it have begun with, see [`misa_train::TrainingConfig::validate_recorded`]; prints a
    /// note on each of these.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used, or that has no effect and that no run has begun with.
    pub(super) fn check(&self, sweep: &Sweep) -> Result<(Task, BTreeSet<String>), Box<dyn Error>> {
        let mut task = None;
        let mut all_unread: Vec<ConfigError> = Vec::new();
        for cell in &sweep.cells {
            let (settings, unread) = sweep.resolve_with_unread(cell, &self.file)?;
            task.get_or_insert(settings.value.training.loss.task);
            for error in unread {
                if !all_unread.contains(&error) {
                    all_unread.push(error);
                }
            }
        }
        let mut begun_with = BTreeSet::new();
        if !all_unread.is_empty() {
            begun_with = self.begun_with(&sweep.cells);
        }
        for error in all_unread {
            let message = error.to_string();
            if !begun_with.contains(&message) {
                return Err(TrainError::from(error).into());
            }
            // Once, however many processes there are.
            if self.worker.is_none() {
                eprintln!(
                    "note: the sweep goes on with a setting without effect, which no new one may have: {message}"
                );
            }
        }
        Ok((task.unwrap_or_default(), begun_with))
    }

    /// What is said of the settings without effect of the runs that have begun: those of the file, or, where a journal
    /// chooses the settings, all in the folder.
    fn begun_with(&self, cells: &[Cell]) -> BTreeSet<String> {
        let folders: Vec<PathBuf> = if self.ask.is_some() {
            let entries = fs::read_dir(&self.out).into_iter().flatten();
            entries.flatten().map(|entry| entry.path()).collect()
        } else {
            let names = cells.iter().map(|cell| &cell.name);
            names.map(|name| self.out.join(name)).collect()
        };
        let manifests = folders
            .iter()
            .filter_map(|folder| Manifest::read(folder).ok());
        let begun = manifests.filter(Manifest::is_worth_keeping);
        let unread = begun.filter_map(|manifest| manifest.config.validate_recorded().ok());
        unread.flatten().map(|error| error.to_string()).collect()
    }
}

impl Sweep {
    /// The settings of a run, which may have what runs of this sweep have begun with.
    pub(super) fn resolve(
        &self,
        cell: &Cell,
        file: &Path,
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let (settings, unread) = self.resolve_with_unread(cell, file)?;
        let is_new = |error: &ConfigError| !self.begun_with.contains(&error.to_string());
        match unread.into_iter().find(is_new) {
            Some(error) => Err(TrainError::from(error).into()),
            None => Ok(settings),
        }
    }

    /// The corpus of the runs where nothing names it, and their data might be of another.
    pub(super) fn unnamed_corpus(&self, file: &Path) -> Result<Option<Corpus>, Box<dyn Error>> {
        let first = self.cells.first();
        let first = first.map(|cell| self.resolve(cell, file)).transpose()?;
        let is_unnamed = |settings: &Resolved<RunSettings>| {
            !settings.is_set("corpus") && settings.value.data.path.is_some()
        };
        let unnamed = first.filter(is_unnamed);
        Ok(unnamed.map(|settings| settings.value.corpus))
    }

    fn resolve_with_unread(
        &self,
        cell: &Cell,
        file: &Path,
    ) -> Result<(Resolved<RunSettings>, Vec<ConfigError>), Box<dyn Error>> {
        let origin = file.display().to_string();
        let settings = cell.settings.iter().map(|(key, value)| Setting {
            key: key.clone(),
            value: value.clone(),
            origin: origin.clone(),
        });
        (self.settings).resolve_with_unread(&settings.collect::<Vec<_>>())
    }
}

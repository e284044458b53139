//! The recorded settings of a run that is resumed.

use super::{Arguments, AskedSeed, Job};
use crate::command::settings::RecordedSettings;
use crate::place::lead_from_here;
use crate::settings_of;
use misa_train::{Manifest, TrainError};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// A run that cannot be resumed as asked.
#[derive(Debug, Error)]
pub(crate) enum ResumeError {
    /// Nothing says what to train.
    #[error(
        "{folder}: holds no run to resume, expected one, or settings to start one with",
        folder = folder.display()
    )]
    NoRun {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder has the runs of several seeds.
    #[error(
        "{folder}: holds runs of several seeds, expected --seeds {seeds}, or one of its folders",
        folder = folder.display()
    )]
    Seeds {
        /// The folder.
        folder: PathBuf,
        /// Their seeds.
        seeds: String,
    },
    /// The seed is not that of the run.
    #[error(
        "{folder}: {option} asks for seed {asked}, but the run has seed {recorded}: expected that \
         seed, or another folder",
        folder = folder.display()
    )]
    Seed {
        /// The folder.
        folder: PathBuf,
        /// The option that asks.
        option: &'static str,
        /// The seed asked for.
        asked: u64,
        /// That of the run.
        recorded: u64,
    },
}

impl Arguments {
    /// The settings of the run in the folder of the job, or, if the folder has no run, of the run of
    /// another seed beside it; `None` if there is neither.
    pub(super) fn recorded(&self, job: &Job) -> Result<Option<RecordedSettings>, Box<dyn Error>> {
        let folder = job.folder.as_path();
        if let Some(manifest) = manifest(folder)? {
            job.check_seed(manifest.config.seed)?;
            return self.settings_in(folder, &manifest);
        }
        let siblings = siblings(&self.out)?;
        if self.seeds.is_some() {
            for (_, sibling) in siblings {
                if let Some(manifest) = manifest(&sibling)? {
                    return self.settings_in(&sibling, &manifest);
                }
            }
        } else if !siblings.is_empty() {
            let seeds: Vec<String> = siblings.iter().map(|(seed, _)| seed.to_string()).collect();
            return Err(ResumeError::Seeds {
                folder: folder.to_path_buf(),
                seeds: seeds.join(","),
            }
            .into());
        }
        if self.settings.says_what() {
            return Ok(None);
        }
        let folder = folder.to_path_buf();
        Err(ResumeError::NoRun { folder }.into())
    }

    /// A run of another program continues with the settings given here.
    fn settings_in(
        &self,
        folder: &Path,
        manifest: &Manifest,
    ) -> Result<Option<RecordedSettings>, Box<dyn Error>> {
        let origin = folder.display().to_string();
        match settings_of(folder, manifest) {
            Ok(mut settings) => {
                lead_from_here(&mut settings, folder, manifest);
                Ok(Some(RecordedSettings { settings, origin }))
            }
            Err(_) if self.settings.says_what() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Job {
    fn check_seed(&self, recorded: u64) -> Result<(), ResumeError> {
        match self.seed {
            Some(AskedSeed { option, seed }) if seed != recorded => Err(ResumeError::Seed {
                folder: self.folder.clone(),
                option,
                asked: seed,
                recorded,
            }),
            _ => Ok(()),
        }
    }
}

/// The manifest of the folder; nothing if it holds no run.
fn manifest(folder: &Path) -> Result<Option<Manifest>, TrainError> {
    match Manifest::read(folder) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(TrainError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folders of seeds in `out`, in the order of the seeds.
fn siblings(out: &Path) -> Result<Vec<(u64, PathBuf)>, TrainError> {
    let io_error = |source| TrainError::Io {
        path: out.to_path_buf(),
        source,
    };
    let entries = match fs::read_dir(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io_error)?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io_error)?;
        let name = entry.file_name();
        let seed = name.to_str().and_then(|name| name.strip_prefix("seed-"));
        if let Some(Ok(seed)) = seed.map(str::parse::<u64>) {
            folders.push((seed, entry.path()));
        }
    }
    folders.sort();
    Ok(folders)
}

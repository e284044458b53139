//! What a run that goes on was told when it began.

use super::{Arguments, GivenSeed};
use crate::{command::settings::Known, settings_of};
use misa_train::{Manifest, TrainError};
use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// A run that cannot go on as asked.
#[derive(Debug, Error)]
pub(super) enum ResumeError {
    /// Nothing says what to train.
    #[error(
        "{folder}: holds no run to resume, expected one, or settings to begin it with",
        folder = folder.display()
    )]
    NoRun {
        /// The folder.
        folder: PathBuf,
    },
    /// The seed is not that of the run.
    #[error(
        "{folder}: {option} asks for seed {asked}, the run has {found}: expected the same, or another folder",
        folder = folder.display()
    )]
    Seed {
        /// The folder.
        folder: PathBuf,
        /// Who asks.
        option: &'static str,
        /// The seed asked for.
        asked: u64,
        /// That of the run.
        found: u64,
    },
}

impl Arguments {
    /// The settings of the run in `folder`, or where it holds none, of another seed beside it;
    /// nothing where the run is to begin with what is given.
    pub(super) fn known(
        &self,
        folder: &Path,
        seed: Option<GivenSeed>,
    ) -> Result<Option<Known>, Box<dyn Error>> {
        if let Some(manifest) = manifest(folder)? {
            let found = manifest.config.seed;
            if let Some((option, asked)) = seed.filter(|(_, asked)| *asked != found) {
                let folder = folder.to_path_buf();
                return Err(ResumeError::Seed {
                    folder,
                    option,
                    asked,
                    found,
                }
                .into());
            }
            return self.settings_in(folder, &manifest);
        }
        if self.seeds.is_some() {
            for sibling in siblings(&self.out)? {
                if let Some(manifest) = manifest(&sibling)? {
                    return self.settings_in(&sibling, &manifest);
                }
            }
        }
        match self.settings.says_what() {
            true => Ok(None),
            false => Err(ResumeError::NoRun {
                folder: folder.to_path_buf(),
            }
            .into()),
        }
    }

    /// Another program's run may go on with settings that are given.
    fn settings_in(
        &self,
        folder: &Path,
        manifest: &Manifest,
    ) -> Result<Option<Known>, Box<dyn Error>> {
        let origin = folder.display().to_string();
        match settings_of(folder, manifest) {
            Ok(settings) => Ok(Some(Known { settings, origin })),
            Err(_) if self.settings.says_what() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What the folder says of itself; nothing where it holds no run.
fn manifest(folder: &Path) -> Result<Option<Manifest>, TrainError> {
    match Manifest::read(folder) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(TrainError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folders of seeds in `out`, in the order of the seeds.
fn siblings(out: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let at = |source| TrainError::Io {
        path: out.to_path_buf(),
        source,
    };
    let entries = match fs::read_dir(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(at)?;
        let name = entry.file_name();
        let seed = name.to_str().and_then(|name| name.strip_prefix("seed-"));
        if let Some(Ok(seed)) = seed.map(str::parse::<u64>) {
            found.push((seed, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

//! Whether the files of a run folder are as its manifest records.

use crate::run::{files, results};
use crate::{Manifest, Session, Status, TrainError};
use misa_infer::{FileState, VerifiedFile};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Result of checking a run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether the run is finished.
    pub status: Status,
    /// Every file that the manifest names, and every other one with the name of a result.
    pub files: Vec<VerifiedFile>,
    /// Remarks such as that the run is not finished; a remark does not mean damage.
    pub notes: Vec<String>,
}

impl Verification {
    /// Reads every file that the manifest of the folder names, and looks for results of other runs.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the manifest or a file cannot be read.
    pub fn of(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        let folder = folder.as_ref();
        let manifest = Manifest::read(folder)?;
        let mut notes = notes(&manifest);
        let mut files = Vec::new();
        for (path, expected) in manifest.expected_files() {
            let file = folder.join(&path);
            let is_needed =
                manifest.status != Status::Finished || manifest.files.contains_key(&path);
            let state = if !file.is_file() && !is_needed {
                let loss = match manifest.kept.iter().find(|kept| kept.file == path) {
                    Some(kept) => format!("epoch {} cannot be scored", kept.epoch),
                    None => "the run cannot be given more epochs".to_string(),
                };
                notes.push(format!("{path} was deleted: {loss}"));
                continue;
            } else if !file.is_file() {
                FileState::Missing
            } else if files::checksum(&file)? == expected {
                FileState::Whole
            } else {
                FileState::Changed
            };
            files.push(VerifiedFile { path, state });
        }
        files.extend(unrecorded(folder, &manifest)?);
        Ok(Self {
            notes,
            status: manifest.status,
            files,
        })
    }

    /// Whether every file is there and unchanged, and no result of another run.
    pub fn is_whole(&self) -> bool {
        self.files.iter().all(|file| file.state == FileState::Whole)
    }
}

/// Results in the folder that the manifest does not name. The files that end a run are written before
/// the manifest names them.
fn unrecorded(folder: &Path, manifest: &Manifest) -> Result<Vec<VerifiedFile>, TrainError> {
    let found = if manifest.status == Status::Finished {
        results::all(folder)?
    } else {
        results::pages(folder)?
    };
    let mut files: Vec<VerifiedFile> = found
        .into_iter()
        .filter(|path| !manifest.files.contains_key(path))
        .map(|path| VerifiedFile {
            path,
            state: FileState::Unrecorded,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn notes(manifest: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    match &manifest.status {
        Status::Finished => {}
        Status::Running => {
            notes.push("not finished: running, or killed; a killed run can be resumed".to_string())
        }
        Status::Stopped => notes.push("stopped on request; can be resumed".to_string()),
        Status::Failed { message } => notes.push(format!("failed: {message}")),
    }
    let mut versions: Vec<String> = manifest
        .sessions
        .iter()
        .map(|Session { system, .. }| format!("misa {} with burn {}", system.misa, system.burn))
        .collect();
    versions.dedup();
    if versions.len() > 1 {
        notes.push(format!("trained by {}", versions.join(", then ")));
    }
    match manifest.test_openings() {
        0 | 1 => {}
        times => notes.push(format!("the test split was opened {times} times")),
    }
    if manifest.trained_after_opening() {
        notes.push("trained after the test split was opened".to_string());
    }
    notes
}

//! Whether the files of a run folder are as its manifest records.

use crate::run::files;
use crate::{Manifest, Session, Status, TrainError};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Result of checking a run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether the run is finished.
    pub status: Status,
    /// Every file that the manifest names.
    pub files: Vec<VerifiedFile>,
    /// Remarks such as that the run is not finished; a remark does not mean damage.
    pub notes: Vec<String>,
}

/// One file of a run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Path in the run folder.
    pub path: String,
    /// How it compares with its checksum.
    pub state: FileState,
}

/// How a file compares with its checksum in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Unchanged.
    Whole,
    /// Does not exist.
    Missing,
    /// Changed.
    Changed,
}

impl Verification {
    /// Reads every file that the manifest of the folder names.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the manifest or a file cannot be read.
    pub fn of(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        let folder = folder.as_ref();
        let manifest = Manifest::read(folder)?;
        let mut files = Vec::new();
        for (path, expected) in manifest.expected_files() {
            let file = folder.join(&path);
            let state = if !file.is_file() {
                FileState::Missing
            } else if files::checksum(&file)? == expected {
                FileState::Whole
            } else {
                FileState::Changed
            };
            files.push(VerifiedFile { path, state });
        }
        Ok(Self {
            notes: notes(&manifest),
            status: manifest.status,
            files,
        })
    }

    /// Whether every file is there and unchanged.
    pub fn is_whole(&self) -> bool {
        self.files.iter().all(|file| file.state == FileState::Whole)
    }
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

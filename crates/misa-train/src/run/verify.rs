//! Whether a run folder is what its manifest says.

use crate::{Manifest, Status, TrainError, run::files};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a look at a run folder found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// How far the run is.
    pub status: Status,
    /// Every file that counts.
    pub files: Vec<VerifiedFile>,
    /// What is wrong, or worth knowing, in words; nothing of it is damage by itself.
    pub notes: Vec<String>,
}

/// One file of a run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Path in the run folder.
    pub path: String,
    /// What it is.
    pub state: FileState,
}

/// How a file compares with what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The same, bit for bit.
    Whole,
    /// Not there.
    Missing,
    /// Another.
    Changed,
}

impl Verification {
    /// Reads every file that the manifest of the folder names.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if there is no manifest that can be read, or a file cannot be.
    pub fn of(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        let folder = folder.as_ref();
        let manifest = Manifest::read(folder)?;
        let mut files = Vec::new();
        for (path, expected) in manifest.expected() {
            let place = folder.join(&path);
            let state = match place.is_file() {
                false => FileState::Missing,
                true if files::checksum(&place)? == expected => FileState::Whole,
                true => FileState::Changed,
            };
            files.push(VerifiedFile { path, state });
        }
        Ok(Self {
            notes: notes(&manifest),
            status: manifest.status,
            files,
        })
    }

    /// Whether every file is the one that was written.
    pub fn is_whole(&self) -> bool {
        let mut states = self.files.iter().map(|file| file.state);
        states.all(|state| state == FileState::Whole)
    }
}

fn notes(manifest: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    match &manifest.status {
        Status::Finished => {}
        Status::Running => {
            notes.push("not finished: at work, or killed; can be resumed".to_string())
        }
        Status::Stopped => notes.push("stopped on request; can be resumed".to_string()),
        Status::Failed { message } => notes.push(format!("failed: {message}")),
    }
    let versions = manifest.sessions.iter().map(|session| &session.system);
    let mut versions: Vec<String> = versions
        .map(|system| format!("misa {} with burn {}", system.misa, system.burn))
        .collect();
    versions.dedup();
    if versions.len() > 1 {
        notes.push(format!("trained by {}", versions.join(", then ")));
    }
    match manifest.test_openings() {
        0 | 1 => {}
        times => notes.push(format!("the test split was looked at {times} times")),
    }
    if manifest.trained_after_opening() {
        notes.push("trained after the test split was looked at".to_string());
    }
    notes
}

//! The names of the files in the folder of a run.

use crate::{Checkpoint, Manifest, Predictions};
use misa_data::Split;
use std::path::Path;

/// The names of what is written into the folder of a run.
#[derive(Debug)]
pub enum RunFiles {}

impl RunFiles {
    /// The authoritative record of the run.
    pub const MANIFEST: &str = Manifest::FILE;
    /// Locked while a process uses the folder.
    pub const LOCK: &str = "run.lock";
    /// The settings in readable form, written when the run starts.
    pub const SETTINGS: &str = "run.toml";
    /// Losses, scores and learning rate, line by line.
    pub const METRICS: &str = "metrics.jsonl";
    /// Scores, curves and provenance, for people.
    pub const REPORT: &str = "report.md";
    /// The same for programs.
    pub const REPORT_JSON: &str = "report.json";
    /// The page of the run, which is written anew when it is asked for.
    pub const PAGE: &str = "report.html";
    /// Folder of the page's figures.
    pub const FIGURES: &str = "figures";
    /// Folder of the best model.
    pub const CHECKPOINT: &str = Checkpoint::FOLDER;
    /// Folder of the last state, and of the best model so far.
    pub const STATES: &str = "states";
    /// Folder of the weights of the epochs that a run keeps.
    pub const EPOCHS: &str = "epochs";
    /// Folder of the events for TensorBoard.
    pub const EVENTS: &str = "tensorboard";
    /// The files that training and scoring write, besides [predictions](Self::predictions).
    pub const FILES: [&str; 6] = [
        Self::MANIFEST,
        Self::LOCK,
        Self::SETTINGS,
        Self::METRICS,
        Self::REPORT,
        Self::REPORT_JSON,
    ];
    /// The folders that training writes.
    pub const FOLDERS: [&str; 4] = [Self::CHECKPOINT, Self::STATES, Self::EPOCHS, Self::EVENTS];

    /// The table of the predictions of a split.
    pub fn predictions(split: Split) -> String {
        let name = Predictions::path(Path::new(""), split);
        name.display().to_string()
    }

    /// Whether training or scoring writes a file of this name; what is in folders has other names.
    pub fn is_file(name: &str) -> bool {
        let mut splits = Split::ALL.into_iter();
        Self::FILES.contains(&name) || splits.any(|split| Self::predictions(split) == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_of_every_split_are_files_of_a_run() {
        assert_eq!(RunFiles::predictions(Split::Test), "predictions-test.csv");
        for name in ["predictions-valid.csv", "manifest.json", "run.lock"] {
            assert!(RunFiles::is_file(name), "{name}");
        }
        for name in ["predictions-mine.csv", "report.html", "states"] {
            assert!(!RunFiles::is_file(name), "{name}");
        }
    }
}

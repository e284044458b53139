//! What can be wrong with a journal, or with what is to be written to it.

use super::study::{Direction, StudyId};
use super::trial::{TrialId, TrialState};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A journal that cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A line that is complete and that Optuna cannot read either.
    #[error("{}:{line}: found {found}, expected {expected}, remove or mend this line", path.display())]
    Line {
        /// The journal.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A journal, or what is to be added to it, above what is read.
    #[error("{}: found {bytes} bytes, expected at most {limit}, begin another journal", path.display())]
    TooLarge {
        /// The journal.
        path: PathBuf,
        /// Of the file, or of the line.
        bytes: u64,
        /// What is read.
        limit: u64,
    },
    /// A journal that has become shorter than what was read of it.
    #[error("{}: found {bytes} bytes, expected the {read} that were read before, open it anew", path.display())]
    Shorter {
        /// The journal.
        path: PathBuf,
        /// Of the file.
        bytes: u64,
        /// Of what was read.
        read: u64,
    },
    /// The system refuses something.
    #[error("{}: cannot {action}", path.display())]
    System {
        /// The journal or its lock.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Others hold the lock all the time.
    #[error("{}: found it locked for {seconds} s, expected a few ms, look for who holds it", path.display())]
    Locked {
        /// The lock.
        path: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Another program has broken the lock, because this one slept for too long, and lines are not in the file or not
    /// what they were meant to be.
    #[error(
        "{}: found {found} of {written} lines while another program broke the lock, expected all, write them again",
        path.display()
    )]
    Lost {
        /// The journal.
        path: PathBuf,
        /// How many are there.
        found: usize,
        /// How many were written.
        written: usize,
    },
    /// A study that is there with other directions, or is to have none.
    #[error(
        "{}: found the study `{name}` with the directions {found:?}, expected {expected:?} and at least one, \
         change its name or these",
        path.display()
    )]
    Directions {
        /// The journal.
        path: PathBuf,
        /// The study's name.
        name: String,
        /// Its directions.
        found: Vec<Direction>,
        /// The directions that were asked for.
        expected: Vec<Direction>,
    },
    /// A study that is not there.
    #[error("{}: found no study {study}, expected one that is not deleted, create it", path.display())]
    NoStudy {
        /// The journal.
        path: PathBuf,
        /// Which.
        study: StudyId,
    },
    /// A trial that is not there.
    #[error("{}: found no trial {trial}, expected one of the journal, create it", path.display())]
    NoTrial {
        /// The journal.
        path: PathBuf,
        /// Which.
        trial: TrialId,
    },
    /// A trial that no longer changes.
    #[error("{}: found trial {trial} {state}, expected it unfinished, create another trial", path.display())]
    Finished {
        /// The journal.
        path: PathBuf,
        /// Which.
        trial: TrialId,
        /// What it is.
        state: TrialState,
    },
    /// Other values than a complete trial has.
    #[error("{}: found the values {found:?} of trial {trial}, expected {expected} and none NaN, fail it instead", path.display())]
    Values {
        /// The journal.
        path: PathBuf,
        /// Which.
        trial: TrialId,
        /// The values.
        found: Vec<f64>,
        /// How many the study has.
        expected: usize,
    },
    /// A parameter that other trials of the study have from an incompatible distribution.
    #[error(
        "{}: found `{name}` with another kind, `log` or choices in this study, expected these to be equal, \
         begin another study",
        path.display()
    )]
    Incompatible {
        /// The journal.
        path: PathBuf,
        /// The parameter's name.
        name: String,
    },
}

impl JournalError {
    /// How to say what the system refused.
    pub(super) fn system(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::System {
            path,
            action,
            source,
        }
    }
}

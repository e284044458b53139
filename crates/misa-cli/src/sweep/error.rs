//! What is no sweep.

use std::{io, path::PathBuf};
use thiserror::Error;

/// More runs than anyone starts on purpose.
pub(super) const MOST: usize = 100_000;
/// Far more than anyone writes by hand.
pub(super) const LARGEST: u64 = 1 << 20;

/// A sweep that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The file is larger than sweeps are.
    #[error("{path}: {bytes} bytes, expected at most {LARGEST}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is no sweep.
    #[error("{path}: {message}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, with the line.
        message: String,
    },
    /// A range that holds nothing.
    #[error("{path}: `{key}`: {message}", path = path.display())]
    Range {
        /// The file.
        path: PathBuf,
        /// The setting.
        key: String,
        /// What is wrong.
        message: &'static str,
    },
    /// More runs than can be meant.
    #[error("{path}: {runs} runs, expected 1 to {MOST}", path = path.display())]
    Runs {
        /// The file.
        path: PathBuf,
        /// Number of runs.
        runs: u128,
    },
    /// Two runs are the same.
    #[error("{path}: run `{name}` is there twice, expected different settings", path = path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// Its name.
        name: String,
    },
    /// A setting that two parts of the file set.
    #[error(
        "{path}: `{key}` is set by {first} and by {second}, expected one of them",
        path = path.display(), first = .sources[0], second = .sources[1]
    )]
    Sources {
        /// The file.
        path: PathBuf,
        /// The setting.
        key: String,
        /// Both parts.
        sources: [&'static str; 2],
    },
    /// More random draws than different settings.
    #[error(
        "{path}: `random.count` is {count}, expected at most {settings}, {why}",
        path = path.display(), why = why(*.attempts)
    )]
    Draws {
        /// The file.
        path: PathBuf,
        /// Draws asked for.
        count: usize,
        /// Different settings that there are, or that were found.
        settings: u128,
        /// Attempts at one more; 0 if there is none.
        attempts: u64,
    },
    /// A path that settings, which are text, cannot hold.
    #[error(
        "{path}: {data} is no UTF-8, expected a path that settings can hold",
        path = path.display(), data = data.display()
    )]
    Text {
        /// The file.
        path: PathBuf,
        /// The path of the data.
        data: PathBuf,
    },
}

fn why(attempts: u64) -> String {
    match attempts {
        0 => "the settings that there are".to_string(),
        _ => {
            format!("as many different settings were found in {attempts} attempts at the next one")
        }
    }
}

//! Errors in sweep files.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// More runs than anyone would start on purpose.
pub(super) const MOST: usize = 100_000;
/// Bytes of a sweep file; far more than anyone writes by hand.
pub(super) const LARGEST: u64 = 1 << 20;

/// A sweep file that cannot be used.
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
    /// The file is too large.
    #[error("{path}: {bytes} bytes, expected at most {LARGEST}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is not a valid sweep.
    #[error("{path}: {message}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, with the line.
        message: String,
    },
    /// A range without values.
    #[error("{path}: `{key}`: {message}", path = path.display())]
    Range {
        /// The file.
        path: PathBuf,
        /// The setting.
        key: String,
        /// What is wrong.
        message: &'static str,
    },
    /// No runs, or too many.
    #[error("{path}: {runs} runs, expected 1 to {MOST}", path = path.display())]
    Runs {
        /// The file.
        path: PathBuf,
        /// Number of runs.
        runs: u128,
    },
    /// Two runs with the same settings.
    #[error("{path}: run `{name}` occurs twice, expected different settings", path = path.display())]
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
        /// The number of different settings, or of those that were drawn.
        settings: u128,
        /// Attempts at one more; 0 if there are no more.
        attempts: u64,
    },
    /// A path that settings, which are text, cannot hold.
    #[error(
        "{path}: {data} is not valid UTF-8, expected a path that settings can hold",
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
    if attempts == 0 {
        return "the number of different settings".to_string();
    }
    format!("no other settings were drawn in {attempts} attempts")
}

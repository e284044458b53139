//! What can be wrong with an event file.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// An event file that cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EventError {
    /// A record that is wrong and not the last one.
    #[error(
        "{}: byte {offset}: found {found}, expected {expected}, remove the file or what begins there",
        path.display()
    )]
    Record {
        /// The file.
        path: PathBuf,
        /// Where the record begins.
        offset: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// The system refuses something.
    #[error("{}: cannot {action}", path.display())]
    System {
        /// The file or its folder.
        path: PathBuf,
        /// What was to be done.
        action: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl EventError {
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

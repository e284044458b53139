//! What keeps a recording from becoming utterances.

use super::SpokenError;
use crate::RecordingError;
use thiserror::Error;

/// What keeps a recording from becoming utterances.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AssembleError {
    /// A file is at fault.
    #[error(transparent)]
    File(#[from] RecordingError),
    /// The words of a segment cannot be used.
    #[error("segment {id:?}: {source}")]
    Spoken {
        /// The segment.
        id: String,
        /// What is wrong.
        #[source]
        source: SpokenError,
    },
}

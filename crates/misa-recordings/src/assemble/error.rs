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
    /// Steps are words, and there are none.
    #[error(
        "{id:?}: expected words, as the steps of the model are words, found none; give --words with a file or a sentence"
    )]
    NoWords {
        /// The recording.
        id: String,
    },
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

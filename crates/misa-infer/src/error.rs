//! What can be wrong with a model's folder, or with utterances for a model.
//!
//! Every message reads "where: what, expected, found".

use crate::{ClipError, FrameError};
use misa_core::WeightsError;
use misa_terms::{Clip, ConfigError, Modality, RecipeMisfit, UtteranceError};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a model cannot be loaded, saved or used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InferError {
    /// A setting of the model outside its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Frames that cannot go missing.
    #[error(transparent)]
    Frames(#[from] FrameError),
    /// Features that were made in another way than those that the model was trained on.
    #[error("{modality}: {source}")]
    Recipe {
        /// The modality.
        modality: Modality,
        /// What differs.
        #[source]
        source: RecipeMisfit,
    },
    /// The path does not exist.
    #[error("{path}: no such file or folder", path = path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file is not JSON of the expected form.
    #[error("{path}: {source}", path = path.display())]
    Json {
        /// File.
        path: PathBuf,
        /// Cause, of a private type.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file that a newer version wrote.
    #[error(
        "{path}: written by a newer misa (version {found} of this file); this is misa {program}, \
         which reads up to version {newest}",
        path = path.display(), program = env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The newest version that this program reads.
        newest: u32,
    },
    /// An unknown key in a file of a known version.
    #[error("{path}: unknown key `{key}`", path = path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The path of the key, such as `sizes.text`.
        key: String,
    },
    /// A file is not a table of predictions.
    #[error("{path}: {source}", path = path.display())]
    Csv {
        /// File.
        path: PathBuf,
        /// Cause, of a private type.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights of a checkpoint cannot be used.
    #[error("{path}: {source}", path = path.display())]
    Weights {
        /// File.
        path: PathBuf,
        /// Cause.
        source: WeightsError,
    },
    /// The vocabulary of a checkpoint has another size than its model's.
    #[error("{path}: {found} words, expected {expected}", path = path.display())]
    Vocabulary {
        /// File.
        path: PathBuf,
        /// Words of the model.
        expected: usize,
        /// Words of the file.
        found: usize,
    },
    /// A tokeniser that is not valid, or does not fit its BERT.
    #[error("{place}: expected {expected}, found {found}")]
    Layout {
        /// File or setting.
        place: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// An utterance that a model's BERT cannot read.
    #[error("{place}: utterance {id:?}: {source}")]
    Utterance {
        /// File or split.
        place: String,
        /// Name of the utterance.
        id: String,
        /// The fault.
        #[source]
        source: UtteranceError,
    },
    /// An utterance does not have the features a model was trained on.
    #[error("utterance `{id}`: {modality} has {found}, the model expects {expected}")]
    Features {
        /// The utterance.
        id: String,
        /// The modality that differs.
        modality: Modality,
        /// Features that the model expects.
        expected: String,
        /// Features of the utterance.
        found: String,
    },
    /// A clip that a model cannot read.
    #[error("clip {place}{}: {source}", named(id))]
    Clip {
        /// Its place among the clips, from 0.
        place: usize,
        /// Its name; may be empty.
        id: String,
        /// The fault.
        #[source]
        source: ClipError,
    },
    /// A model with BERT, in a program without its tokeniser.
    #[error(
        "{path}: words are read with BERT, and this program was built without it: build it with `--features bert`",
        path = path.display()
    )]
    NoTokeniser {
        /// Folder of the model or of the BERT.
        path: PathBuf,
    },
}

/// The name of a clip that has one.
fn named(id: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        format!(" ({id:?})")
    }
}

impl InferError {
    pub(crate) fn clip(place: usize, clip: &Clip, source: ClipError) -> Self {
        Self::Clip {
            place,
            id: clip.id.clone(),
            source,
        }
    }

    pub(crate) fn layout(
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Layout {
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }

    #[cfg(feature = "bert")]
    pub(crate) fn missing_or_io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        |source| match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::Io { path, source },
        }
    }
}

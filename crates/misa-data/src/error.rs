//! Errors of data sets.
//!
//! Every message reads "where: what, expected, found".

use crate::{Format, Note, Vocabulary};
#[cfg(feature = "tensors")]
use misa_core::WeightsError;
use misa_files::hdf5::Hdf5Error;
use misa_files::npy::NpzError;
use misa_files::pickle::PickleError;
use misa_files::torch::TorchError;
use misa_files::{FileKind, Source};
#[cfg(feature = "tensors")]
use misa_infer::InferError;
use misa_terms::{Modality, UtteranceError};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A data set that cannot be read, built or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The path does not exist.
    #[error("{}: no such file or folder", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The operating system reports an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{path}: written by a newer misa (version {found} of this file); this is misa {program}, \
         which reads up to version {newest}",
        path = path.display(),
        program = env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that this program reads.
        newest: u32,
    },
    /// A folder without a file that could be a data set.
    #[error(
        "{}: no data set, expected `train.pkl` (MISA), one .pkl file (MMSA, MulT or MultiBench, MAG-BERT), \
         one .safetensors file (written by misa), .csd files (CMU SDK), `y_train.h5` and so on (MFN), \
         `humor_label_sdk.pkl` (UR-FUNNY), or a .csv table with .npz files (your own features); found {}",
        path.display(),
        listed(found)
    )]
    NoData {
        /// The folder.
        path: PathBuf,
        /// The names of what is in it, sorted.
        found: Vec<String>,
    },
    /// Several files of a folder have the features, or the words, of one modality.
    #[error(
        "{}: expected one file with {what}, found {}; choose one with --{modality} FILE",
        path.display(),
        listed(found)
    )]
    Choice {
        /// The folder.
        path: PathBuf,
        /// The modality.
        modality: Modality,
        /// What the files hold.
        what: &'static str,
        /// The files.
        found: Vec<String>,
    },
    /// Several files of a folder where one is expected, and no option chooses among them.
    #[error("{}: expected {expected}, found {}", path.display(), listed(found))]
    Several {
        /// The folder.
        path: PathBuf,
        /// The one file that is expected.
        expected: String,
        /// The names of the files.
        found: Vec<String>,
    },
    /// A folder with several data sets, so the choice is ambiguous.
    #[error("{}: expected one of these files, found {}", path.display(), found.join(", "))]
    Ambiguous {
        /// The folder.
        path: PathBuf,
        /// The names of the files, sorted.
        found: Vec<String>,
    },
    /// A file of another kind than its place needs.
    #[error("{}: expected {expected}, found {found}; {}", path.display(), found.advice())]
    Kind {
        /// The file.
        path: PathBuf,
        /// The kind that is needed.
        expected: &'static str,
        /// What the first bytes say that it is.
        found: FileKind,
    },
    /// A path that is no regular file.
    #[error("{}: expected a file of features, found {found}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// A format that is never stored in files.
    #[error("{}: data of format `{format}` is made in memory, not opened", path.display())]
    NotStored {
        /// The path.
        path: PathBuf,
        /// The requested format.
        format: Format,
    },
    /// Recipes that are none, or not those of the features.
    #[error("{place}: {fault}")]
    Recipes {
        /// Where they are.
        place: String,
        /// What was expected and found.
        fault: String,
    },
    /// A pickle that is damaged, too large, or more than data.
    #[error("{}: {source}", path.display())]
    Pickle {
        /// The file.
        path: PathBuf,
        /// The fault.
        #[source]
        source: PickleError,
    },
    /// An HDF5 file that is damaged, too large, or uses an unsupported part of the format.
    #[error("{}: {source}", path.display())]
    Hdf5 {
        /// The file.
        path: PathBuf,
        /// The fault.
        #[source]
        source: Hdf5Error,
    },
    /// A NumPy archive that is damaged or too large, or lacks an array.
    #[error("{}: {source}", path.display())]
    Npz {
        /// The file.
        path: PathBuf,
        /// The fault.
        #[source]
        source: Box<NpzError>,
    },
    /// A file of PyTorch that is damaged, too large, or more than data.
    #[error("{}: {source}", path.display())]
    Torch {
        /// The file.
        path: PathBuf,
        /// The fault.
        #[source]
        source: Box<TorchError>,
    },
    /// Weights that are damaged or of another model.
    #[cfg(feature = "tensors")]
    #[error("{}: {source}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// The fault.
        #[source]
        source: Box<WeightsError>,
    },
    /// A tokeniser, or an utterance for it, that cannot be used.
    #[cfg(feature = "tensors")]
    #[error(transparent)]
    Text(Box<InferError>),
    /// A value that differs from what the format requires at this position.
    #[error("{place}: expected {expected}, found {found}")]
    Layout {
        /// The file and the position in it.
        place: String,
        /// The value that the format requires.
        expected: String,
        /// The value in the file.
        found: String,
    },
    /// An invalid utterance.
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
    /// An utterance whose features differ in size from those before it.
    #[error("{place}: utterance {id:?}: {modality} has {found}, expected {expected}")]
    Width {
        /// File or split.
        place: String,
        /// Name of the utterance.
        id: String,
        /// The modality that differs.
        modality: Modality,
        /// The size of the utterances before.
        expected: Width,
        /// The size of this utterance.
        found: Width,
    },
    /// A word id that contradicts the vocabulary.
    #[error("{place}: utterance {id:?}: word id {word_id} is {word:?}, expected {expected}")]
    Word {
        /// File or split.
        place: String,
        /// Name of the utterance.
        id: String,
        /// The word id.
        word_id: u32,
        /// The word of this id in this utterance.
        word: String,
        /// The known word or id.
        expected: String,
    },
    /// NaN or infinite labels or features, which the policy does not allow.
    #[error(
        "{place}: expected finite labels and features, found {found}; policy compat replaces them"
    )]
    NonFinite {
        /// File or data set.
        place: String,
        /// The counts and kinds, and the first ids.
        found: String,
    },
    /// Utterances that are missing in another file.
    #[error("{place}: expected the {modality} of every utterance, found none of {found}")]
    NotReplaced {
        /// The other file.
        place: String,
        /// The modality that is read from it.
        modality: Modality,
        /// The number of utterances, and the first ids.
        found: String,
    },
    /// There are no utterances.
    #[error("{place}: no utterances, expected at least 1{}", dropped(notes))]
    NoUtterances {
        /// File or data set.
        place: String,
        /// What was dropped or replaced before.
        notes: Vec<Note>,
    },
    /// A file whose content does not match its checksum.
    #[error("{}: checksum {found}, expected {expected}", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The checksum stored when it was written.
        expected: String,
        /// The checksum of its content.
        found: String,
    },
}

#[cfg(feature = "tensors")]
impl From<InferError> for DataError {
    fn from(error: InferError) -> Self {
        Self::Text(Box::new(error))
    }
}

/// Names of files, the first ones if there are many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let first: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match (first.is_empty(), names.len().saturating_sub(SHOWN)) {
        (true, _) => "nothing".to_string(),
        (false, 0) => first.join(", "),
        (false, more) => format!("{} and {more} more", first.join(", ")),
    }
}

/// What became of the utterances of an empty data set.
fn dropped(notes: &[Note]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let notes: Vec<String> = notes.iter().map(Note::to_string).collect();
    format!("; {}", notes.join("; "))
}

impl DataError {
    /// Names the kind of the file at `path`, which explains more than where reading stopped; `error`
    /// itself if the file is one of `kinds` or of none that is known.
    pub(crate) fn or_kind(self, path: &Path, expected: &'static str, kinds: &[FileKind]) -> Self {
        let kind = Source::open(path).and_then(|source| FileKind::of(&source));
        match kind {
            Ok(Some(found)) if !kinds.contains(&found) && found != FileKind::Text => Self::Kind {
                path: path.to_owned(),
                expected,
                found,
            },
            _ => self,
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        |source| match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn npz(path: &Path) -> impl FnOnce(NpzError) -> Self + use<> {
        let path = path.to_owned();
        |source| Self::Npz {
            path,
            source: Box::new(source),
        }
    }

    /// Data with more different words than a vocabulary may have.
    pub(crate) fn too_many_words(place: impl Into<String>) -> Self {
        let expected = format!("at most {} different words", Vocabulary::MAX_LEN);
        let found = "more (words are separated by spaces)";
        Self::layout(place, expected, found)
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
}

/// Size of a step, which must be equal in all utterances of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Width {
    /// Word ids.
    #[error("word ids")]
    Words,
    /// This many features.
    #[error("{0} features")]
    Features(usize),
}

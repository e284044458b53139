//! Settings of how a data set is opened.

use crate::{DataError, Format, Padding, Policy};
use misa_files::{FileKind, Source};
use misa_terms::{Modality, PerModality};
use std::path::{Path, PathBuf};

/// Options for opening a data set.
///
/// | Setting | Default | |
/// |---|---|---|
/// | `format` | detected from the content | reads a path as this format |
/// | `policy` | [`Policy::Strict`] | NaN and infinite values: `Strict` rejects them, `Compat` replaces them |
/// | `padding` | [`Padding::Auto`] | the side of the padding of padded sequences, or that there is none |
/// | `replacement` | nothing | takes one modality from another file, matched by utterance id; or chooses among the files of a folder |
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    format: Option<Format>,
    policy: Policy,
    padding: Padding,
    pub(crate) replacements: PerModality<Option<PathBuf>>,
}

impl OpenOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the path as `format`.
    pub fn with_format(mut self, format: impl Into<Option<Format>>) -> Self {
        self.format = format.into();
        self
    }

    /// Treats NaN and infinite values by `policy`.
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the side of the padding of padded sequences.
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// Takes `modality` from the data set at `path` instead. Every utterance must be present there
    /// (matched by id). The other data set need not have other modalities. An id that it has several times
    /// is matched within its split, in order, and must be there as often as in the data set.
    ///
    /// For a folder of computational sequences, `path` may be such a sequence (`.csd`), for a folder of
    /// your own features an archive (`.npz`): the folder is then read with this file for the modality,
    /// which need not be in the folder. For the text of sequences, it is the sequence of the words.
    ///
    /// A later path for a modality takes the place of an earlier one.
    pub fn with_replacement(mut self, modality: Modality, path: impl Into<PathBuf>) -> Self {
        *self.replacements.get_mut(modality) = Some(path.into());
        self
    }

    /// The file that is chosen for `modality` among those of a folder, which are of one of `kinds`.
    pub(crate) fn chosen(
        &self,
        modality: Modality,
        kinds: &[FileKind],
    ) -> Result<Option<&Path>, DataError> {
        match self.replacements.get(modality) {
            Some(path) if is_of(path, kinds)? => Ok(Some(path)),
            _ => Ok(None),
        }
    }

    /// The requested format.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The requested policy.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The requested padding.
    pub fn padding(&self) -> Padding {
        self.padding
    }
}

/// Whether a file is of one of `kinds`, judged by its first bytes.
pub(crate) fn is_of(path: &Path, kinds: &[FileKind]) -> Result<bool, DataError> {
    if path.is_dir() {
        return Ok(false);
    }
    let kind = Source::open(path).and_then(|source| FileKind::of(&source));
    let kind = kind.map_err(DataError::io(path))?;
    Ok(kind.is_some_and(|kind| kinds.contains(&kind)))
}

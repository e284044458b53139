//! Settings of how a data set is opened.

use crate::{Format, Padding, Policy};
use misa_terms::Modality;
use std::path::PathBuf;

/// Options for opening a data set.
///
/// | Setting | Default | |
/// |---|---|---|
/// | `format` | detected from the content | reads a path as this format |
/// | `policy` | [`Policy::Strict`] | NaN and infinite values: `Strict` rejects them, `Compat` replaces them |
/// | `padding` | [`Padding::Auto`] | the side of the padding of padded sequences, or that there is none |
/// | `replace` | nothing | takes one modality from another file, matched by utterance id |
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    format: Option<Format>,
    policy: Policy,
    padding: Padding,
    pub(crate) replacements: Vec<(Modality, PathBuf)>,
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
    /// (matched by id). The other data set need not have other modalities.
    pub fn with_replacement(mut self, modality: Modality, path: impl Into<PathBuf>) -> Self {
        self.replacements.push((modality, path.into()));
        self
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

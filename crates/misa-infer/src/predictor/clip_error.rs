//! Why a model cannot read a clip.

use misa_terms::Modality;
use std::fmt;

/// What a model expects of a clip, and what the clip has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClipError {
    /// The modality that does not fit; `None` for the clip as a whole.
    pub modality: Option<Modality>,
    /// What the model expects.
    pub expected: String,
    /// What the clip has.
    pub found: String,
}

impl ClipError {
    pub(super) fn new(
        modality: impl Into<Option<Modality>>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            modality: modality.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }
}

impl fmt::Display for ClipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(modality) = self.modality {
            write!(f, "{modality}: ")?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for ClipError {}

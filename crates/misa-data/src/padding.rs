//! The side of the padding of padded sequences.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

misa_terms::choice! {
    /// The side of the padding in files with padded sequences, or how it is detected.
    ///
    /// Padding that is read as silence would be learned; with the wrong side, only padding would be
    /// left.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Padding {
        /// Detected: rows that are zero in all modalities, at the end of more utterances.
        #[default]
        Auto,
        /// At the front.
        Left,
        /// At the end.
        Right,
        /// There is none: every stored step is read, also where the file states a length.
        None,
        /// Every modality has as many steps as its text has tokens, counted from the front.
        ///
        /// Source: MMSA's MISA, which reads the attention mask for all three modalities.
        Mask,
    }
}

impl Padding {
    const ALL: [Self; 5] = [Self::Auto, Self::Left, Self::Right, Self::None, Self::Mask];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Left => "left",
            Self::Right => "right",
            Self::None => "none",
            Self::Mask => "mask",
        }
    }
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The side of padding that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaddingSide {
    /// At the front.
    Front,
    /// At the end.
    Back,
}

/// Why rows of zeros are padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaddingReason {
    /// The same rows are zero in all modalities, which no missing value is.
    Rows,
    /// The other modalities of these utterances are padded, too.
    Utterances,
    /// At least two thirds of the sequences have them.
    Most,
    /// A setting says so.
    Setting,
}

/// An unknown name of a padding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("padding {found:?}, expected auto, left, right, none or mask")]
#[non_exhaustive]
pub struct UnknownPadding {
    /// The name.
    pub found: String,
}

impl FromStr for Padding {
    type Err = UnknownPadding;

    fn from_str(name: &str) -> Result<Self, UnknownPadding> {
        let found = Self::ALL.into_iter().find(|padding| padding.name() == name);
        found.ok_or_else(|| UnknownPadding {
            found: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for padding in Padding::ALL {
            assert_eq!(padding.to_string().parse(), Ok(padding));
        }
        assert!("both".parse::<Padding>().is_err());
    }
}

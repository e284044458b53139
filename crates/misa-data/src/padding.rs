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
        /// The side on which more sequences are padded, per modality.
        #[default]
        Auto,
        /// At the front.
        Left,
        /// At the end.
        Right,
        /// Every modality has as many steps as its text has tokens, counted from the front.
        ///
        /// Source: MMSA's MISA, which reads the attention mask for all three modalities.
        Mask,
    }
}

impl Padding {
    const ALL: [Self; 4] = [Self::Auto, Self::Left, Self::Right, Self::Mask];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Left => "left",
            Self::Right => "right",
            Self::Mask => "mask",
        }
    }
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An unknown name of a padding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("padding {found:?}, expected auto, left, right or mask")]
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

//! What of a BERT is trained, and how its tokens become one vector.

use crate::ConfigError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

misa_terms::choice! {
    /// How the tokens of a sentence become one vector.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum TextPooling {
        /// Mean over the sentence's tokens, special tokens included.
        #[default]
        MaskedMean,
        /// Mean over the tokens and the padding of the batch, as in the first release of the official
        /// code: an utterance's vector depends on its batch.
        PlainMean,
    }
}

misa_terms::choice! {
    /// Which parts of BERT keep their pre-trained weights.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum BertFreezing {
        /// None: the official rule for MOSI.
        #[default]
        None,
        /// The first layers, not the embeddings below them: the official rule for MOSEI, of 9 layers.
        Layers(usize),
        /// The embeddings and the first layers: what can be computed once for all epochs.
        Prefix(usize),
        /// All: the official rule for UR-FUNNY.
        All,
    }
}

impl BertFreezing {
    /// Whether the embeddings are frozen.
    pub fn embeddings(self) -> bool {
        matches!(self, Self::Prefix(_) | Self::All)
    }

    /// Checks that a BERT of `n_layers` has the layers that are frozen.
    ///
    /// # Errors
    ///
    /// [`ConfigError::FrozenLayers`] if it has fewer.
    pub fn check(self, n_layers: usize) -> Result<(), ConfigError> {
        match self {
            Self::Layers(count) | Self::Prefix(count) if count > n_layers => {
                Err(ConfigError::FrozenLayers {
                    freezing: self.to_string(),
                    n_layers,
                })
            }
            _ => Ok(()),
        }
    }

    /// Number of first layers that are frozen, of `n_layers`.
    pub fn layers(self, n_layers: usize) -> usize {
        match self {
            Self::None => 0,
            Self::Layers(count) | Self::Prefix(count) => count.min(n_layers),
            Self::All => n_layers,
        }
    }
}

impl fmt::Display for BertFreezing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Layers(count) => write!(f, "layers:{count}"),
            Self::Prefix(count) => write!(f, "prefix:{count}"),
            Self::All => f.write_str("all"),
        }
    }
}

impl FromStr for BertFreezing {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, ConfigError> {
        let unknown = || ConfigError::UnknownFreezing {
            name: name.to_string(),
        };
        let count = |count: &str| count.parse().map_err(|_| unknown());
        match name.split_once(':') {
            None if name == "none" => Ok(Self::None),
            None if name == "all" => Ok(Self::All),
            Some(("layers", layers)) => count(layers).map(Self::Layers),
            Some(("prefix", layers)) => count(layers).map(Self::Prefix),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freezing_is_read_as_it_is_written() {
        for freezing in [
            BertFreezing::None,
            BertFreezing::Layers(9),
            BertFreezing::Prefix(3),
            BertFreezing::All,
        ] {
            assert_eq!(freezing.to_string().parse(), Ok(freezing));
        }
        assert_eq!(
            "layers:x".parse::<BertFreezing>().unwrap_err().to_string(),
            "unknown freezing `layers:x`, expected none, layers:N, prefix:N or all"
        );
        assert_eq!(BertFreezing::Layers(9).layers(4), 4);
    }

    #[test]
    fn more_frozen_layers_than_there_are_are_refused() {
        for freezing in [BertFreezing::Layers(7), BertFreezing::Prefix(7)] {
            assert_eq!(freezing.check(7), Ok(()));
            assert_eq!(
                freezing.check(6).unwrap_err().to_string(),
                format!(
                    "the freezing `{freezing}` asks for more layers than the 6 of this BERT: set \
                     training.bert.freezing (--freeze) to at most 6 layers, `all` or `none`"
                )
            );
        }
        assert_eq!(BertFreezing::All.check(1), Ok(()));
    }
}

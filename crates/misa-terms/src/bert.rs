//! The sizes of a BERT.

use crate::ConfigError;
use serde::{Deserialize, Serialize};

/// Largest size of anything in a BERT.
const MAX_SIZE: usize = 1 << 24;
/// Deeper than every published BERT.
const MAX_LAYERS: usize = 1 << 10;

/// The sizes of a BERT, under the names of Hugging Face's `config.json`, which it is read from.
///
/// | Field | In the file | `bert-base` | Range |
/// | --- | --- | --- | --- |
/// | `vocabulary` | `vocab_size` | 30522 | `[1, 2^24]` |
/// | `d_model` | `hidden_size` | 768 | `[1, 2^24]`, a multiple of `n_heads` |
/// | `n_layers` | `num_hidden_layers` | 12 | `[1, 1024]` |
/// | `n_heads` | `num_attention_heads` | 12 | `[1, 2^24]` |
/// | `d_feed_forward` | `intermediate_size` | 3072 | `[1, 2^24]` |
/// | `positions` | `max_position_embeddings` | 512 | `[1, 2^24]` |
/// | `token_types` | `type_vocab_size` | 2 | `[1, 2^24]` |
/// | `dropout` | `hidden_dropout_prob` | 0.1 | `[0, 1)` |
/// | `attention_dropout` | `attention_probs_dropout_prob` | 0.1 | `[0, 1)` |
/// | `norm_epsilon` | `layer_norm_eps` | 1e-12 | `(0, 1)` |
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BertConfig {
    /// Number of distinct token ids.
    #[serde(rename = "vocab_size")]
    pub vocabulary: usize,
    /// Features of a token.
    #[serde(rename = "hidden_size")]
    pub d_model: usize,
    /// Transformer layers.
    #[serde(rename = "num_hidden_layers")]
    pub n_layers: usize,
    /// Attention heads of a layer.
    #[serde(rename = "num_attention_heads")]
    pub n_heads: usize,
    /// Width of a layer's feed-forward part.
    #[serde(rename = "intermediate_size")]
    pub d_feed_forward: usize,
    /// Tokens of the longest sentence, special tokens included.
    #[serde(rename = "max_position_embeddings")]
    pub positions: usize,
    /// Kinds of sentences; MISA uses the first alone.
    #[serde(rename = "type_vocab_size", default = "two")]
    pub token_types: usize,
    /// Dropout of embeddings and of what a layer adds.
    #[serde(rename = "hidden_dropout_prob", default = "tenth")]
    pub dropout: f64,
    /// Dropout of attention weights.
    #[serde(rename = "attention_probs_dropout_prob", default = "tenth")]
    pub attention_dropout: f64,
    /// Added to a variance before its root is taken.
    #[serde(rename = "layer_norm_eps", default = "epsilon")]
    pub norm_epsilon: f64,
}

fn two() -> usize {
    2
}

fn tenth() -> f64 {
    0.1
}

fn epsilon() -> f64 {
    1e-12
}

impl BertConfig {
    /// The sizes of `bert-base-uncased`, which the official code uses.
    pub const BASE: Self = Self {
        vocabulary: 30_522,
        d_model: 768,
        n_layers: 12,
        n_heads: 12,
        d_feed_forward: 3072,
        positions: 512,
        token_types: 2,
        dropout: 0.1,
        attention_dropout: 0.1,
        norm_epsilon: 1e-12,
    };

    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("vocab_size", self.vocabulary),
            ("hidden_size", self.d_model),
            ("num_attention_heads", self.n_heads),
            ("intermediate_size", self.d_feed_forward),
            ("max_position_embeddings", self.positions),
            ("type_vocab_size", self.token_types),
        ] {
            let holds = (1..=MAX_SIZE).contains(&value);
            ConfigError::check(field, value as f64, "[1, 16777216]", holds)?;
        }
        let layers = self.n_layers;
        let holds = (1..=MAX_LAYERS).contains(&layers);
        ConfigError::check("num_hidden_layers", layers as f64, "[1, 1024]", holds)?;
        for (field, value) in [
            ("hidden_dropout_prob", self.dropout),
            ("attention_probs_dropout_prob", self.attention_dropout),
        ] {
            ConfigError::check(field, value, "[0, 1)", (0.0..1.0).contains(&value))?;
        }
        let epsilon = self.norm_epsilon;
        let holds = epsilon > 0.0 && epsilon < 1.0;
        ConfigError::check("layer_norm_eps", epsilon, "(0, 1)", holds)?;
        if self.d_model.is_multiple_of(self.n_heads) {
            Ok(())
        } else {
            Err(ConfigError::BertHeads {
                d_model: self.d_model,
                n_heads: self.n_heads,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hugging_face_configuration_is_read() {
        let json = r#"{"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
            "intermediate_size": 3072, "max_position_embeddings": 512, "vocab_size": 30522,
            "model_type": "bert", "gradient_checkpointing": false}"#;
        let config: BertConfig = serde_json::from_str(json).unwrap();
        assert_eq!(config, BertConfig::BASE);
    }

    #[test]
    fn what_cannot_be_built_is_refused() {
        let base = BertConfig::BASE;
        base.validate().unwrap();
        for (config, text) in [
            (
                BertConfig { n_heads: 7, ..base },
                "hidden_size must be a multiple of num_attention_heads (7), got 768",
            ),
            (
                BertConfig {
                    n_layers: 0,
                    ..base
                },
                "num_hidden_layers must be in [1, 1024], got 0",
            ),
            (
                BertConfig {
                    dropout: 1.0,
                    ..base
                },
                "hidden_dropout_prob must be in [0, 1), got 1",
            ),
        ] {
            assert_eq!(config.validate().unwrap_err().to_string(), text);
        }
    }
}

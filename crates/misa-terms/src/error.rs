//! What can be wrong with a configuration or with one utterance.

use crate::Modality;
use thiserror::Error;

/// A configuration that cannot be used.
#[derive(Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number outside its range.
    #[error("{field} must be in {range}, got {value}")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
        /// Allowed values, in interval notation.
        range: &'static str,
        /// Value of the field.
        value: f64,
    },
    /// `d_hidden` cannot be divided among the attention heads.
    #[error("d_hidden must be a multiple of {n_heads} (the attention heads), got {d_hidden}")]
    Heads {
        /// Size of both subspaces.
        d_hidden: usize,
        /// Attention heads of the fusion.
        n_heads: usize,
    },
    /// The features of BERT's tokens cannot be divided among the attention heads.
    #[error("hidden_size must be a multiple of num_attention_heads ({n_heads}), got {d_model}")]
    BertHeads {
        /// Features of a token.
        d_model: usize,
        /// Attention heads of a layer.
        n_heads: usize,
    },
    /// An unknown name of a rule for freezing parameters.
    #[error("unknown freezing `{name}`, expected none, layers:N, prefix:N or all")]
    UnknownFreezing {
        /// The name found.
        name: String,
    },
    /// More frozen layers than BERT has.
    #[error(
        "the freezing `{freezing}` asks for more layers than the {n_layers} of this BERT: set \
         training.bert.freezing (--freeze) to at most {n_layers} layers, `all` or `none`"
    )]
    FrozenLayers {
        /// The rule for freezing.
        freezing: String,
        /// Layers of the BERT.
        n_layers: usize,
    },
    /// Two settings that exclude each other.
    #[error("{field} cannot be used {reason}")]
    Conflict {
        /// Name of the field.
        field: &'static str,
        /// The other setting, such as "with one modality".
        reason: &'static str,
    },
    /// Features that are to be scaled as their recipe says, without a recipe.
    #[error("normalisation cannot be `recipe`: the {modality} features have no recipe")]
    NoRecipe {
        /// The modality.
        modality: Modality,
    },
    /// Every modality is switched off.
    #[error("modalities must name at least one of text, visual, acoustic, got none")]
    NoModality,
    /// An unknown name of a modality.
    #[error("unknown modality `{name}`, expected text, visual or acoustic")]
    UnknownModality {
        /// The name found.
        name: String,
    },
    /// The embedding rows do not fit the model.
    #[error("embedding has shape {found:?}, expected {expected:?}")]
    EmbeddingShape {
        /// Vocabulary and vector size of the model.
        expected: [usize; 2],
        /// Shape found.
        found: [usize; 2],
    },
    /// The model has no word embedding.
    #[error("{modality} of this model is not read as word ids, so it has no embedding to fill")]
    NoEmbedding {
        /// Always text.
        modality: Modality,
    },
}

impl ConfigError {
    /// Checks a value, which is in its range if `holds`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] unless `holds`.
    #[doc(hidden)]
    pub fn check(
        field: &'static str,
        value: f64,
        range: &'static str,
        holds: bool,
    ) -> Result<(), Self> {
        if holds {
            return Ok(());
        }
        Err(Self::OutOfRange {
            field,
            range,
            value,
        })
    }

    /// Checks that a value is finite and at least 0.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] if it is not.
    #[doc(hidden)]
    pub fn check_weight(field: &'static str, value: f64) -> Result<(), Self> {
        Self::check(field, value, "[0, inf)", value >= 0.0 && value.is_finite())
    }

    /// Checks that a value is finite and above 0.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] if it is not.
    #[doc(hidden)]
    pub fn check_positive(field: &'static str, value: f64) -> Result<(), Self> {
        Self::check(field, value, "(0, inf)", value > 0.0 && value.is_finite())
    }
}

/// An invalid utterance.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum UtteranceError {
    /// A modality without steps.
    #[error("{modality} has no steps, expected at least 1")]
    Empty {
        /// The modality.
        modality: Modality,
    },
    /// A label that is NaN or infinite.
    #[error("label is {found}, expected a finite number")]
    Label {
        /// The label.
        found: f32,
    },
    /// A label by one modality that is NaN or infinite.
    #[error("label of {modality} is {found}, expected a finite number")]
    ModalityLabel {
        /// The modality.
        modality: Modality,
        /// The label.
        found: f32,
    },
    /// Words and word ids that differ in number.
    #[error("text has {ids} word ids, {words} words")]
    Words {
        /// Number of words.
        words: usize,
        /// Number of word ids.
        ids: usize,
    },
    /// An empty sentence, which BERT cannot read.
    #[error("text has no words, expected at least 1")]
    NoWords,
    /// Text that a tokeniser fails on.
    #[error("text has no tokens: {reason}")]
    Tokeniser {
        /// The error of the tokeniser.
        reason: String,
    },
    /// A sentence longer than BERT can read.
    #[error("text has {found} tokens, expected at most {limit}; set a truncation to shorten it")]
    Tokens {
        /// Number of tokens, special tokens included.
        found: usize,
        /// Positions of the BERT.
        limit: usize,
    },
    /// Feature rows of one modality that differ in size, or are empty.
    #[error("a row has {found} features, expected {expected}")]
    Rows {
        /// Features of the row.
        found: usize,
        /// Features of the first row.
        expected: usize,
    },
    /// Modalities that differ in steps in a word-aligned file.
    #[error("{modality} has {found} steps, text has {expected}")]
    Steps {
        /// The modality.
        modality: Modality,
        /// Its steps.
        found: usize,
        /// The steps of text.
        expected: usize,
    },
}

//! What can be wrong with a configuration or a file of weights.

use crate::Modality;
use std::{error::Error, io, path::PathBuf};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number outside its range.
    #[error("{field} must be in {range}, got {value}")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
        /// Allowed values, in interval notation.
        range: &'static str,
        /// Value found.
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
    /// A name that is no rule of what to freeze.
    #[error("unknown freezing `{name}`, expected none, layers:N, prefix:N or all")]
    UnknownFreezing {
        /// The name found.
        name: String,
    },
    /// Two settings that exclude one another.
    #[error("{field} cannot be used {reason}")]
    Conflict {
        /// Name of the field.
        field: &'static str,
        /// With what, or without what.
        reason: &'static str,
    },
    /// Every modality is switched off.
    #[error("modalities must name at least one of text, visual, acoustic, got none")]
    NoModality,
    /// A name that is no modality.
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
    /// The model has no word embedding to fill.
    #[error("{modality} of this model is not made of word ids, so it has no embedding to fill")]
    NoEmbedding {
        /// Always text, named for the message.
        modality: Modality,
    },
}

impl ConfigError {
    /// [`ConfigError::OutOfRange`] unless `holds`.
    ///
    /// # Errors
    ///
    /// Says which field, its range and the value found.
    pub fn check(
        field: &'static str,
        value: f64,
        range: &'static str,
        holds: bool,
    ) -> Result<(), Self> {
        match holds {
            true => Ok(()),
            false => Err(Self::OutOfRange {
                field,
                range,
                value,
            }),
        }
    }

    /// [`ConfigError::OutOfRange`] unless `value` is finite and at least 0.
    ///
    /// # Errors
    ///
    /// Says which field and the value found.
    pub fn check_weight(field: &'static str, value: f64) -> Result<(), Self> {
        Self::check(field, value, "[0, inf)", value >= 0.0 && value.is_finite())
    }

    /// [`ConfigError::OutOfRange`] unless `value` is finite and above 0.
    ///
    /// # Errors
    ///
    /// Says which field and the value found.
    pub fn check_positive(field: &'static str, value: f64) -> Result<(), Self> {
        Self::check(field, value, "(0, inf)", value > 0.0 && value.is_finite())
    }
}

/// Weights that cannot be read, written or given to a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File at hand.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The file is larger than any checkpoint of this model can be.
    #[error("{path}: {bytes} bytes, expected at most {limit}", path = path.display())]
    TooLarge {
        /// File at hand.
        path: PathBuf,
        /// Size found.
        bytes: u64,
        /// Size allowed.
        limit: u64,
    },
    /// The bytes are not a safetensors file.
    #[error("not a safetensors file: {source}")]
    Format {
        /// Cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An element type other than 32-bit or 64-bit floats.
    #[error("tensor `{name}`: element type {dtype}, expected F32 or F64")]
    ElementType {
        /// Name of the tensor.
        name: String,
        /// Type found.
        dtype: String,
    },
    /// Weights of BERT for a model that has none.
    #[error("this model reads no token ids, so it has no BERT to fill")]
    NoBert,
    /// Tensors absent from the file or of another shape than the model's.
    #[error("weights do not fit the model: {}", list(.missing, .misshaped))]
    Mismatch {
        /// Names the model needs and the file lacks.
        missing: Vec<String>,
        /// Name, expected and found shape.
        misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
    },
}

impl WeightsError {
    /// Bytes that are not a safetensors file.
    pub(crate) fn format(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Format {
            source: Box::new(source),
        }
    }
}

fn list(missing: &[String], misshaped: &[(String, Vec<usize>, Vec<usize>)]) -> String {
    let missing = missing.iter().map(|name| format!("`{name}` is missing"));
    let misshaped = misshaped.iter().map(|(name, expected, found)| {
        format!("`{name}` has shape {found:?}, expected {expected:?}")
    });
    missing.chain(misshaped).collect::<Vec<_>>().join("; ")
}

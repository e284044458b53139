//! What can be wrong with a file of weights.

use std::error::Error;
use std::io;
use std::path::PathBuf;

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
    /// An element type other than floats of 16, 32 or 64 bits.
    #[error("tensor `{name}`: element type {dtype}, expected F32, F64, F16 or BF16")]
    ElementType {
        /// Name of the tensor.
        name: String,
        /// Type found.
        dtype: String,
    },
    /// A weight that is NaN or infinite.
    #[error("tensor `{name}`: expected finite numbers, found {value} at number {place} (from 0)")]
    NotFinite {
        /// Name of the tensor.
        name: String,
        /// Its place among the numbers of the tensor, row by row.
        place: usize,
        /// The number found.
        value: f32,
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

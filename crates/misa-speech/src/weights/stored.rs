//! Tensors as a file has them, and their checks.

use crate::{SpeechError, TensorFault};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// The element type that weights have, as safetensors names it.
pub(super) const FLOATS: &str = "F32";

/// A tensor as a file has it.
#[derive(Debug)]
pub(super) struct Stored<'file> {
    pub name: &'file str,
    pub element_type: String,
    pub shape: Vec<usize>,
    /// Elements row by row, the least byte first.
    pub bytes: &'file [u8],
}

/// What is wrong with the bytes of a file.
#[derive(Debug)]
pub(super) enum Problem {
    /// The file is not of the kind that it begins as.
    Format(&'static str, Box<dyn Error + Send + Sync>),
    /// A tensor is not one of the network.
    Tensor(String, TensorFault),
}

impl Problem {
    /// The error about the file at `path`.
    pub fn of(self, path: &Path) -> SpeechError {
        let path = path.to_path_buf();
        match self {
            Self::Format(kind, source) => SpeechError::Format { path, kind, source },
            Self::Tensor(tensor, fault) => SpeechError::Tensor {
                path,
                tensor,
                fault,
            },
        }
    }
}

/// The elements of the tensors of a table, which a file has to have without any other.
pub(super) fn checked(
    stored: &[Stored<'_>],
    table: &[(&'static str, &[usize])],
) -> Result<BTreeMap<&'static str, Vec<f32>>, Problem> {
    let is_known = |name: &str| table.iter().any(|(known, _)| *known == name);
    if let Some(other) = stored.iter().find(|tensor| !is_known(tensor.name)) {
        return Err(Problem::Tensor(
            other.name.to_string(),
            TensorFault::Unexpected,
        ));
    }
    let read = table.iter().map(|(name, shape)| {
        let mut named = stored.iter().filter(|tensor| tensor.name == *name);
        let values = match (named.next(), named.next()) {
            (None, _) => Err(TensorFault::Missing),
            (Some(_), Some(_)) => Err(TensorFault::Repeated),
            (Some(tensor), None) => floats(tensor, shape),
        };
        let values = values.map_err(|fault| Problem::Tensor(name.to_string(), fault))?;
        Ok((*name, values))
    });
    read.collect()
}

fn floats(tensor: &Stored<'_>, shape: &[usize]) -> Result<Vec<f32>, TensorFault> {
    if tensor.element_type != FLOATS {
        let found = tensor.element_type.clone();
        return Err(TensorFault::ElementType { found });
    }
    if tensor.shape != shape {
        return Err(TensorFault::Shape {
            expected: shape.to_vec(),
            found: tensor.shape.clone(),
        });
    }
    let bytes = 4 * shape.iter().product::<usize>();
    if tensor.bytes.len() != bytes {
        return Err(TensorFault::Bytes {
            expected: bytes,
            found: tensor.bytes.len(),
        });
    }
    let elements = tensor.bytes.as_chunks().0.iter();
    let values: Vec<f32> = elements.map(|bytes| f32::from_le_bytes(*bytes)).collect();
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(position) => Err(TensorFault::NotFinite {
            position,
            found: values[position],
        }),
    }
}

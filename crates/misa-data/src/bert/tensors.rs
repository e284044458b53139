//! Files of named tensors: of PyTorch or of safetensors.

use crate::DataError;
use burn::tensor::TensorData;
use misa_core::{StateDict, WeightsError};
use misa_files::torch::{self, Limits};
use misa_files::{Dtype, DtypeKind, Source};
use std::path::Path;

/// The tensors of a checkpoint by their names: a file of PyTorch, such as the official code's
/// `.std`, or of safetensors.
///
/// # Errors
///
/// [`DataError`] when the file is damaged, too large, or does not contain tensors by name.
pub fn read_state_dict(path: impl AsRef<Path>) -> Result<StateDict, DataError> {
    let path = path.as_ref();
    if path
        .extension()
        .is_some_and(|ending| ending == "safetensors")
    {
        StateDict::read(path).map_err(|source| weights_error(path, source))
    } else {
        torch_tensors(path, |name| Some(name.to_owned()))
    }
}

/// The tensors of a file under new names; those for which `rename` returns `None` are skipped. Files
/// with the ending `.bin` are PyTorch's.
pub(super) fn read_renamed(
    path: &Path,
    rename: impl FnMut(&str) -> Option<String>,
) -> Result<StateDict, DataError> {
    if path.extension().is_some_and(|ending| ending == "bin") {
        torch_tensors(path, rename)
    } else {
        StateDict::read_renamed(path, rename).map_err(|source| weights_error(path, source))
    }
}

pub(super) fn weights_error(path: &Path, source: WeightsError) -> DataError {
    DataError::Weights {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

fn torch_tensors(
    path: &Path,
    mut rename: impl FnMut(&str) -> Option<String>,
) -> Result<StateDict, DataError> {
    let error = |source| DataError::Torch {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let source = Source::open(path).map_err(DataError::io(path))?;
    let file = torch::File::open(&source, &Limits::default()).map_err(error)?;
    let wrong =
        |found: String| DataError::layout(path.display().to_string(), "tensors by name", found);
    let root = file.root();
    let entries = root.entries().ok_or_else(|| wrong(root.describe()))?;
    let mut tensors = StateDict::default();
    for (name, value) in entries {
        let name = name.to_text().map_err(|_| wrong(name.describe()))?;
        let Some(official) = rename(&name) else {
            continue;
        };
        let tensor = file.tensor(value).map_err(error)?;
        let tensor = tensor.ok_or_else(|| wrong(format!("{name:?}: {}", value.describe())))?;
        let values = tensor.to_floats().map_err(error)?;
        if let Some(dtype) = other_type(tensor.dtype()) {
            tensors.note_converted(&dtype);
        }
        tensors.insert(official, TensorData::new(values, tensor.shape().to_vec()));
    }
    Ok(tensors)
}

/// The name of an element type that is not a 32-bit float, as safetensors names it.
fn other_type(dtype: Dtype) -> Option<String> {
    match (dtype.kind(), dtype.size()) {
        (DtypeKind::Float, 4) => None,
        (DtypeKind::Float, size) => Some(format!("F{}", 8 * size)),
        (DtypeKind::Bfloat, _) => Some("BF16".to_owned()),
        _ => Some(dtype.to_string()),
    }
}

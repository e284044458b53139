//! Files of named tensors: of PyTorch or of safetensors.

use crate::DataError;
use crate::options::is_of;
use burn::tensor::TensorData;
use misa_core::{StateDict, WeightsError};
use misa_files::torch::{self, Limits};
use misa_files::{Dtype, DtypeKind, FileKind, Source};
use std::path::Path;

/// The tensors of a checkpoint by their names: a file of PyTorch, such as the official code's
/// `.std`, or of safetensors.
///
/// # Errors
///
/// [`DataError`] when the file is damaged, too large, or does not contain tensors by name.
pub fn read_state_dict(path: impl AsRef<Path>) -> Result<StateDict, DataError> {
    read_renamed(path.as_ref(), |name| Some(name.to_string()))
}

/// The tensors of a file under new names; those for which `rename` returns `None` are skipped.
pub(super) fn read_renamed(
    path: &Path,
    rename: impl FnMut(&str) -> Option<String>,
) -> Result<StateDict, DataError> {
    if is_safetensors(path)? {
        StateDict::read_renamed(path, rename).map_err(|source| weights_error(path, source))
    } else {
        torch_tensors(path, rename)
    }
}

/// Whether a file is read as safetensors, judged by its first bytes. If they are of neither format, its
/// ending tells which one the error is about.
fn is_safetensors(path: &Path) -> Result<bool, DataError> {
    const TORCH: [FileKind; 4] = [
        FileKind::Torch,
        FileKind::OldTorch,
        FileKind::Pickle,
        FileKind::Zip,
    ];
    let has_ending = path
        .extension()
        .is_some_and(|ending| ending == "safetensors");
    Ok(is_of(path, &[FileKind::Safetensors])? || has_ending && !is_of(path, &TORCH)?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_read_as_what_it_is_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let tensors = [("a".to_string(), TensorData::from([1.0_f32]))];
        let bytes = tensors.into_iter().collect::<StateDict>().to_bytes();
        let bytes = bytes.unwrap();
        for name in ["a.safetensors", "a.bin", "a.std", "a"] {
            let path = folder.path().join(name);
            fs::write(&path, &bytes).unwrap();
            let read = read_state_dict(&path).unwrap();
            assert_eq!(read.get("a"), Some(&TensorData::from([1.0_f32])), "{name}");
            let renamed = read_renamed(&path, |name| Some(format!("new.{name}"))).unwrap();
            assert!(renamed.names().eq(["new.a"]), "{name}");
        }
    }

    /// Neither format begins with these bytes.
    #[test]
    fn the_ending_of_a_damaged_file_tells_what_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let error = |name| {
            let path = folder.path().join(name);
            fs::write(&path, b"not a tensor").unwrap();
            read_state_dict(&path).unwrap_err()
        };
        let weights = error("a.safetensors");
        assert!(matches!(weights, DataError::Weights { .. }), "{weights}");
        let torch = error("a.bin");
        assert!(matches!(torch, DataError::Torch { .. }), "{torch}");
    }
}

//! Named tensors on the host, as a safetensors file holds them.

use crate::WeightsError;
use burn::tensor::TensorData;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::{collections::BTreeMap, fs, path::Path};

/// Far above the size of any checkpoint of this model; a larger file is refused before it is read.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// Tensors by name, in 32-bit floats and PyTorch's layout.
#[derive(Clone, Debug, Default)]
pub struct StateDict {
    tensors: BTreeMap<String, TensorData>,
}

impl StateDict {
    /// Reads a safetensors file of 32-bit or 64-bit floats.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] if the file cannot be read, is not a safetensors file, or holds other types.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, WeightsError> {
        Self::read_renamed(path, |name| Some(name.to_string()))
    }

    /// [`Self::read`] with new names; tensors for which `rename` returns `None` are skipped, whatever
    /// their element type.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] as for [`Self::read`].
    pub fn read_renamed(
        path: impl AsRef<Path>,
        rename: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        let io = |source| WeightsError::Io {
            path: path.to_path_buf(),
            source,
        };
        let bytes = fs::metadata(path).map_err(io)?.len();
        if bytes > MAX_FILE_BYTES {
            return Err(WeightsError::TooLarge {
                path: path.to_path_buf(),
                bytes,
                limit: MAX_FILE_BYTES,
            });
        }
        Self::renamed(&fs::read(path).map_err(io)?, rename)
    }

    /// Reads the bytes of a safetensors file.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] as for [`StateDict::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Self::renamed(bytes, |name| Some(name.to_string()))
    }

    fn renamed(
        bytes: &[u8],
        mut rename: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, WeightsError> {
        let file = SafeTensors::deserialize(bytes).map_err(WeightsError::format)?;
        let tensors = file.iter().filter_map(|(name, view)| {
            let new = rename(name)?;
            let data = floats(name, &view);
            Some(data.map(|values| (new, TensorData::new(values, view.shape().to_vec()))))
        });
        Ok(Self {
            tensors: tensors.collect::<Result<_, WeightsError>>()?,
        })
    }

    /// The bytes of a safetensors file that holds these tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Format`] if the tensors do not fit the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        let bytes: Vec<_> = self.tensors.values().map(little_endian).collect();
        let with_views = self
            .tensors
            .iter()
            .zip(&bytes)
            .map(|((name, data), bytes)| {
                let view = TensorView::new(Dtype::F32, data.shape().to_vec(), bytes)
                    .map_err(WeightsError::format)?;
                Ok((name.clone(), view))
            });
        let views = with_views.collect::<Result<Vec<_>, WeightsError>>()?;
        let metadata = [("format".to_string(), "pt".to_string())].into();
        safetensors::serialize(views, Some(metadata)).map_err(WeightsError::format)
    }

    /// The tensor called `name`.
    pub fn get(&self, name: &str) -> Option<&TensorData> {
        self.tensors.get(name)
    }

    /// Names in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Adds or replaces a tensor; its elements are converted to 32-bit floats.
    pub fn insert(&mut self, name: String, data: TensorData) {
        self.tensors.insert(name, data.convert::<f32>());
    }

    /// Removes the tensor called `name` and returns it.
    pub fn remove(&mut self, name: &str) -> Option<TensorData> {
        self.tensors.remove(name)
    }
}

impl FromIterator<(String, TensorData)> for StateDict {
    /// Elements are converted to 32-bit floats.
    fn from_iter<I: IntoIterator<Item = (String, TensorData)>>(tensors: I) -> Self {
        Self {
            tensors: tensors
                .into_iter()
                .map(|(name, data)| (name, data.convert::<f32>()))
                .collect(),
        }
    }
}

fn floats(name: &str, view: &TensorView<'_>) -> Result<Vec<f32>, WeightsError> {
    let data = view.data();
    match view.dtype() {
        Dtype::F32 => Ok(elements(data).map(f32::from_le_bytes).collect()),
        Dtype::F64 => Ok(elements(data)
            .map(|bytes| f64::from_le_bytes(bytes) as f32)
            .collect()),
        other => Err(WeightsError::ElementType {
            name: name.to_string(),
            dtype: format!("{other:?}"),
        }),
    }
}

fn elements<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks().0.iter().copied()
}

fn little_endian(data: &TensorData) -> Vec<u8> {
    data.iter::<f32>().flat_map(f32::to_le_bytes).collect()
}

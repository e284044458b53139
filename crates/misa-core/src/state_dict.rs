//! Named tensors on the host, as a safetensors file holds them.

use crate::WeightsError;
use burn::tensor::{TensorData, bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Far above the size of any checkpoint of this model; a larger file is refused before it is read.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// Tensors by name, in 32-bit floats and PyTorch's layout.
#[derive(Clone, Debug, Default)]
pub struct StateDict {
    tensors: BTreeMap<String, TensorData>,
    /// Tensors of each other element type in the file.
    converted: BTreeMap<String, usize>,
}

impl StateDict {
    /// Reads a safetensors file of floats of 16, 32 or 64 bits; F16 and BF16 become 32-bit floats
    /// without a change of their values.
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
        Self::renamed(&Self::file_bytes(path.as_ref())?, rename)
    }

    /// The bytes of a file that is not too large.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] if it cannot be read or is too large.
    #[doc(hidden)]
    pub fn file_bytes(path: &Path) -> Result<Vec<u8>, WeightsError> {
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
        fs::read(path).map_err(io)
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
        let mut read = Self::default();
        for (name, view) in file.iter() {
            let Some(new) = rename(name) else {
                continue;
            };
            let data = TensorData::new(floats(name, &view)?, view.shape().to_vec());
            read.tensors.insert(new, data);
            if view.dtype() != Dtype::F32 {
                read.note_converted(&format!("{:?}", view.dtype()));
            }
        }
        Ok(read)
    }

    /// The tensors of 64-bit floats among the bytes of a safetensors file, as they are, row by row.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Format`] if the bytes are not a safetensors file.
    #[doc(hidden)]
    pub fn doubles(bytes: &[u8]) -> Result<BTreeMap<String, Vec<f64>>, WeightsError> {
        let file = SafeTensors::deserialize(bytes).map_err(WeightsError::format)?;
        let doubles = file.iter().filter(|(_, view)| view.dtype() == Dtype::F64);
        let values =
            |view: &TensorView<'_>| elements(view.data()).map(f64::from_le_bytes).collect();
        Ok(doubles
            .map(|(name, view)| (name.to_string(), values(&view)))
            .collect())
    }

    /// Checks the numbers of the tensors for whose names `is_used` holds.
    ///
    /// # Errors
    ///
    /// [`WeightsError::NotFinite`] names the first that is NaN or infinite, such as an F64 beyond 32 bits.
    #[doc(hidden)]
    pub fn check_finite(&self, is_used: impl Fn(&str) -> bool) -> Result<(), WeightsError> {
        for (name, data) in self.tensors.iter().filter(|(name, _)| is_used(name)) {
            let values = data.as_slice::<f32>();
            let values = values.expect("a state dict holds single precision");
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                return Err(WeightsError::NotFinite {
                    name: name.clone(),
                    place,
                    value: values[place],
                });
            }
        }
        Ok(())
    }

    /// The number of tensors that a file held in another element type, such as `F16`, by that type.
    pub fn converted(&self) -> &BTreeMap<String, usize> {
        &self.converted
    }

    /// Counts a tensor that was converted from another element type.
    #[doc(hidden)]
    pub fn note_converted(&mut self, dtype: &str) {
        *self.converted.entry(dtype.to_string()).or_default() += 1;
    }

    /// Takes over the tensors of `other`, which replace those of the same name.
    #[doc(hidden)]
    pub fn extend(&mut self, other: Self) {
        self.tensors.extend(other.tensors);
        for (dtype, count) in other.converted {
            *self.converted.entry(dtype).or_default() += count;
        }
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
            converted: BTreeMap::new(),
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
        Dtype::F16 => Ok(elements(data)
            .map(|bytes| f16::from_le_bytes(bytes).to_f32())
            .collect()),
        Dtype::BF16 => Ok(elements(data)
            .map(|bytes| bf16::from_le_bytes(bytes).to_f32())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a file with one tensor `x` of two elements.
    fn file(dtype: Dtype, bytes: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, vec![2], bytes).unwrap();
        safetensors::serialize([("x", view)], None).unwrap()
    }

    fn read(dtype: Dtype, bytes: &[u8]) -> Result<StateDict, WeightsError> {
        StateDict::from_bytes(&file(dtype, bytes))
    }

    /// Bit patterns of IEEE 754: 1.5 and -2^-14 as F16, 1.5 and -2^-126 as BF16.
    #[test]
    fn half_precision_becomes_single_and_is_counted() {
        for (dtype, bits, expected) in [
            (Dtype::F16, [0x3e00_u16, 0x8400], [1.5_f32, -6.103_515_6e-5]),
            (Dtype::BF16, [0x3fc0, 0x8080], [1.5, -f32::MIN_POSITIVE]),
        ] {
            let weights = read(dtype, &bits.map(u16::to_le_bytes).concat()).unwrap();
            let values: Vec<f32> = weights.get("x").unwrap().iter::<f32>().collect();
            assert_eq!(values, expected);
            let expected = BTreeMap::from([(format!("{dtype:?}"), 1)]);
            assert_eq!(weights.converted(), &expected);
        }
        let bytes = [1.5_f32, 2.0].map(f32::to_le_bytes).concat();
        assert!(read(Dtype::F32, &bytes).unwrap().converted().is_empty());
    }

    #[test]
    fn numbers_that_are_not_finite_are_named() {
        let weights = read(Dtype::F64, &[1.0_f64, 1e300].map(f64::to_le_bytes).concat());
        let weights = weights.unwrap();
        assert_eq!(
            weights.check_finite(|_| true).unwrap_err().to_string(),
            "tensor `x`: expected finite numbers, found inf at number 1 (from 0)"
        );
        assert!(weights.check_finite(|name| name != "x").is_ok());
    }

    #[test]
    fn other_element_types_are_refused_by_name() {
        assert_eq!(
            read(Dtype::I8, &[1, 2]).unwrap_err().to_string(),
            "tensor `x`: element type I8, expected F32, F64, F16 or BF16"
        );
    }
}

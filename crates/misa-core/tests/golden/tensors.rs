//! The tensors of one golden file, and how near to them is near enough.

use burn::{prelude::*, tensor::TensorData};
use misa_core::StateDict;
use safetensors::{Dtype, SafeTensors};
use std::{collections::BTreeMap, fs, path::Path};

/// A stored tensor; integers are kept as floats, which hold them exactly.
#[derive(Clone, Debug)]
pub struct Stored {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// Every tensor of a file, by name.
pub struct Tensors(BTreeMap<String, Stored>);

impl Tensors {
    pub fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = file.iter().map(|(name, view)| {
            let data = view.data();
            let values = match view.dtype() {
                Dtype::F32 => elements(data, |x| f64::from(f32::from_le_bytes(x))),
                Dtype::F64 => elements(data, f64::from_le_bytes),
                Dtype::I64 => elements(data, |x| i64::from_le_bytes(x) as f64),
                other => panic!("{name}: {other:?}"),
            };
            let shape = view.shape().to_vec();
            (name.to_string(), Stored { shape, values })
        });
        Self(tensors.collect())
    }

    pub fn find(&self, name: &str) -> Option<&Stored> {
        self.0.get(name)
    }

    pub fn get(&self, name: &str) -> &Stored {
        self.find(name)
            .unwrap_or_else(|| panic!("no tensor `{name}`"))
    }

    /// Name without `prefix`, and value, of each tensor that has the prefix.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, &Stored)> {
        let tensors = self.0.iter();
        tensors.filter_map(move |(name, stored)| Some((name.strip_prefix(prefix)?, stored)))
    }

    /// The tensors that have the prefix, without it.
    pub fn state_dict(&self, prefix: &str) -> StateDict {
        let tensors = self.with_prefix(prefix);
        tensors
            .map(|(name, stored)| (name.to_string(), stored.data()))
            .collect()
    }
}

impl Stored {
    pub fn data(&self) -> TensorData {
        let values: Vec<f32> = self.values.iter().map(|&x| x as f32).collect();
        TensorData::new(values, self.shape.clone())
    }

    pub fn tensor<const D: usize>(&self, device: &Device) -> Tensor<D> {
        Tensor::from_data(self.data(), device)
    }

    pub fn ints<const D: usize>(&self, device: &Device) -> Tensor<D, Int> {
        let values: Vec<i64> = self.values.iter().map(|&x| x as i64).collect();
        Tensor::from_data(TensorData::new(values, self.shape.clone()), device)
    }

    /// `[batch, steps, width]` as `[steps, batch, width]`.
    pub fn time_first(&self) -> Self {
        let [batch, steps, width] = self.shape[..] else {
            panic!("{:?}", self.shape)
        };
        let rows = (0..steps).flat_map(|step| (0..batch).map(move |index| index * steps + step));
        Self {
            shape: vec![steps, batch, width],
            values: rows
                .flat_map(|row| &self.values[row * width..][..width])
                .copied()
                .collect(),
        }
    }

    pub fn largest(&self) -> f64 {
        // NaN is never the largest.
        self.values
            .iter()
            .fold(0.0, |largest, x| x.abs().max(largest))
    }
}

fn elements<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.as_chunks().0.iter().copied().map(read).collect()
}

/// Values of a tensor on the host.
pub fn host<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.to_data().iter::<f64>().collect()
}

/// Outputs and losses: 2e-5 absolute plus 2e-5 relative.
pub fn assert_output(what: &str, actual: &[f64], expected: &Stored) {
    assert_within(what, actual, &expected.values, |x| 2e-5 + 2e-5 * x.abs());
}

/// Gradients: 1e-4 of the largest element of the tensor, which counts as 1e-3 at least.
pub fn assert_gradient(what: &str, actual: &[f64], expected: &Stored) {
    let tolerance = 1e-4 * expected.largest().max(1e-3);
    assert_within(what, actual, &expected.values, |_| tolerance);
}

/// Every element within its tolerance. Where the official value is not a number, as a gradient is
/// where two moments coincide, ours has to be one.
pub fn assert_within(what: &str, actual: &[f64], expected: &[f64], tolerance: impl Fn(f64) -> f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: number of elements");
    for (index, (&actual, &expected)) in actual.iter().zip(expected).enumerate() {
        let is_met = match expected.is_nan() {
            true => actual.is_finite(),
            false => (actual - expected).abs() <= tolerance(expected),
        };
        assert!(
            is_met,
            "{what}[{index}]: expected {expected:e}, found {actual:e}"
        );
    }
}

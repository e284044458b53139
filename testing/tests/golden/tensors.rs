//! Golden tensors on a device, and comparisons with tolerances.

use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::StateDict;
use misa_testing::{Stored, Tensors};

/// Conversion of golden tensors to Burn's.
pub trait OnDevice {
    fn data(&self) -> TensorData;
    fn tensor<const D: usize>(&self, device: &Device) -> Tensor<D>;
    fn integers<const D: usize>(&self, device: &Device) -> Tensor<D, Int>;
}

impl OnDevice for Stored {
    fn data(&self) -> TensorData {
        let values: Vec<f32> = self.values.iter().map(|&x| x as f32).collect();
        TensorData::new(values, self.shape.clone())
    }

    fn tensor<const D: usize>(&self, device: &Device) -> Tensor<D> {
        Tensor::from_data(self.data(), device)
    }

    fn integers<const D: usize>(&self, device: &Device) -> Tensor<D, Int> {
        let values: Vec<i64> = self.values.iter().map(|&x| x as i64).collect();
        Tensor::from_data(TensorData::new(values, self.shape.clone()), device)
    }
}

/// The tensors that have the prefix, without it.
pub fn state_dict(tensors: &Tensors, prefix: &str) -> StateDict {
    let tensors = tensors.with_prefix(prefix);
    tensors
        .map(|(name, stored)| (name.to_string(), stored.data()))
        .collect()
}

/// Values of a tensor on the host.
pub fn host<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.to_data().iter::<f64>().collect()
}

/// Outputs and losses: 2e-5 absolute plus 2e-5 relative.
pub fn assert_output(what: &str, actual: &[f64], expected: &Stored) {
    assert_within(what, actual, &expected.values, |x| 2e-5 + 2e-5 * x.abs());
}

/// Gradients: 1e-4 of the largest element of the tensor, or of 1e-3 if all are smaller.
pub fn assert_gradient(what: &str, actual: &[f64], expected: &Stored) {
    let tolerance = 1e-4 * expected.largest().max(1e-3);
    assert_within(what, actual, &expected.values, |_| tolerance);
}

/// Every element within its tolerance. Where the official value is NaN, as that of a gradient where
/// two moments coincide, ours must be a number.
pub fn assert_within(what: &str, actual: &[f64], expected: &[f64], tolerance: impl Fn(f64) -> f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: number of elements");
    for (index, (&actual, &expected)) in actual.iter().zip(expected).enumerate() {
        let is_met = if expected.is_nan() {
            actual.is_finite()
        } else {
            (actual - expected).abs() <= tolerance(expected)
        };
        assert!(
            is_met,
            "{what}[{index}]: expected {expected:e}, found {actual:e}"
        );
    }
}

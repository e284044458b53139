//! Dropout without a random number of the device for each element.

use crate::cpu::mask::mask;
use crate::on_cpu;
use burn::prelude::*;
use burn::tensor::{Distribution, TensorData};

/// Sets elements to zero with `probability` and scales the others so that the mean stays.
///
/// The mask is a function of the device's random state: two numbers are drawn where there is a
/// kernel, one per element elsewhere.
///
/// # Panics
///
/// Panics if `probability` is not in `[0, 1)`.
pub fn dropout<const D: usize>(x: Tensor<D>, probability: f64) -> Tensor<D> {
    assert!((0.0..1.0).contains(&probability), "a probability below 1");
    let device = x.device();
    if !on_cpu(&device, x.dtype()) {
        let kept = x.random_like(Distribution::Bernoulli(1.0 - probability));
        return x * kept / (1.0 - probability);
    }
    let values = mask(x.shape().num_elements(), probability, draw_seed(&device));
    x.clone() * Tensor::from_data(TensorData::new(values, x.shape()), &device)
}

/// A seed from the device's random state.
pub(crate) fn draw_seed(device: &Device) -> u64 {
    let seed = Tensor::<1>::random([2], Distribution::Default, device);
    // Each has 24 random bits.
    let halves = seed.into_data();
    let bits = halves.iter::<f64>().map(|x| (x * 2f64.powi(24)) as u64);
    bits.fold(0, |seed, bits| seed << 24 | bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_a_function_of_the_devices_seed() {
        let device = Device::flex();
        let x = Tensor::<2>::ones([40, 50], &device);
        let drop = |seed| {
            device.seed(seed);
            let first = dropout(x.clone(), 0.5).into_data();
            (first, dropout(x.clone(), 0.5).into_data())
        };
        assert_eq!(drop(1), drop(1));
        assert_ne!(drop(1).0, drop(2).0);
        let (first, second) = drop(1);
        assert_ne!(first, second);
    }

    #[test]
    fn gradients_have_the_same_mask() {
        let device = Device::flex().autodiff();
        let x = Tensor::<1>::ones([1000], &device).require_grad();
        let y = dropout(x.clone(), 0.25);
        let gradient = x.grad(&y.clone().sum().backward()).expect("required");
        assert_eq!(gradient.into_data(), y.into_data());
    }
}

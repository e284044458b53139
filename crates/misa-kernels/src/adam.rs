//! Adam with gradients clipped by value, as one operation.

use crate::layer::on_cpu;
#[cfg(feature = "flex")]
use crate::ops::AdamOps;
#[cfg(feature = "flex")]
use burn::backend::Dispatch;
use burn::prelude::*;

/// Settings of Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Share of the mean of the gradient that a step keeps.
    pub beta_1: f64,
    /// Share of the mean of its square that a step keeps.
    pub beta_2: f64,
    /// Added to the root, so that nothing is divided by zero.
    pub epsilon: f64,
    /// Bound of each element of a gradient, applied first.
    pub clip: Option<f64>,
}

/// Factors of one step.
#[derive(Clone, Copy, Debug)]
pub struct Factors {
    pub(crate) first: f32,
    pub(crate) second: f32,
    pub(crate) second_kept: f32,
    /// Of the root: one over the root of the second moment's bias.
    pub(crate) root: f32,
    pub(crate) epsilon: f32,
    pub(crate) step: f32,
    pub(crate) clip: Option<f32>,
}

impl Default for Adam {
    /// PyTorch's defaults, and no clipping.
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            clip: None,
        }
    }
}

impl Adam {
    /// A parameter and its moments after step number `time`, from 1, given its gradient.
    ///
    /// One pass over memory where there is a kernel, in place where nothing else reads the
    /// tensors; Burn's operations elsewhere.
    ///
    /// - Source: Adam as PyTorch computes it.
    pub fn step<const D: usize>(
        &self,
        learning_rate: f64,
        time: usize,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        moments: Option<[Tensor<D>; 2]>,
    ) -> (Tensor<D>, [Tensor<D>; 2]) {
        let factors = self.factors(learning_rate, time);
        let moments = moments.unwrap_or_else(|| [(); 2].map(|()| gradient.zeros_like()));
        if on_cpu(&parameter.device(), parameter.dtype()) {
            in_one_pass(factors, parameter, gradient, moments)
        } else {
            step_by_step(factors, parameter, gradient, moments)
        }
    }

    pub(crate) fn factors(&self, learning_rate: f64, time: usize) -> Factors {
        let time = i32::try_from(time).unwrap_or(i32::MAX);
        let bias = |beta: f64| 1.0 - beta.powi(time);
        Factors {
            first: (1.0 - self.beta_1) as f32,
            second: (1.0 - self.beta_2) as f32,
            second_kept: self.beta_2 as f32,
            root: (1.0 / bias(self.beta_2).sqrt()) as f32,
            epsilon: self.epsilon as f32,
            step: (learning_rate / bias(self.beta_1)) as f32,
            clip: self.clip.map(|bound| bound as f32),
        }
    }
}

/// The root of the sum of squares of all elements; NaN or infinite if one of them is.
///
/// Summed in double precision and in one order, whatever the number of threads, where there is a
/// kernel. Elsewhere squares beyond the range of the tensor's numbers count as infinite.
///
/// # Shapes
///
/// - tensor: any
/// - output: `[1]`, at least 0
pub fn norm<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    if on_cpu(&tensor.device(), tensor.dtype()) {
        norm_in_one_pass(tensor)
    } else {
        tensor.square().sum().sqrt()
    }
}

#[cfg(feature = "flex")]
fn norm_in_one_pass<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::norm(tensor.into_dispatch()))
}

#[cfg(not(feature = "flex"))]
fn norm_in_one_pass<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    tensor.square().sum().sqrt()
}

#[cfg(feature = "flex")]
fn in_one_pass<const D: usize>(
    factors: Factors,
    parameter: Tensor<D>,
    gradient: Tensor<D>,
    [first, second]: [Tensor<D>; 2],
) -> (Tensor<D>, [Tensor<D>; 2]) {
    let (parameter, first, second) = Dispatch::adam(
        parameter.into_dispatch(),
        gradient.into_dispatch(),
        first.into_dispatch(),
        second.into_dispatch(),
        factors,
    );
    let moments = [first, second].map(Tensor::from_dispatch);
    (Tensor::from_dispatch(parameter), moments)
}

#[cfg(not(feature = "flex"))]
fn in_one_pass<const D: usize>(
    factors: Factors,
    parameter: Tensor<D>,
    gradient: Tensor<D>,
    moments: [Tensor<D>; 2],
) -> (Tensor<D>, [Tensor<D>; 2]) {
    step_by_step(factors, parameter, gradient, moments)
}

fn step_by_step<const D: usize>(
    factors: Factors,
    parameter: Tensor<D>,
    gradient: Tensor<D>,
    [first, second]: [Tensor<D>; 2],
) -> (Tensor<D>, [Tensor<D>; 2]) {
    let gradient = match factors.clip {
        Some(bound) => gradient.clamp(-bound, bound),
        None => gradient,
    };
    let first = first.clone() + (gradient.clone() - first) * factors.first;
    let second = second * factors.second_kept + gradient.square() * factors.second;
    let denominator = second.clone().sqrt() * factors.root + factors.epsilon;
    let parameter = parameter - first.clone() / denominator * factors.step;
    (parameter, [first, second])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tolerance;

    fn ramp(count: i64, scale: f32) -> Tensor<1> {
        (Tensor::arange(0..count, &Device::flex()).float() * scale).sin()
    }

    #[test]
    fn the_first_step_is_one_learning_rate_long() {
        // The moments' biases cancel: m / bias = g, sqrt(v / bias) = |g|.
        let adam = Adam::default();
        let parameter = Tensor::<1>::from_floats([1.0, 1.0], &Device::flex());
        let gradient = Tensor::from_floats([0.5, -3.0], &Device::flex());
        let (parameter, _) = adam.step(0.1, 1, parameter, gradient, None);
        let expected = TensorData::from([0.9f32, 1.1]);
        (parameter.into_data()).assert_approx_eq::<f32>(&expected, Tolerance::absolute(1e-6));
    }

    #[test]
    fn the_kernel_agrees_with_burns_own_operations() {
        let adam = Adam {
            clip: Some(0.5),
            ..Adam::default()
        };
        for count in [1, 15, 16, 17, 40_000] {
            let mut fast = (ramp(count, 0.1), None);
            let mut slow = (ramp(count, 0.1), [(); 2].map(|()| ramp(count, 0.0)));
            for time in 1..6 {
                let gradient = ramp(count, 0.3 * time as f32);
                let (parameter, moments) =
                    adam.step(1e-3, time, fast.0.clone(), gradient.clone(), fast.1);
                fast = (parameter, Some(moments));
                slow = step_by_step(adam.factors(1e-3, time), slow.0, gradient, slow.1);
            }
            (fast.0.into_data())
                .assert_approx_eq::<f32>(&slow.0.into_data(), Tolerance::absolute(1e-6));
        }
    }

    #[test]
    fn a_norm_is_exact_and_shows_nan_and_infinity() {
        let of = |tensor: Tensor<1>| norm(tensor).into_scalar::<f32>();
        let floats = |values: &[f32]| Tensor::<1>::from_floats(values, &Device::flex());
        assert_eq!(of(floats(&[3.0, 0.0, -4.0])), 5.0);
        // The square of neither is a single-precision number.
        assert_eq!(of(floats(&[3e30, 4e30])), 5e30);
        assert!(of(floats(&[1.0, f32::NAN])).is_nan());
        assert_eq!(of(floats(&[1.0, f32::NEG_INFINITY])), f32::INFINITY);
        let many = of(Tensor::ones([70_000], &Device::flex()));
        assert!((many - 70_000f32.sqrt()).abs() < 1e-4, "{many}");
    }

    #[test]
    fn what_is_not_a_number_stays_so_through_clipping() {
        let adam = Adam {
            clip: Some(1.0),
            ..Adam::default()
        };
        let parameter = Tensor::<1>::from_floats([0.0], &Device::flex());
        let gradient = Tensor::from_floats([f32::NAN], &Device::flex());
        let (parameter, _) = adam.step(0.1, 1, parameter, gradient, None);
        assert!(parameter.into_scalar::<f32>().is_nan());
    }
}

//! Redundancy between two subspaces, measured by the dependence of their kernels.

use super::kernel::relative_distances;
use burn::prelude::*;

/// Hilbert-Schmidt independence criterion (HSIC) with Gaussian kernels.
///
/// `HSIC = tr(K H L H) / (batch - 1)^2`, with `K = exp(-||x_i - x_j||^2 / m)`, `m` the mean squared
/// distance between rows, a constant in the gradient, `L` the same of y and `H` the centring
/// matrix. Zero where x and y are independent; also detects dependence without correlation.
///
/// - Source: Gretton et al. 2005, the biased estimate. A batch of one has HSIC 0.
#[derive(Module, Debug, Default)]
pub struct HsicLoss;

impl HsicLoss {
    /// Dependence between the batches `x` and `y`.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, d_hidden]`
    /// - y: `[batch, d_hidden]`
    /// - output: `[1]`, at least 0 but for rounding
    ///
    /// # Panics
    ///
    /// Panics if `y` does not have the shape of `x`.
    pub fn forward(&self, x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
        let [batch, d_hidden] = x.dims();
        assert_shape!(y, [batch, d_hidden]);

        let pairs = batch.saturating_sub(1).max(1).pow(2) as f64;
        (centred_kernel(x) * centred_kernel(y)).sum() / pairs
    }
}

/// The Gaussian kernel of the rows, centred in both directions.
fn centred_kernel(x: Tensor<2>) -> Tensor<2> {
    let kernel = (-relative_distances(x)).exp();
    let rows = kernel.clone().mean_dim(1);
    let columns = kernel.clone().mean_dim(0);
    let all = rows.clone().mean_dim(0);
    kernel - rows - columns + all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close};
    use burn::tensor::Tolerance;

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = HsicLoss.forward(x.clone(), vectors::y().autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.232_360_1]);
        assert_close(
            gradient.into_data(),
            [
                [-0.005_421_51, 0.029_439_44, 0.050_454_56, 0.047_740_12],
                [0.006_083_08, -0.067_869_3, -0.109_901_69, -0.100_245_6],
                [-0.000_661_57, 0.038_429_86, 0.059_447_13, 0.052_505_48],
            ],
        );
    }

    #[test]
    fn a_batch_of_one_is_finite() {
        let x = vectors::x().narrow(0, 0, 1).autodiff().require_grad();
        let loss = HsicLoss.forward(x.clone(), vectors::y().narrow(0, 0, 1).autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert!(loss.into_scalar::<f32>().is_finite());
        assert!(gradient.into_data().iter::<f32>().all(f32::is_finite));
    }

    #[test]
    fn is_symmetric_and_zero_where_one_side_never_changes() {
        let (x, y) = (vectors::x(), vectors::y());
        let there = HsicLoss.forward(x.clone(), y.clone()).into_data();
        there.assert_approx_eq::<f32>(
            &HsicLoss.forward(y, x.clone()).into_data(),
            Tolerance::absolute(1e-6),
        );
        for value in [1.0, 0.3, 0.123_456] {
            let constant = Tensor::full([3, 4], value, &Device::flex());
            let loss = HsicLoss.forward(x.clone(), constant);
            assert!(loss.into_scalar::<f32>().abs() < 1e-5, "{value}");
        }
    }
}

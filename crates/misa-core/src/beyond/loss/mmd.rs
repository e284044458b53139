//! Similarity of two batches of vectors, measured in the space of Gaussian kernels.

use super::kernel::relative_distances;
use burn::prelude::*;

/// Widths of the kernels, as multiples of the mean squared distance.
///
/// - Source: five kernels a factor of 2 apart, as in deep adaptation networks (Long et al. 2015).
const WIDTHS: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

/// Squared maximum mean discrepancy (MMD) between two distributions.
///
/// `MMD^2 = E k(x, x') + E k(y, y') - 2 E k(x, y)`, with `k` the mean of five Gaussians
/// `exp(-||a - b||^2 / (w m))`; `m` is the mean squared distance between the rows of both batches,
/// a constant in the gradient.
///
/// - Source: Gretton et al. 2012, the biased estimate; domain-separation networks (Bousmalis et al.
///   2016) for its use between shared representations.
#[derive(Module, Debug, Default)]
pub struct MmdLoss;

impl MmdLoss {
    /// Discrepancy between the batches `x` and `y`.
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

        let scaled = relative_distances(Tensor::cat(vec![x, y], 0));
        let kernels = WIDTHS.map(|width| (scaled.clone() / -width).exp());
        let kernel = Tensor::stack::<3>(kernels.to_vec(), 0)
            .mean_dim(0)
            .squeeze_dim::<2>(0);
        let block = |row: usize, column: usize| {
            let rows = kernel.clone().narrow(0, row * batch, batch);
            rows.narrow(1, column * batch, batch).mean()
        };
        block(0, 0) + block(1, 1) - block(0, 1) * 2.0
    }
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
        let loss = MmdLoss.forward(x.clone(), vectors::y().autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.339_377_54]);
        assert_close(
            gradient.into_data(),
            [
                [-0.148_330_5, -0.045_075_3, 0.096_921_46, 0.196_546_8],
                [-0.129_071_04, -0.136_037_15, -0.063_671_43, 0.019_400_32],
                [0.130_505_93, 0.179_705_08, 0.134_534_32, 0.032_751_39],
            ],
        );
    }

    #[test]
    fn is_symmetric_and_zero_between_equal_batches() {
        let (x, y) = (vectors::x(), vectors::y());
        let there = MmdLoss.forward(x.clone(), y.clone()).into_data();
        there.assert_approx_eq::<f32>(
            &MmdLoss.forward(y, x.clone()).into_data(),
            Tolerance::absolute(1e-6),
        );
        assert!(MmdLoss.forward(x.clone(), x).into_scalar::<f32>().abs() < 1e-6);
        let collapsed = Tensor::full([3, 4], 0.123_456, &Device::flex());
        let loss = MmdLoss.forward(collapsed.clone(), collapsed);
        assert!(loss.into_scalar::<f32>().abs() < 1e-5);
    }

    #[test]
    fn a_batch_of_one_is_finite() {
        let x = vectors::x().narrow(0, 0, 1).autodiff().require_grad();
        let loss = MmdLoss.forward(x.clone(), vectors::y().narrow(0, 0, 1).autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert!(loss.into_scalar::<f32>().is_finite());
        assert!(gradient.into_data().iter::<f32>().all(f32::is_finite));
    }
}

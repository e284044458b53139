//! Similarity of two batches of vectors, measured by their covariances.

use burn::prelude::*;

/// Distance between the covariances of two distributions (correlation alignment, CORAL).
///
/// `CORAL = ||C(x) - C(y)||_F^2 / (4 d_hidden^2)`, with `C` the covariance over the batch.
///
/// - Source: Sun and Saenko 2016. A batch of one has covariance 0.
#[derive(Module, Debug, Default)]
pub struct CoralLoss;

impl CoralLoss {
    /// Discrepancy between the batches `x` and `y`.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, d_hidden]`
    /// - y: `[batch, d_hidden]`
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if `y` does not have the shape of `x`.
    pub fn forward(&self, x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
        let [batch, d_hidden] = x.dims();
        assert_shape!(y, [batch, d_hidden]);

        let apart = covariance(x) - covariance(y);
        // The mean over `d_hidden^2` entries.
        apart.square().mean() / 4.0
    }
}

fn covariance(x: Tensor<2>) -> Tensor<2> {
    let [batch, _] = x.dims();
    let centred = x.clone() - x.mean_dim(0);
    centred.clone().transpose().matmul(centred) / batch.saturating_sub(1).max(1) as f64
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
        let loss = CoralLoss.forward(x.clone(), vectors::y().autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.006_813_96]);
        assert_close(
            gradient.into_data(),
            [
                [-0.000_640_97, 0.002_337_46, 0.004_511_25, 0.004_736_03],
                [-0.002_622_37, -0.006_891_99, -0.007_684_28, -0.005_409_32],
                [0.003_263_33, 0.004_554_53, 0.003_173_04, 0.000_673_3],
            ],
        );
    }

    #[test]
    fn is_symmetric_and_zero_between_equal_batches() {
        let (x, y) = (vectors::x(), vectors::y());
        let there = CoralLoss.forward(x.clone(), y.clone()).into_data();
        there.assert_approx_eq::<f32>(
            &CoralLoss.forward(y, x.clone()).into_data(),
            Tolerance::absolute(1e-6),
        );
        assert!(CoralLoss.forward(x.clone(), x).into_scalar::<f32>().abs() < 1e-6);
    }

    #[test]
    fn a_batch_of_one_is_finite() {
        let x = vectors::x().narrow(0, 0, 1).autodiff().require_grad();
        let loss = CoralLoss.forward(x.clone(), vectors::y().narrow(0, 0, 1).autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert!(loss.into_scalar::<f32>().is_finite());
        assert!(gradient.into_data().iter::<f32>().all(f32::is_finite));
    }

    #[test]
    fn a_shift_of_every_feature_changes_no_covariance() {
        let loss = CoralLoss.forward(vectors::x(), vectors::x() + 0.25);
        assert!(loss.into_scalar::<f32>() < 1e-10);
    }
}

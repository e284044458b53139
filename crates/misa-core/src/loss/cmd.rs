//! Similarity of two batches of vectors, measured by their central moments.

use burn::prelude::*;

/// Configuration of [`CmdLoss`].
#[derive(Config, Debug)]
pub struct CmdLossConfig {
    /// Highest central moment compared, K. Range: `[1, inf)`.
    #[config(default = 5)]
    pub moments: usize,
}

/// Central moment discrepancy (CMD) between two distributions.
///
/// `CMD = ||E(x) - E(y)|| + sum_{k=2..K} ||c_k(x) - c_k(y)||`, with `c_k` the k-th central
/// moment per feature. Zero when the two batches agree in their first K moments.
///
/// - Source: MISA, similarity loss; Zellinger et al. 2017.
/// - Differs: the gradient is 0 where two moments coincide, as they all do in a batch of one. In
///   the official code it is NaN there.
///
/// The factors `1 / |b - a|^k` of the papers are 1 here: sigmoid outputs lie in `[0, 1]`.
#[derive(Module, Debug)]
pub struct CmdLoss {
    moments: usize,
}

impl CmdLossConfig {
    /// Creates the loss.
    pub fn init(&self) -> CmdLoss {
        CmdLoss {
            moments: self.moments,
        }
    }
}

impl CmdLoss {
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

        let mean_x = x.clone().mean_dim(0);
        let mean_y = y.clone().mean_dim(0);
        let centred_x = x - mean_x.clone();
        let centred_y = y - mean_y.clone();

        let mut sum = distance(mean_x, mean_y);
        let (mut power_x, mut power_y) = (centred_x.clone(), centred_y.clone());
        for _ in 2..=self.moments {
            power_x = power_x * centred_x.clone();
            power_y = power_y * centred_y.clone();
            sum = sum + distance(power_x.clone().mean_dim(0), power_y.clone().mean_dim(0));
        }
        sum
    }
}

/// Euclidean distance between two `[1, d_hidden]` rows, with gradient 0 at distance 0.
fn distance(x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
    let squares = (x - y).square().sum();
    let coincide = squares.clone().equal_scalar(0.0);
    let root = squares.mask_fill(coincide.clone(), 1.0).sqrt();
    root.mask_fill(coincide, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close};
    use burn::tensor::Tolerance;

    fn batch<const N: usize>(rows: [[f32; N]; 2]) -> Tensor<2> {
        Tensor::from_data(rows, &Device::flex())
    }

    #[test]
    fn matches_hand_computed_value() {
        let x = batch([[0.0, 0.0], [1.0, 1.0]]);
        let y = batch([[0.0, 0.0], [0.0, 0.0]]);
        let loss = CmdLossConfig::new().init().forward(x, y);
        // Moments of one column of x: 1/2, 1/4, 0, 1/16, 0; distances scale by sqrt(2).
        let expected = TensorData::from([1.149_048_5_f32]);
        loss.into_data()
            .assert_approx_eq::<f32>(&expected, Tolerance::absolute(1e-6));
    }

    /// Value and gradient computed in plain Python, double precision.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = CmdLossConfig::new()
            .init()
            .forward(x.clone(), vectors::y().autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.670_592_37]);
        assert_close(
            gradient.into_data(),
            [
                [-0.208_463_44, -0.002_692_43, 0.441_981_36, 0.347_661_7],
                [-0.159_142_75, 0.015_050_06, -0.346_185_61, 0.114_229_02],
                [-0.047_704_75, 0.007_768_7, 0.422_083_8, 0.285_713_8],
            ],
        );
    }

    #[test]
    fn a_shift_of_every_feature_moves_the_mean_alone() {
        let x = batch([[0.1, 0.9], [0.4, 0.2]]);
        let loss = CmdLossConfig::new().init().forward(x.clone(), x + 0.5);
        // sqrt(d_hidden) * shift
        assert_close(loss.into_data(), [0.5 * 2.0f32.sqrt()]);
    }

    #[test]
    fn is_zero_with_zero_gradient_for_equal_batches() {
        let x = batch([[0.1, 0.9], [0.4, 0.2]]).autodiff().require_grad();
        let loss = CmdLossConfig::new().init().forward(x.clone(), x.clone());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert_eq!(loss.into_scalar::<f32>(), 0.0);
        gradient
            .into_data()
            .assert_eq(&TensorData::from([[0.0f32; 2]; 2]), true);
    }

    #[test]
    fn gradient_is_finite_in_a_batch_of_one() {
        let x = Tensor::<2>::from_data([[0.2, 0.7]], &Device::flex())
            .autodiff()
            .require_grad();
        let y = Tensor::from_data([[0.4, 0.1]], &Device::flex()).autodiff();
        let loss = CmdLossConfig::new().init().forward(x.clone(), y);
        let gradient = x.grad(&loss.backward()).unwrap();
        // The unit vector from y to x.
        let norm = 0.4f32.sqrt();
        assert_close(gradient.into_data(), [[-0.2 / norm, 0.6 / norm]]);
    }

    #[test]
    #[should_panic(expected = "axis 1 expected 2, got 3")]
    fn shapes_must_match() {
        let x = batch([[0.0, 0.0], [1.0, 1.0]]);
        let y = batch([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
        let _ = CmdLossConfig::new().init().forward(x, y);
    }
}

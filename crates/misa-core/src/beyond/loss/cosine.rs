//! Redundancy between two subspaces, measured utterance by utterance.

use super::unit::row_cosines;
use burn::prelude::*;

/// Cosine embedding loss with target -1: `mean(max(0, cos(x, y)))`.
///
/// Unlike [`crate::loss::DifferenceLoss`], it depends neither on the size of the batch nor on
/// `d_hidden`.
///
/// - Source: decoupled multimodal distilling (Li et al. 2023), difference loss.
/// - Differs: [`crate::loss::MisaLoss`] applies it to the pairs of MISA's difference loss, those of
///   private representations included.
#[derive(Module, Debug, Default)]
pub struct CosineLoss;

impl CosineLoss {
    /// Redundancy between the batches `x` and `y`.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, d_hidden]`
    /// - y: `[batch, d_hidden]`
    /// - output: `[1]`, in `[0, 1]`
    ///
    /// # Panics
    ///
    /// Panics if `y` does not have the shape of `x`.
    pub fn forward(&self, x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
        let [batch, d_hidden] = x.dims();
        assert_shape!(y, [batch, d_hidden]);

        row_cosines(x, y).clamp_min(0.0).mean()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close};

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = CosineLoss.forward(x.clone() - 0.5, vectors::y().autodiff() - 0.5);
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.132_666_22]);
        assert_close(
            gradient.into_data(),
            [
                [0.269_224_75, 0.203_467_45, -0.048_065_73, -0.300_694_72],
                [0.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0],
            ],
        );
    }

    #[test]
    fn a_batch_of_one_is_finite() {
        let x = vectors::x().narrow(0, 0, 1).autodiff().require_grad();
        let loss = CosineLoss.forward(x.clone(), vectors::y().narrow(0, 0, 1).autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert!(loss.into_scalar::<f32>().is_finite());
        assert!(gradient.into_data().iter::<f32>().all(f32::is_finite));
    }

    #[test]
    fn is_zero_at_right_angles_and_beyond_and_one_for_equal_rows() {
        let device = Device::flex();
        let rows = |rows: [[f32; 2]; 2]| Tensor::<2>::from_data(rows, &device);
        let x = rows([[1.0, 0.0], [2.0, 0.0]]);
        let apart = CosineLoss.forward(x.clone(), rows([[0.0, 3.0], [-1.0, 0.0]]));
        assert_eq!(apart.into_scalar::<f32>(), 0.0);
        assert_close(CosineLoss.forward(x.clone(), x * 5.0).into_data(), [1.0]);
    }
}

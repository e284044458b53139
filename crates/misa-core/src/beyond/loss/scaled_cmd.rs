//! Similarity of two batches of vectors, measured by their central moments in deviations.

use crate::loss::CmdLoss;
use burn::prelude::*;

/// Added to the variance of a feature: a deviation of 0.01, a hundredth of the sigmoid's range.
const LEAST_VARIANCE: f64 = 1e-4;

/// Central moment discrepancy of features that are divided by their deviation first, per feature:
/// `CMD(x / s, y / s) / sqrt(d_hidden)`, with `s^2` the mean of both variances, plus 1e-4.
///
/// CMD measures in units of the sigmoid's range. Shared features hardly use that range: with a deviation of 0.06, two
/// deviations between the means count as little as 0.1, and the higher moments next to nothing. In deviations, what
/// a linear classifier would see is what is measured. The deviation has no gradient, so that spreading the features
/// is no way out.
///
/// - Source: ours; the moments are those of [`CmdLoss`].
#[derive(Clone, Debug)]
pub struct ScaledCmdLoss {
    /// The discrepancy of what is scaled.
    pub cmd: CmdLoss,
}

impl ScaledCmdLoss {
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

        let variance = (variance(x.clone()) + variance(y.clone())) / 2.0 + LEAST_VARIANCE;
        let deviation = variance.sqrt().detach();
        let discrepancy = self.cmd.forward(x / deviation.clone(), y / deviation);
        discrepancy / (d_hidden as f64).sqrt()
    }
}

/// `[1, d_hidden]`
fn variance(x: Tensor<2>) -> Tensor<2> {
    let centred = x.clone() - x.mean_dim(0);
    centred.square().mean_dim(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::CmdLossConfig;
    use crate::loss::vectors::{self, assert_close};

    fn loss() -> ScaledCmdLoss {
        ScaledCmdLoss {
            cmd: CmdLossConfig::new().init(),
        }
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = loss().forward(x.clone(), vectors::y().autodiff());
        let gradient = x.grad(&loss.backward()).unwrap();
        assert_close(loss.into_data(), [11.167_022]);
        assert_close(
            gradient.into_data(),
            [
                [-0.826_539, -0.230_022, 9.707_521, 1.739_828],
                [-0.658_88, 0.077_686, -18.990_36, -1.831_405],
                [0.696_66, 0.196_493, 10.174_497, 1.018_576],
            ],
        );
    }

    /// A hundredth of the spread, and a hundredth of the distance: the same discrepancy, but for the least variance.
    #[test]
    fn measures_in_deviations() {
        let narrow = |x: Tensor<2>, factor: f64| x * factor;
        let of = |factor| {
            let (x, y) = (narrow(vectors::x(), factor), narrow(vectors::y(), factor));
            loss().forward(x, y).into_scalar::<f32>()
        };
        let (wide, twice) = (of(10.0), of(20.0));
        assert!((wide - twice).abs() < 1e-3 * wide, "{wide} and {twice}");
    }

    #[test]
    fn equal_batches_have_none() {
        let same = loss().forward(vectors::x(), vectors::x());
        assert_eq!(same.into_scalar::<f32>(), 0.0);
    }
}

//! Contrast between modalities: representations of one utterance close, of different ones apart.

use super::unit::{row_cosines, unit_rows};
use crate::ConfigError;
use burn::prelude::*;
use burn::tensor::activation::log_softmax;

misa_terms::settings! {
    /// Configuration of [`ContrastLoss`].
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `weight` | 0.1 | `[0, inf)` |
    /// | `temperature` | 0.5 | `(0, inf)` |
    #[derive(PartialEq)]
    pub struct ContrastLossConfig {
        /// Weight in the objective. Range: `[0, inf)`.
        pub weight: f64 = 0.1, with_weight;
        /// Divisor of the cosines. Range: `(0, inf)`.
        pub temperature: f64 = 0.5, with_temperature;
    }
}

/// In-batch contrast (InfoNCE) from one modality to another.
///
/// The positive of an anchor is the same utterance in the other modality; its negatives are the
/// other utterances there, and its own private representations:
/// `mean_i -log(e^{cos(x_i, y_i) / t} / (sum_j e^{cos(x_i, y_j) / t} + sum_p e^{cos(x_i, p_i) / t}))`.
///
/// - Source: ConFEDE (Yang et al. 2023), whose negatives within an utterance are its
///   dissimilarity features.
/// - Differs: the batch replaces a bank of neighbours.
#[derive(Module, Debug)]
pub struct ContrastLoss {
    temperature: f64,
}

impl ContrastLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        ConfigError::check_weight("contrast.weight", self.weight)?;
        ConfigError::check_positive("contrast.temperature", self.temperature)
    }

    /// Creates the loss.
    pub fn init(&self) -> ContrastLoss {
        ContrastLoss {
            temperature: self.temperature,
        }
    }
}

impl ContrastLoss {
    /// Contrast from the anchors `x` to `y`, with further negatives of each anchor.
    ///
    /// # Shapes
    ///
    /// - x and y: `[batch, d_hidden]`, a row per utterance
    /// - private: `[batch, d_hidden]` each, in any number
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if the shapes differ.
    pub fn forward(&self, x: Tensor<2>, y: Tensor<2>, private: Vec<Tensor<2>>) -> Tensor<1> {
        let [batch, d_hidden] = x.dims();
        assert_shape!(y, [batch, d_hidden]);

        let mut columns = vec![unit_rows(x.clone()).matmul(unit_rows(y).transpose())];
        for private in private {
            assert_shape!(private, [batch, d_hidden]);
            columns.push(row_cosines(x.clone(), private));
        }
        let logits = Tensor::cat(columns, 1) / self.temperature;
        let log_shares = log_softmax(logits, 1).narrow(1, 0, batch);
        let positives = Tensor::<2>::eye(batch, &log_shares.device());
        -(log_shares * positives).sum() / batch as f64
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
        let loss = {
            // The private vectors are constants here.
            let private = vec![vectors::z().autodiff(), vectors::x().flip([0]).autodiff()];
            loss().forward(x.clone(), vectors::y().autodiff(), private)
        };
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [2.121_326_17]);
        assert_close(
            gradient.into_data(),
            [
                [-0.053_751_59, -0.066_152_57, -0.000_389_8, 0.115_078_71],
                [0.168_545_04, 0.121_129_45, -0.396_044_03, -0.886_646_35],
                [-0.225_465_92, -0.074_258_73, 0.058_951_83, 0.074_378_04],
            ],
        );
    }

    fn loss() -> ContrastLoss {
        ContrastLossConfig::new().init()
    }

    #[test]
    fn one_utterance_without_negatives_has_no_loss() {
        let (x, y) = (vectors::x().narrow(0, 0, 1), vectors::y().narrow(0, 0, 1));
        let alone = loss().forward(x.clone(), y.clone(), Vec::new());
        assert_eq!(alone.into_scalar::<f32>(), 0.0);
        // Against one negative as close as the positive: ln 2.
        let against = loss().forward(x.clone(), y.clone(), vec![y]);
        assert_close(against.into_data(), [2.0f32.ln()]);
    }
}

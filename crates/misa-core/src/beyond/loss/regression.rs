//! How far a predicted sentiment is from its target.

use crate::ConfigError;
use burn::nn::loss::{HuberLossConfig, MseLoss, Reduction};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// Error of a regression, mean over the batch.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Regression {
        /// Squared error, as in MISA.
        #[default]
        Squared,
        /// Absolute error, which is the MAE that is reported.
        Absolute,
        /// Half the squared error up to `delta`, and linear beyond.
        Huber {
            /// Where the error becomes linear. Range: `(0, inf)`.
            delta: f64,
        },
    }
}

impl Regression {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(self) -> Result<(), ConfigError> {
        match self {
            Self::Squared | Self::Absolute => Ok(()),
            Self::Huber { delta } => ConfigError::check_positive("regression.delta", delta),
        }
    }

    /// Mean error of `predictions`.
    ///
    /// # Shapes
    ///
    /// - predictions and targets: `[batch, 1]`
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if the shapes differ.
    pub fn forward(self, predictions: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        let [batch, columns] = predictions.dims();
        // A row of targets would be compared with every prediction.
        assert_shape!(targets, [batch, columns]);
        match self {
            Self::Squared => MseLoss::new().forward(predictions, targets, Reduction::Mean),
            Self::Absolute => (predictions - targets).abs().mean(),
            Self::Huber { delta } => {
                let huber = HuberLossConfig::new(delta as f32).init();
                huber.forward(predictions, targets, Reduction::Mean)
            }
        }
    }

    /// The error of each prediction.
    ///
    /// # Shapes
    ///
    /// - predictions and targets: `[batch, 1]`
    /// - output: `[batch, 1]`, at least 0
    pub(super) fn errors(self, predictions: Tensor<2>, targets: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Squared => MseLoss::new().forward_no_reduction(predictions, targets),
            Self::Absolute => (predictions - targets).abs(),
            Self::Huber { delta } => {
                let huber = HuberLossConfig::new(delta as f32).init();
                huber.forward_no_reduction(predictions, targets)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::assert_close;

    #[test]
    fn matches_reference_values() {
        let device = Device::flex();
        let predictions = Tensor::<2>::from_data([[0.2], [-1.5], [0.0], [3.0]], &device);
        let targets = predictions.zeros_like();
        for (kind, expected) in [
            (Regression::Squared, 2.8225),
            (Regression::Absolute, 1.175),
            (Regression::Huber { delta: 0.5 }, 0.505),
        ] {
            let loss = kind.forward(predictions.clone(), targets.clone());
            assert_close(loss.into_data(), [expected]);
        }
    }

    /// By hand: of residual r among 4, r / 2, the sign of r / 4, and r / 4 up to half of it.
    #[test]
    fn gradients_are_those_of_the_residuals() {
        let device = Device::flex().autodiff();
        for (kind, expected) in [
            (Regression::Squared, [[0.1], [-0.75], [0.0], [1.5]]),
            (Regression::Absolute, [[0.25], [-0.25], [0.0], [0.25]]),
            (
                Regression::Huber { delta: 0.5 },
                [[0.05], [-0.125], [0.0], [0.125]],
            ),
        ] {
            let predictions = Tensor::<2>::from_data([[0.2], [-1.5], [0.0], [3.0]], &device);
            let predictions = predictions.require_grad();
            let loss = kind.forward(predictions.clone(), predictions.zeros_like());
            let gradient = predictions.grad(&loss.backward()).unwrap();
            assert_close(gradient.into_data(), expected);
        }
    }

    #[test]
    fn a_batch_of_one_that_is_right_has_no_error() {
        let right = Tensor::<2>::from_data([[-1.4]], &Device::flex());
        for kind in [
            Regression::Squared,
            Regression::Absolute,
            Regression::Huber { delta: 1.0 },
        ] {
            let loss = kind.forward(right.clone(), right.clone());
            assert_close(loss.into_data(), [0.0]);
        }
    }

    #[test]
    #[should_panic(expected = "axis 0 expected 3, got 1")]
    fn there_is_a_target_for_each_prediction() {
        let predictions = Tensor::<2>::from_data([[0.2], [-1.5], [0.0]], &Device::flex());
        let targets = predictions.clone().transpose();
        let _ = Regression::Squared.forward(predictions, targets);
    }

    #[test]
    fn names_are_read_from_settings() {
        let read = |text: &str| serde_json::from_str::<Regression>(text).unwrap();
        assert_eq!(read("\"absolute\""), Regression::Absolute);
        let huber = Regression::Huber { delta: 0.5 };
        assert_eq!(read("{\"huber\": {\"delta\": 0.5}}"), huber);
        assert!(Regression::Huber { delta: 0.0 }.validate().is_err());
    }
}

//! Error of one modality where its label differs from that of the utterance.

use crate::loss::Regression;
use burn::prelude::*;

/// Error of a prediction from one modality, which counts the more the farther the label of the modality
/// is from that of the utterance.
///
/// `mean(tanh|y_s - y| * error(p_s, y_s))`; the weight has no gradient. It is 0 where the labels are
/// equal.
///
/// - Source: Self-MM (Yu et al. 2021), whose error is [`Regression::Absolute`].
#[derive(Clone, Copy, Debug, Default)]
pub struct DivergenceLoss {
    /// The error.
    pub regression: Regression,
}

impl DivergenceLoss {
    /// Loss of `predictions`.
    ///
    /// # Shapes
    ///
    /// - predictions: `[batch, 1]`
    /// - own: `[batch, 1]`, the labels of the modality
    /// - targets: `[batch, 1]`, those of the utterances
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if the shapes differ.
    pub fn forward(&self, predictions: Tensor<2>, own: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        let [batch, columns] = predictions.dims();
        assert_shape!(own, [batch, columns]);
        assert_shape!(targets, [batch, columns]);
        let weights = (own.clone() - targets).abs().tanh().detach();
        (weights * self.regression.errors(predictions, own)).mean()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::assert_close;

    fn column<const N: usize>(values: [[f32; 1]; N]) -> Tensor<2> {
        Tensor::from_data(values, &Device::flex())
    }

    /// By hand: tanh(1) |0.5| and tanh(0) |2|, over 2; the gradient is tanh(1) / 2 and 0.
    #[test]
    fn equal_labels_count_nothing() {
        let predictions = column([[1.5], [3.0]]).autodiff().require_grad();
        let loss = DivergenceLoss {
            regression: Regression::Absolute,
        };
        let [own, targets] = [[[1.0], [1.0]], [[2.0], [1.0]]].map(column);
        let loss = loss.forward(predictions.clone(), own.autodiff(), targets.autodiff());
        let gradient = predictions.grad(&loss.backward()).unwrap();
        assert_close(loss.into_data(), [0.190_398_54]);
        assert_close(gradient.into_data(), [[0.380_797_08], [0.0]]);
    }

    #[test]
    fn the_error_is_that_of_the_regression() {
        let of = |regression| {
            let [own, targets] = [[[1.0]], [[2.0]]].map(column);
            DivergenceLoss { regression }.forward(column([[3.0]]), own, targets)
        };
        assert_close(of(Regression::Squared).into_data(), [3.046_376_6]);
        let huber = Regression::Huber { delta: 1.0 };
        assert_close(of(huber).into_data(), [1.142_391_2]);
    }

    #[test]
    #[should_panic(expected = "axis 0 expected 2, got 1")]
    fn shapes_must_match() {
        let _ = DivergenceLoss::default().forward(
            column([[0.0], [1.0]]),
            column([[0.0]]),
            column([[0.0], [1.0]]),
        );
    }
}

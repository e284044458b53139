//! Hidden steps of visual and acoustic sequences, predicted from the others.

use crate::{Modalities, Modality, PerModality};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;

/// Features that spread by less than this share of their size count as constant: more than the
/// rounding of a mean, less than any measurement.
const CONSTANT: f64 = 1e-5;

/// A linear head per modality from the encoder's states to the features of the same steps.
///
/// - Source: masked-step modelling as in data2vec and SPECTRA: the encoder predicts steps that it
///   does not see, which needs no labels.
#[derive(Module, Debug)]
pub struct StepHeads {
    visual: Option<Linear>,
    acoustic: Option<Linear>,
}

impl StepHeads {
    /// Creates the heads of the modalities in use on `device`; text has none.
    pub(crate) fn new(
        modalities: Modalities,
        d_states: &PerModality<usize>,
        [d_visual, d_acoustic]: [usize; 2],
        device: &Device,
    ) -> Self {
        let head = |modality, d_input| {
            let linear = LinearConfig::new(*d_states.get(modality), d_input);
            modalities.contains(modality).then(|| linear.init(device))
        };
        Self {
            visual: head(Modality::Visual, d_visual),
            acoustic: head(Modality::Acoustic, d_acoustic),
        }
    }

    pub(crate) fn of(&self, modality: Modality) -> Option<&Linear> {
        match modality {
            Modality::Text => None,
            Modality::Visual => self.visual.as_ref(),
            Modality::Acoustic => self.acoustic.as_ref(),
        }
    }
}

/// Mean absolute error over hidden steps, divided by the mean distance of features to their mean.
///
/// 1 where the mean of the batch is predicted, whatever the unit of the features. Features that are
/// constant over the hidden steps are excluded: there is nothing to learn, and their error has no
/// scale. 0 if all are excluded.
///
/// # Shapes
///
/// - predicted and features: `[batch, steps, d_input]`
/// - hidden: `[batch, steps]`, 1 at the steps that count
/// - output: `[1]`, at least 0
pub(crate) fn hidden_step_error(
    predicted: Tensor<3>,
    features: Tensor<3>,
    hidden: Tensor<2>,
) -> Tensor<1> {
    let hidden = hidden.unsqueeze_dim::<3>(2);
    let count = hidden.clone().sum().clamp_min(1.0);
    let sum = |x: Tensor<3>| (x * hidden.clone()).sum_dim(0).sum_dim(1);
    let total = count.clone().reshape([1, 1, 1]);
    let mean = sum(features.clone()) / total.clone();
    let spread = sum((features.clone() - mean.clone()).abs()) / total.clone();
    let is_constant = spread.clone().lower_equal(mean.abs() * CONSTANT);
    let error = sum((predicted - features).abs()) / total;
    let scale = spread.detach().mask_fill(is_constant.clone(), 1.0);
    let counts = is_constant.bool_not().float();
    let errors = (error / scale * counts.clone()).sum();
    errors / counts.sum().clamp_min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::assert_close;

    fn error(predicted: [[[f32; 2]; 3]; 1]) -> f32 {
        let device = Device::flex();
        let features = Tensor::<3>::from_data([[[0.0, 100.0], [9.0, 9.0], [2.0, 300.0]]], &device);
        let hidden = Tensor::<2>::from_data([[1.0, 0.0, 1.0]], &device);
        let predicted = Tensor::<3>::from_data(predicted, &device);
        hidden_step_error(predicted, features, hidden).into_scalar()
    }

    /// By hand: of two features, errors 1 and 50 as shares of spreads 1 and 100, halved.
    #[test]
    fn value_and_gradient_are_those_of_a_mean_of_shares() {
        let device = Device::flex();
        let features = Tensor::<3>::from_data([[[0.0, 100.0], [9.0, 9.0], [2.0, 300.0]]], &device);
        let hidden = Tensor::<2>::from_data([[1.0, 0.0, 1.0]], &device);
        let predicted = [[[1.0, 150.0], [0.0, 0.0], [3.0, 250.0]]];
        let predicted = Tensor::<3>::from_data(predicted, &device).autodiff();
        let predicted = predicted.require_grad();
        let (features, hidden) = (features.autodiff(), hidden.autodiff());
        let error = hidden_step_error(predicted.clone(), features, hidden);
        let gradient = predicted.grad(&error.backward()).unwrap();
        assert_close(error.into_data(), [0.75]);
        let expected = [[[0.25, 0.0025], [0.0, 0.0], [0.25, -0.0025]]];
        assert_close(gradient.into_data(), expected);
    }

    /// A feature that never changes, and a single hidden step, where no feature changes.
    #[test]
    fn constant_features_are_excluded() {
        let device = Device::flex();
        let features = Tensor::<3>::from_data([[[0.3, 1.0], [0.3, 5.0], [0.3, 3.0]]], &device);
        let predicted = Tensor::<3>::from_data([[[9.0, 3.0], [9.0, 3.0], [9.0, 3.0]]], &device);
        let all = Tensor::<2>::ones([1, 3], &device);
        let one = Tensor::<2>::from_data([[0.0, 1.0, 0.0]], &device);
        let error = |hidden| hidden_step_error(predicted.clone(), features.clone(), hidden);
        assert_close(error(all.clone()).into_data(), [1.0]);
        assert_close(error(one).into_data(), [0.0]);
        assert_close(error(all.zeros_like()).into_data(), [0.0]);
    }

    #[test]
    fn the_mean_has_error_one_in_any_unit_and_the_truth_zero() {
        let mean = error([[[1.0, 200.0], [5.0, -7.0], [1.0, 200.0]]]);
        assert!((mean - 1.0).abs() < 1e-4, "{mean}");
        assert_eq!(error([[[0.0, 100.0], [5.0, -7.0], [2.0, 300.0]]]), 0.0);
    }
}

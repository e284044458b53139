//! Weights of the terms, fixed or learned.

use burn::module::Param;
use burn::prelude::*;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// Where the weights of the terms come from.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Weighting {
        /// From the configuration.
        #[default]
        Fixed,
        /// Learned, starting there, see [`UncertaintyWeights`].
        Learned,
    }
}

/// Weights that are learned with the model, by how uncertain each term is.
///
/// `L = sum_i (1/2 e^{-w_i} L_i + 1/2 w_i)`, one learned `w` per term in use.
///
/// - Source: Kendall, Gal and Cipolla 2018, homoscedastic uncertainty.
/// - Differs: `w_i` starts at `-ln(2 weight_i)`, where the factor of the term is the weight that
///   the configuration gives it.
#[derive(Module, Debug)]
pub struct UncertaintyWeights {
    log_variances: Param<Tensor<1>>,
}

impl UncertaintyWeights {
    /// Creates the weights on `device`, each starting at the value in `weights`, all above 0.
    pub fn new(weights: &[f64], device: &Device) -> Self {
        let log_variances: Vec<f32> = weights
            .iter()
            .map(|weight| -(2.0 * weight).ln() as f32)
            .collect();
        let log_variances = Tensor::<1>::from_data(log_variances.as_slice(), device);
        Self {
            log_variances: Param::from_tensor(log_variances),
        }
    }

    /// The weighted sum, plus a term that keeps the weights from vanishing.
    ///
    /// # Shapes
    ///
    /// - terms: `[1]` each, in the order of the weights
    /// - output: `[1]`; may be below 0
    ///
    /// # Panics
    ///
    /// Panics if there are not as many terms as weights.
    pub fn forward(&self, terms: Vec<Tensor<1>>) -> Tensor<1> {
        let log_variances = self.log_variances.val();
        let [count] = log_variances.dims();
        assert_eq!(terms.len(), count, "a weight for each term");
        let terms = Tensor::cat(terms, 0);
        (((-log_variances.clone()).exp() * terms + log_variances) / 2.0).sum()
    }

    /// The factor of each term as it is now.
    pub fn factors(&self) -> Vec<f32> {
        let factors = (-self.log_variances.val()).exp() / 2.0;
        factors.into_data().iter::<f32>().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::assert_close;

    fn terms(device: &Device) -> Vec<Tensor<1>> {
        [2.0, 4.0]
            .map(|value| Tensor::from_data([value], device))
            .to_vec()
    }

    #[test]
    fn factors_start_at_the_weights() {
        let device = Device::flex();
        let weights = UncertaintyWeights::new(&[1.0, 0.25], &device);
        assert_close(weights.factors().as_slice().into(), [1.0, 0.25]);
        // 1 * 2 + 0.25 * 4, and half of -ln 2 and of ln 2.
        assert_close(weights.forward(terms(&device)).into_data(), [3.0]);
    }

    /// The gradient of each term is its factor.
    #[test]
    fn terms_are_learned_by_their_factors() {
        let device = Device::flex().autodiff();
        let weights = UncertaintyWeights::new(&[1.0, 0.25], &device);
        let terms: Vec<_> = terms(&device)
            .into_iter()
            .map(Tensor::require_grad)
            .collect();
        let gradients = weights.forward(terms.clone()).backward();
        let of = |term: &Tensor<1>| term.grad(&gradients).unwrap().into_data();
        assert_close(of(&terms[0]), [1.0]);
        assert_close(of(&terms[1]), [0.25]);
    }

    /// `dL/dw = (1 - e^-w L) / 2`: zero where the factor is half the inverse of the term.
    #[test]
    fn factors_settle_at_half_the_inverse_of_the_term() {
        let device = Device::flex().autodiff();
        let weights = UncertaintyWeights::new(&[0.25, 1.0], &device);
        let gradients = weights.forward(terms(&device)).backward();
        let gradient = weights.log_variances.val().grad(&gradients).unwrap();
        assert_close(gradient.into_data(), [0.0, (1.0 - 2.0 * 4.0) / 2.0]);
    }
}

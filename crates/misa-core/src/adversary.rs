//! Two discriminators: of modalities, through gradient reversal, and of subspaces.

use crate::dropout::drop_out;
use crate::{Activation, Modalities, PerModality, SubspacesOutput};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::prelude::*;

/// Returns `x`; multiplies its gradient by `-weight`.
///
/// - Source: official code, adversarial variant.
pub fn reverse_gradient<const D: usize>(x: Tensor<D>, weight: f64) -> Tensor<D> {
    // The first term restores the value and has no gradient.
    x.clone().detach() * (1.0 + weight) - x * weight
}

/// Configuration of [`Adversary`].
#[derive(Config, Debug)]
pub struct AdversaryConfig {
    /// Size of both subspaces.
    pub d_hidden: usize,
    /// Probability of zeroing a hidden value in training. Range: `[0, 1)`.
    #[config(default = 0.5)]
    pub dropout: f64,
    /// Factor of the reversed gradient. Range: `(0, inf)`.
    #[config(default = 1.0)]
    pub reversal_weight: f64,
}

/// Predicts the modality of a shared representation; its reversed gradient makes the modalities
/// indistinguishable.
///
/// - Source: MISA, similarity loss, adversarial alternative.
#[derive(Module, Debug)]
pub struct Adversary {
    hidden: Linear,
    dropout: Dropout,
    output: Linear,
    reversal_weight: f64,
}

impl AdversaryConfig {
    /// Creates the discriminator on `device`.
    pub fn init(&self, device: &Device) -> Adversary {
        Adversary {
            hidden: LinearConfig::new(self.d_hidden, self.d_hidden).init(device),
            dropout: DropoutConfig::new(self.dropout).init(),
            output: LinearConfig::new(self.d_hidden, 3).init(device),
            reversal_weight: self.reversal_weight,
        }
    }
}

impl Adversary {
    /// Logits of the modality, for the shared representation of each modality.
    ///
    /// # Shapes
    ///
    /// - shared: `[batch, d_hidden]` per modality
    /// - output: `[batch, 3]` per modality, columns in text, visual, acoustic order
    pub fn forward(
        &self,
        shared: &PerModality<Tensor<2>>,
        activation: &Activation,
    ) -> PerModality<Tensor<2>> {
        shared.as_ref().map(|x| {
            let reversed = reverse_gradient(x.clone(), self.reversal_weight);
            let hidden = activation.forward(self.hidden.forward(reversed));
            self.output.forward(drop_out(&self.dropout, hidden))
        })
    }
}

/// Predicts whether a representation is the private one of a modality or a shared one.
///
/// - Source: official code, which computes its logits and uses them in no loss.
/// - Differs: [`crate::loss::MisaLoss`] can use them; the meaning of the four classes (private of
///   text, visual, acoustic; mean of the shared) is ours.
#[derive(Module, Debug)]
pub struct SubspaceDiscriminator {
    linear: Linear,
}

/// Logits of a [`SubspaceDiscriminator`], four columns each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SubspaceLogits {
    /// `[batch, 4]` for each private representation.
    pub private: PerModality<Tensor<2>>,
    /// `[batch, 4]` for the mean of the shared representations.
    pub shared: Tensor<2>,
}

impl SubspaceDiscriminator {
    /// Creates the discriminator of representations of size `d_hidden`.
    pub fn new(d_hidden: usize, device: &Device) -> Self {
        Self {
            linear: LinearConfig::new(d_hidden, 4).init(device),
        }
    }

    /// Classifies the private representations and the mean of the shared ones.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, 4]` each
    pub fn forward(&self, subspaces: &SubspacesOutput, modalities: Modalities) -> SubspaceLogits {
        let shared = modalities.select(&subspaces.shared);
        let count = shared.len() as f64;
        let [batch, d_hidden] = subspaces.shared.text.dims();
        let zeros = Tensor::zeros([batch, d_hidden], &subspaces.shared.text.device());
        let mean = shared.into_iter().fold(zeros, |sum, x| sum + x) / count;
        SubspaceLogits {
            private: subspaces
                .private
                .as_ref()
                .map(|x| self.linear.forward(x.clone())),
            shared: self.linear.forward(mean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;

    #[test]
    fn counts_match_the_specification() {
        let device = device();
        let adversary = AdversaryConfig::new(128).init(&device);
        assert_eq!(adversary.num_params(), 16_899);
        assert_eq!(SubspaceDiscriminator::new(128, &device).num_params(), 516);
    }

    #[test]
    fn reversal_keeps_the_value_and_turns_the_gradient() {
        let device = device().autodiff();
        let x = Tensor::<1>::from_data([0.25, -3.0], &device).require_grad();
        let weights = Tensor::<1>::from_data([2.0, 5.0], &device);
        let reversed = reverse_gradient(x.clone(), 0.5);
        reversed
            .clone()
            .into_data()
            .assert_eq(&TensorData::from([0.25f32, -3.0]), true);
        let gradient = x.grad(&(reversed * weights).sum().backward()).unwrap();
        gradient
            .into_data()
            .assert_eq(&TensorData::from([-1.0f32, -2.5]), true);
    }
}

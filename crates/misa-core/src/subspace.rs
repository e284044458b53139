//! Modality-invariant (shared) and modality-specific (private) representations.

use crate::modality_modules::ModalityModules;
use crate::{Modalities, PerModality};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::sigmoid;

/// Configuration of [`Subspaces`].
#[derive(Config, Debug)]
pub struct SubspacesConfig {
    /// Size of the projected modalities and of both subspaces.
    pub d_hidden: usize,
    /// Modalities in use.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
}

/// The shared encoder and the private encoders, each a linear layer and a sigmoid.
///
/// - Source: MISA, modality-invariant and -specific representations.
#[derive(Module, Debug)]
pub struct Subspaces {
    shared: Linear,
    private: ModalityModules<Option<Linear>>,
}

/// Both representations of each modality, each `[batch, d_hidden]` with values in `(0, 1)`.
///
/// Those of a modality that is switched off are zeros.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SubspacesOutput {
    /// Modality-invariant: every modality through the same encoder.
    pub shared: PerModality<Tensor<2>>,
    /// Modality-specific: each modality through its own encoder.
    pub private: PerModality<Tensor<2>>,
}

impl SubspacesConfig {
    /// Creates the encoders on `device`.
    pub fn init(&self, device: &Device) -> Subspaces {
        let linear = || LinearConfig::new(self.d_hidden, self.d_hidden).init(device);
        Subspaces {
            shared: linear(),
            private: ModalityModules::init(self.modalities, |_| linear()),
        }
    }
}

impl Subspaces {
    /// Splits each modality into its shared and its private representation.
    ///
    /// # Shapes
    ///
    /// - projected: `[batch, d_hidden]` per modality
    /// - output: `[batch, d_hidden]` per modality and subspace
    pub fn forward(&self, projected: &PerModality<Tensor<2>>) -> SubspacesOutput {
        let parts = self.private.as_ref().zip(projected.as_ref());
        SubspacesOutput {
            shared: parts.map(|(used, x)| match used {
                Some(_) => sigmoid(self.shared.forward(x.clone())),
                None => x.clone(),
            }),
            private: self.private(projected),
        }
    }

    /// The private representation of each modality of `x`; zeros where it is switched off.
    ///
    /// # Shapes
    ///
    /// - x and output: `[batch, d_hidden]` per modality
    pub fn private(&self, x: &PerModality<Tensor<2>>) -> PerModality<Tensor<2>> {
        let parts = self.private.as_ref().zip(x.as_ref());
        parts.map(|(encoder, x)| match encoder {
            Some(encoder) => sigmoid(encoder.forward(x.clone())),
            None => x.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;

    #[test]
    fn counts_one_shared_and_three_private_encoders() {
        let subspaces = SubspacesConfig::new(128).init(&device());
        assert_eq!(subspaces.num_params(), 16_512 + 49_536);
    }

    /// Changes to one encoder reach the representations it makes, and no other.
    #[test]
    fn the_shared_encoder_serves_every_modality() {
        let device = device();
        let subspaces = SubspacesConfig::new(3).init(&device);
        let projected = PerModality::from_fn(|_| Tensor::ones([2, 3], &device));
        let before = subspaces.forward(&projected);
        let changed = Subspaces {
            shared: LinearConfig::new(3, 3).init(&device),
            ..subspaces
        };
        let after = changed.forward(&projected);
        let equal = |x: Tensor<2>, y: Tensor<2>| x.into_data() == y.into_data();
        for (x, y) in before.shared.zip(after.shared).into_array() {
            assert!(!equal(x, y));
        }
        for (x, y) in before.private.zip(after.private).into_array() {
            assert!(equal(x, y));
        }
    }
}

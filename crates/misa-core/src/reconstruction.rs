//! Each modality rebuilt from its two representations.

use crate::{Modalities, PerModality, SubspacesOutput};
use burn::{
    nn::{Linear, LinearConfig},
    prelude::*,
};

/// Configuration of [`Reconstruction`].
#[derive(Config, Debug)]
pub struct ReconstructionConfig {
    /// Size of both subspaces.
    pub d_hidden: usize,
    /// Modalities in use.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
}

/// A linear decoder per modality, applied to the sum of the shared and the private representation.
///
/// - Source: MISA, reconstruction loss.
/// - Differs: one decoder per modality, as in the official code; the paper writes one for all.
#[derive(Module, Debug)]
pub struct Reconstruction {
    decoders: PerModality<Option<Linear>>,
}

impl ReconstructionConfig {
    /// Creates the decoders on `device`.
    pub fn init(&self, device: &Device) -> Reconstruction {
        let linear = || LinearConfig::new(self.d_hidden, self.d_hidden).init(device);
        Reconstruction {
            decoders: self.modalities.build(|_| linear()),
        }
    }
}

impl Reconstruction {
    /// Rebuilds the projected vector of each modality; zeros where it is switched off.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, d_hidden]` per modality
    pub fn forward(&self, subspaces: &SubspacesOutput) -> PerModality<Tensor<2>> {
        let parts = subspaces.shared.as_ref().zip(subspaces.private.as_ref());
        self.decoders
            .as_ref()
            .zip(parts)
            .map(|(decoder, (shared, private))| match decoder {
                Some(decoder) => decoder.forward(shared.clone() + private.clone()),
                None => shared.clone(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_one_decoder_per_modality() {
        let decoders = ReconstructionConfig::new(128).init(&Device::flex());
        assert_eq!(decoders.num_params(), 49_536);
    }
}

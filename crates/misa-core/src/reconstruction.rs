//! Each modality rebuilt from its two representations.

use crate::modality_modules::ModalityModules;
use crate::{Modalities, PerModality, SubspacesOutput};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// What a modality is rebuilt from.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum ReconstructionSource {
        /// The sum of both representations, as in MISA.
        #[default]
        Sum,
        /// The concatenation of both, so that neither can replace the other.
        Concatenation,
    }
}

/// Configuration of [`Reconstruction`].
#[derive(Config, Debug)]
pub struct ReconstructionConfig {
    /// Size of both subspaces.
    pub d_hidden: usize,
    /// What a modality is rebuilt from.
    #[config(default = "ReconstructionSource::Sum")]
    pub source: ReconstructionSource,
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
    decoders: ModalityModules<Option<Linear>>,
    #[module(skip)]
    source: ReconstructionSource,
}

impl ReconstructionConfig {
    /// Creates the decoders on `device`.
    pub fn init(&self, device: &Device) -> Reconstruction {
        let d_input = match self.source {
            ReconstructionSource::Sum => self.d_hidden,
            ReconstructionSource::Concatenation => 2 * self.d_hidden,
        };
        let linear = || LinearConfig::new(d_input, self.d_hidden).init(device);
        Reconstruction {
            decoders: ModalityModules::init(self.modalities, |_| linear()),
            source: self.source,
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
                Some(decoder) => decoder.forward(match self.source {
                    ReconstructionSource::Sum => shared.clone() + private.clone(),
                    ReconstructionSource::Concatenation => {
                        Tensor::cat(vec![private.clone(), shared.clone()], 1)
                    }
                }),
                None => shared.clone(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;

    #[test]
    fn counts_one_decoder_per_modality() {
        let decoders = ReconstructionConfig::new(128).init(&device());
        assert_eq!(decoders.num_params(), 49_536);
        let config = ReconstructionConfig::new(128);
        let config = config.with_source(ReconstructionSource::Concatenation);
        let decoders = config.init(&device());
        assert_eq!(decoders.num_params(), 49_536 + 3 * 128 * 128);
    }
}

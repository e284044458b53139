//! Predictions from one modality alone.

use crate::modality_modules::ModalityModules;
use crate::{Modalities, PerModality};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;

/// A linear head on the projected vector of each modality.
///
/// - Source: ConFEDE (Yang et al. 2023) trains encoders under heads of their own first; DLF (Wang
///   et al. 2025) keeps such heads beside the fusion.
/// - Differs: linear, where ConFEDE has three layers, so that the encoder has to learn.
/// - Differs: reads the vector before the subspaces, not the private and the shared one, so that both are spared the
///   labels of single modalities.
#[derive(Module, Debug)]
pub struct UnimodalHeads {
    heads: ModalityModules<Option<Linear>>,
}

impl UnimodalHeads {
    /// Creates the heads of the modalities in use on `device`.
    pub fn new(modalities: Modalities, d_hidden: usize, d_output: usize, device: &Device) -> Self {
        let head = |_| LinearConfig::new(d_hidden, d_output).init(device);
        Self {
            heads: ModalityModules::init(modalities, head),
        }
    }

    /// The prediction from each modality; its vector unchanged where it is switched off.
    ///
    /// # Shapes
    ///
    /// - projected: `[batch, d_hidden]` per modality
    /// - output: `[batch, d_output]` per modality in use
    pub fn forward(&self, projected: &PerModality<Tensor<2>>) -> PerModality<Tensor<2>> {
        let parts = self.heads.as_ref().zip(projected.as_ref());
        parts.map(|(head, x)| match head {
            Some(head) => head.forward(x.clone()),
            None => x.clone(),
        })
    }
}

//! Attention over the representations of an utterance.

use super::head::Head;
use super::{FusionConfig, FusionInput, FusionOutput};
use crate::{Activation, TransformerLayer, TransformerLayerConfig};
use burn::prelude::*;

/// One transformer layer over the representations, then a two-layer head.
///
/// - Source: MISA, modality fusion.
/// - Differs: tokens are the private representations, then the shared ones, as in the official
///   code; the paper lists the shared first. In the head, dropout precedes the activation, as in
///   the official code. Tokens of a missing modality are masked, and zeros in the head.
#[derive(Module, Debug)]
pub struct TransformerFusion {
    transformer: TransformerLayer,
    head: Head,
}

impl TransformerFusion {
    pub(super) fn new(config: &FusionConfig, device: &Device) -> Self {
        let d_tokens = config.d_tokens();
        // Half of its input, as in the official code.
        let d_middle = (d_tokens / 2).max(1);
        Self {
            transformer: TransformerLayerConfig::new(config.d_hidden)
                .with_dropout(config.attention_dropout)
                .init(device),
            head: Head::new(
                [d_tokens, d_middle, config.d_output],
                config.dropout,
                device,
            ),
        }
    }

    pub(super) fn forward(&self, input: &FusionInput, activation: &Activation) -> FusionOutput {
        let missing = input.missing();
        let attended = self.transformer.forward(input.stacked(), missing.clone());
        let [batch, count, d_hidden] = attended.tokens.dims();
        let fused = match missing {
            None => attended.tokens,
            Some(missing) => {
                let missing = missing
                    .unsqueeze_dim::<3>(2)
                    .expand([batch, count, d_hidden]);
                attended.tokens.mask_fill(missing, 0.0)
            }
        };
        let concatenated = fused.clone().reshape([batch, count * d_hidden]);
        let head = self.head.forward(concatenated, activation);
        FusionOutput {
            fused,
            attention: Some(attended.attention),
            hidden: head.hidden,
            prediction: head.prediction,
        }
    }
}

//! One head on all representations side by side.

use crate::Activation;
use crate::fusion::{FusionConfig, FusionInput, FusionOutput, Head};
use burn::prelude::*;

/// The head of MISA without its attention: features are concatenated first.
///
/// - Source: early (feature-level) fusion, the usual baseline.
/// - Differs: joins the vectors of the encoders, not the steps of aligned sequences, so that
///   unaligned data can be read.
#[derive(Module, Debug)]
pub struct EarlyFusion {
    head: Head,
}

impl EarlyFusion {
    pub(crate) fn new(config: &FusionConfig, device: &Device) -> Self {
        let d_tokens = config.d_tokens();
        let sizes = [d_tokens, (d_tokens / 2).max(1), config.d_output];
        Self {
            head: Head::new(sizes, config.dropout, device),
        }
    }

    pub(crate) fn forward(&self, input: &FusionInput, activation: &Activation) -> FusionOutput {
        let head = self.head.forward(input.concatenated(), activation);
        FusionOutput {
            fused: input.stacked(),
            attention: None,
            hidden: head.hidden,
            prediction: head.prediction,
        }
    }
}

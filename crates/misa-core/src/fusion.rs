//! Attention over the representations of an utterance, and the prediction head.

use crate::{
    Activation, Modalities, SubspacesOutput, TransformerLayer, TransformerLayerConfig,
    dropout::drop_out,
};
use burn::{
    nn::{Dropout, DropoutConfig, Linear, LinearConfig},
    prelude::*,
};

/// Configuration of [`Fusion`].
#[derive(Config, Debug)]
pub struct FusionConfig {
    /// Size of both subspaces, a multiple of 2.
    pub d_hidden: usize,
    /// Size of the prediction.
    pub d_output: usize,
    /// Modalities in use.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
    /// Probability of zeroing a hidden value of the head in training. Range: `[0, 1)`.
    #[config(default = 0.5)]
    pub dropout: f64,
    /// The same within the transformer layer. Range: `[0, 1)`.
    #[config(default = 0.1)]
    pub attention_dropout: f64,
}

/// One transformer layer over the representations, then a two-layer head.
///
/// - Source: MISA, modality fusion.
/// - Differs: tokens are the private representations, then the shared ones, as in the official
///   code; the paper lists the shared first. In the head, dropout precedes the activation, as in
///   the official code.
#[derive(Module, Debug)]
pub struct Fusion {
    transformer: TransformerLayer,
    hidden: Linear,
    dropout: Dropout,
    output: Linear,
    #[module(skip)]
    modalities: Modalities,
}

/// What the fusion makes of an utterance.
///
/// `tokens` is twice the number of modalities in use: the private representations in text,
/// visual, acoustic order, then the shared ones.
#[derive(Clone, Debug)]
pub struct FusionOutput {
    /// The representations after attention, `[batch, tokens, d_hidden]`.
    pub fused: Tensor<3>,
    /// Attention weights, `[batch, heads, tokens, tokens]`; rows are queries.
    pub attention: Tensor<4>,
    /// Hidden layer of the head before its dropout and activation, `[batch, 3 * d_hidden]` for
    /// three modalities.
    pub hidden: Tensor<2>,
    /// `[batch, d_output]`
    pub prediction: Tensor<2>,
}

impl FusionConfig {
    /// Creates the fusion on `device`.
    pub fn init(&self, device: &Device) -> Fusion {
        let d_tokens = 2 * self.modalities.count() * self.d_hidden;
        Fusion {
            transformer: TransformerLayerConfig::new(self.d_hidden)
                .with_dropout(self.attention_dropout)
                .init(device),
            hidden: LinearConfig::new(d_tokens, d_tokens / 2).init(device),
            dropout: DropoutConfig::new(self.dropout).init(),
            output: LinearConfig::new(d_tokens / 2, self.d_output).init(device),
            modalities: self.modalities,
        }
    }
}

impl Fusion {
    /// Predicts from both representations of each modality in use.
    ///
    /// # Shapes
    ///
    /// - subspaces: `[batch, d_hidden]` each
    /// - output: see [`FusionOutput`]
    pub fn forward(&self, subspaces: &SubspacesOutput, activation: &Activation) -> FusionOutput {
        let mut tokens = self.modalities.select(&subspaces.private);
        tokens.extend(self.modalities.select(&subspaces.shared));
        let attended = self.transformer.forward(Tensor::stack(tokens, 1));

        let [batch, count, d_hidden] = attended.tokens.dims();
        let concatenated = attended.tokens.clone().reshape([batch, count * d_hidden]);
        let hidden = self.hidden.forward(concatenated);
        let activated = activation.forward(drop_out(&self.dropout, hidden.clone()));
        FusionOutput {
            fused: attended.tokens,
            attention: attended.attention,
            hidden,
            prediction: self.output.forward(activated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_match_the_specification() {
        for (d_output, head) in [(1, 295_681), (2, 296_066)] {
            let fusion = FusionConfig::new(128, d_output).init(&Device::flex());
            assert_eq!(fusion.num_params(), 593_024 + head);
        }
    }
}

//! One transformer layer, post-norm, as PyTorch builds it.

use crate::dropout::drop_out;
use burn::nn::attention::{MhaInput, MultiHeadAttention, MultiHeadAttentionConfig};
use burn::nn::{
    Dropout, DropoutConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig,
};
use burn::prelude::*;
use burn::tensor::activation::relu;

/// Configuration of [`TransformerLayer`].
#[derive(Config, Debug)]
pub struct TransformerLayerConfig {
    /// Features of a token, a multiple of `n_heads`.
    pub d_model: usize,
    /// Attention heads, fixed by the official code.
    #[config(default = 2)]
    pub n_heads: usize,
    /// Width of the feed-forward layer, PyTorch's default.
    #[config(default = 2048)]
    pub d_feed_forward: usize,
    /// Probability of zeroing a value in training. Range: `[0, 1)`.
    #[config(default = 0.1)]
    pub dropout: f64,
}

/// Self-attention and a feed-forward layer, each added to its input and then normalised.
///
/// No position is encoded: the tokens are a set.
///
/// - Source: MISA, modality fusion; PyTorch's encoder layer with its defaults.
#[derive(Module, Debug)]
pub struct TransformerLayer {
    attention: MultiHeadAttention,
    attention_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
    feed_forward_norm: LayerNorm,
    dropout: Dropout,
}

/// What a layer computes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransformerLayerOutput {
    /// `[batch, tokens, d_model]`
    pub tokens: Tensor<3>,
    /// Attention weights, `[batch, n_heads, tokens, tokens]`; rows are queries.
    pub attention: Tensor<4>,
}

impl TransformerLayerConfig {
    /// Creates the layer on `device`.
    pub fn init(&self, device: &Device) -> TransformerLayer {
        let linear = |d_input, d_output| LinearConfig::new(d_input, d_output).init(device);
        let norm = || LayerNormConfig::new(self.d_model).init(device);
        TransformerLayer {
            attention: self.attention(device),
            attention_norm: norm(),
            expand: linear(self.d_model, self.d_feed_forward),
            contract: linear(self.d_feed_forward, self.d_model),
            feed_forward_norm: norm(),
            dropout: DropoutConfig::new(self.dropout).init(),
        }
    }

    /// PyTorch draws the query, key and value weights as one packed Xavier matrix, and starts
    /// every bias at zero.
    fn attention(&self, device: &Device) -> MultiHeadAttention {
        let d_model = self.d_model;
        let bound = (6.0 / (d_model + 3 * d_model) as f64).sqrt();
        let mut attention = MultiHeadAttentionConfig::new(d_model, self.n_heads)
            .with_dropout(self.dropout)
            .with_initializer(Initializer::Uniform {
                min: -bound,
                max: bound,
            })
            .init(device);
        attention.output = LinearConfig::new(d_model, d_model).init(device);
        for linear in [
            &mut attention.query,
            &mut attention.key,
            &mut attention.value,
            &mut attention.output,
        ] {
            linear.bias = Some(Initializer::Zeros.init([d_model], device));
        }
        attention
    }
}

impl TransformerLayer {
    /// Lets every token attend to every token that is not masked.
    ///
    /// # Shapes
    ///
    /// - tokens: `[batch, tokens, d_model]`
    /// - masked: `[batch, tokens]`, true for a token that no token attends to
    /// - output: see [`TransformerLayerOutput`]
    pub fn forward(
        &self,
        tokens: Tensor<3>,
        masked: Option<Tensor<2, Bool>>,
    ) -> TransformerLayerOutput {
        let input = MhaInput::self_attn(tokens.clone());
        let attended = self.attention.forward(match masked {
            None => input,
            Some(masked) => input.mask_pad(masked),
        });
        let tokens = tokens + drop_out(&self.dropout, attended.context);
        let tokens = self.attention_norm.forward(tokens);
        let tokens = tokens.clone() + self.feed_forward(tokens);
        TransformerLayerOutput {
            tokens: self.feed_forward_norm.forward(tokens),
            attention: attended.weights,
        }
    }

    fn feed_forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        let expanded = drop_out(&self.dropout, relu(self.expand.forward(tokens)));
        drop_out(&self.dropout, self.contract.forward(expanded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;

    #[test]
    fn count_matches_the_specification() {
        let layer = TransformerLayerConfig::new(128).init(&device());
        assert_eq!(layer.num_params(), 593_024);
    }

    #[test]
    fn packed_projections_start_within_the_packed_bound_and_biases_at_zero() {
        let layer = TransformerLayerConfig::new(128).init(&device());
        let query = layer.attention.query.weight.val().abs().max();
        let query = query.into_scalar::<f32>();
        assert!((0.10..=0.108_26).contains(&query), "{query}");
        let bias = layer.attention.key.bias.unwrap().val();
        assert_eq!(bias.abs().max().into_scalar::<f32>(), 0.0);
    }
}

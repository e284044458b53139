//! One layer of attention between the steps of two modalities.

use super::steps::PackedSteps;
use crate::dropout::{drop_out, probability};
use burn::nn::attention::{MhaInput, MultiHeadAttention, MultiHeadAttentionConfig};
use burn::nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::relu;
use misa_kernels::{CrossAttention, bias_add, bias_relu};

/// Width of the feed-forward layer, as a multiple of the features.
///
/// - Source: MulT.
const EXPANSION: usize = 4;

/// Added to a variance before its root is taken: Burn's and PyTorch's default.
pub(super) const NORM_EPSILON: f64 = 1e-5;

/// One cross-modal layer, pre-norm.
///
/// `h = x + drop(attention(q = LN(x), k = v = LN(source)))`, then
/// `h + drop(W2 drop(relu(W1 LN(h))))`.
#[derive(Module, Debug)]
pub struct CrossModal {
    attention: MultiHeadAttention,
    attention_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
    feed_forward_norm: LayerNorm,
    dropout: Dropout,
}

impl CrossModal {
    pub(super) fn new(d_model: usize, n_heads: usize, dropout: f64, device: &Device) -> Self {
        let norm = || {
            LayerNormConfig::new(d_model)
                .with_epsilon(NORM_EPSILON)
                .init(device)
        };
        let d_middle = EXPANSION * d_model;
        Self {
            attention: MultiHeadAttentionConfig::new(d_model, n_heads)
                .with_dropout(dropout)
                .init(device),
            attention_norm: norm(),
            expand: LinearConfig::new(d_model, d_middle).init(device),
            contract: LinearConfig::new(d_middle, d_model).init(device),
            feed_forward_norm: norm(),
            dropout: DropoutConfig::new(dropout).init(),
        }
    }

    /// Lets every step of `x` attend to the real steps of `source`.
    ///
    /// # Shapes
    ///
    /// - x and output: `[batch, steps, d_model]`
    /// - source: `[batch, source_steps, d_model]`
    /// - padding: `[batch, source_steps]`
    pub fn forward(&self, x: Tensor<3>, source: Tensor<3>, padding: Tensor<2, Bool>) -> Tensor<3> {
        let source = self.attention_norm.forward(source);
        let query = self.attention_norm.forward(x.clone());
        let input = MhaInput::new(query, source.clone(), source).mask_pad(padding);
        let x = x + drop_out(&self.dropout, self.attention.forward(input).context);
        let expanded = relu(
            self.expand
                .forward(self.feed_forward_norm.forward(x.clone())),
        );
        let contracted = self.contract.forward(drop_out(&self.dropout, expanded));
        x + drop_out(&self.dropout, contracted)
    }

    /// The same from the kernels, over steps without padding.
    pub(super) fn forward_packed(&self, x: PackedSteps, source: &PackedSteps) -> PackedSteps {
        let PackedSteps { rows: x, sentences } = x;
        let now = |layer: &Dropout| probability(layer, &x);
        let dropout = now(&self.dropout);
        let heads = &self.attention;
        let attention = CrossAttention {
            queries: sentences.clone(),
            keys: source.sentences.clone(),
            n_heads: heads.n_heads,
            dropout: now(&heads.dropout),
        };
        let source = layer_norm(&self.attention_norm, source.rows.clone());
        let query = layer_norm(&self.attention_norm, x.clone());
        let query = heads.query.forward(query);
        let key = source.clone().matmul(heads.key.weight.val());
        let value = heads.value.forward(source);
        let context = attention.forward([query, key, value], bias(&heads.key));
        let context = context.matmul(heads.output.weight.val());
        let x = bias_add(context, bias(&heads.output), x, dropout);
        let normed = layer_norm(&self.feed_forward_norm, x.clone());
        let expanded = normed.matmul(self.expand.weight.val());
        let expanded = bias_relu(expanded, bias(&self.expand), dropout);
        let contracted = expanded.matmul(self.contract.weight.val());
        PackedSteps {
            rows: bias_add(contracted, bias(&self.contract), x, dropout),
            sentences,
        }
    }
}

/// `norm` of every row, by the kernel.
pub(super) fn layer_norm(norm: &LayerNorm, rows: Tensor<2>) -> Tensor<2> {
    let beta = norm.beta.as_ref().expect("made with a beta");
    misa_kernels::layer_norm(rows, norm.gamma.val(), beta.val(), NORM_EPSILON)
}

fn bias(linear: &Linear) -> Tensor<1> {
    linear.bias.as_ref().expect("made with a bias").val()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close, waves};
    use crate::testing::device;
    use misa_kernels::Sentences;
    use std::sync::Arc;

    /// By `scripts/loss-reference`.
    const OUTPUT: [[f32; 4]; 3] = [
        [1.454_116_4, 1.663_893_7, 1.326_273_7, 0.600_044_2],
        [1.335_724_1, 0.960_384, 0.368_518_07, -0.161_509_85],
        [1.140_752, 1.443_107_8, 1.301_905_4, 0.783_554_3],
    ];
    /// By `scripts/loss-reference`.
    const GRADIENT: [[f32; 4]; 3] = [
        [2.358_757_4, 2.917_791_2, 3.820_677_6, 0.991_429_8],
        [2.569_332_8, 1.889_423_4, 1.262_125_7, -0.714_649_2],
        [2.798_108_8, 1.823_481_4, 3.675_526_7, 1.041_522_1],
    ];

    fn layer(device: &Device) -> CrossModal {
        waves(CrossModal::new(4, 2, 0.0, device))
    }

    fn padding(mask: [bool; 3], device: &Device) -> Tensor<2, Bool> {
        Tensor::from_data([mask], device)
    }

    /// Values and gradient by `scripts/loss-reference`; the last step of the source is padding.
    #[test]
    fn cross_modal_matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let device = x.device();
        let source = vectors::y().autodiff().unsqueeze_dim(0);
        let padding = padding([false, false, true], &device);
        let found = layer(&device).forward(x.clone().unsqueeze_dim(0), source, padding);
        assert_close(found.to_data(), [OUTPUT]);
        let gradient = x.grad(&found.square().sum().backward()).unwrap();
        assert_close(gradient.into_data(), GRADIENT);
    }

    #[test]
    fn padding_of_the_source_has_no_influence() {
        let device = device();
        let forward = |source: Tensor<2>| {
            let padding = padding([false, true, true], &device);
            let source = source.unsqueeze_dim(0);
            let found = layer(&device).forward(vectors::x().unsqueeze_dim(0), source, padding);
            found.into_data()
        };
        let first = vectors::y().narrow(0, 0, 1);
        let other = Tensor::cat(vec![first, vectors::z().narrow(0, 1, 2) * 50.0], 0);
        forward(vectors::y()).assert_eq(&forward(other), true);
    }

    /// The real steps alone give the same reference vector.
    #[test]
    fn packed_cross_modal_matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let device = x.device();
        let steps = |rows: Tensor<2>| {
            let count = rows.dims()[0];
            let sentences = Arc::new(Sentences::new(&[count], &[count]));
            PackedSteps { rows, sentences }
        };
        let source = steps(vectors::y().autodiff().narrow(0, 0, 2));
        let found = layer(&device)
            .forward_packed(steps(x.clone()), &source)
            .rows;
        assert_close(found.to_data(), OUTPUT);
        let gradient = x.grad(&found.square().sum().backward()).unwrap();
        assert_close(gradient.into_data(), GRADIENT);
    }
}

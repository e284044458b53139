//! One transformer layer of BERT.

use super::embeddings::SPREAD;
use crate::dropout::{drop_out, probability};
use crate::encoder::bert::tokens::Tokens;
use burn::nn::{
    Dropout, DropoutConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig,
};
use burn::prelude::*;
use burn::tensor::activation::{gelu, softmax};
use misa_kernels::{AddNorm, SelfAttention};
use misa_terms::BertConfig;

/// Self-attention and a feed-forward part, each added to its input and then normalised.
#[derive(Module, Debug)]
pub(super) struct BertLayer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    attention_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
    output_norm: LayerNorm,
    dropout: Dropout,
    attention_dropout: Dropout,
    n_heads: usize,
    norm_epsilon: f64,
}

impl BertLayer {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        let linear = |d_input, d_output| {
            let mut linear = LinearConfig::new(d_input, d_output)
                .with_initializer(Initializer::Normal {
                    mean: 0.0,
                    std: SPREAD,
                })
                .init(device);
            linear.bias = Some(Initializer::Zeros.init([d_output], device));
            linear
        };
        let norm = || {
            LayerNormConfig::new(config.d_model)
                .with_epsilon(config.norm_epsilon)
                .init(device)
        };
        let square = || linear(config.d_model, config.d_model);
        Self {
            query: square(),
            key: square(),
            value: square(),
            output: square(),
            attention_norm: norm(),
            expand: linear(config.d_model, config.d_feed_forward),
            contract: linear(config.d_feed_forward, config.d_model),
            output_norm: norm(),
            dropout: DropoutConfig::new(config.dropout).init(),
            attention_dropout: DropoutConfig::new(config.attention_dropout).init(),
            n_heads: config.n_heads,
            norm_epsilon: config.norm_epsilon,
        }
    }

    /// From `[rows, d_model]` to the same shape.
    pub(super) fn forward(&self, x: Tensor<2>, tokens: &Tokens, drops: bool) -> Tensor<2> {
        if misa_kernels::on_cpu(&x.device(), x.dtype()) {
            self.forward_by_kernels(x, tokens, drops)
        } else {
            self.forward_by_burn(x, tokens, drops)
        }
    }

    fn forward_by_kernels(&self, x: Tensor<2>, tokens: &Tokens, drops: bool) -> Tensor<2> {
        let now = |layer| if drops { probability(layer, &x) } else { 0.0 };
        let attention = SelfAttention {
            sentences: tokens.sentences.clone(),
            n_heads: self.n_heads,
            dropout: now(&self.attention_dropout),
        };
        let dropout = now(&self.dropout);
        let query = whole(&self.query, x.clone());
        let key = product(&self.key, x.clone());
        let value = whole(&self.value, x.clone());
        let context = attention.forward([query, key, value], bias(&self.key));
        let x = self.add_norm(&self.output, &self.attention_norm, context, x, dropout);
        let expanded = misa_kernels::gelu(whole(&self.expand, x.clone()));
        self.add_norm(&self.contract, &self.output_norm, expanded, x, dropout)
    }

    /// `norm(residual + dropout(linear(x)))`.
    fn add_norm(
        &self,
        linear: &Linear,
        norm: &LayerNorm,
        x: Tensor<2>,
        residual: Tensor<2>,
        dropout: f64,
    ) -> Tensor<2> {
        let beta = norm.beta.as_ref().expect("made with a beta");
        let add_norm = AddNorm {
            gamma: norm.gamma.val(),
            beta: beta.val(),
            epsilon: self.norm_epsilon,
            dropout,
        };
        add_norm.forward(product(linear, x), bias(linear), residual)
    }

    /// The same from Burn's operations.
    fn forward_by_burn(&self, x: Tensor<2>, tokens: &Tokens, drops: bool) -> Tensor<2> {
        let drop = |x| if drops { drop_out(&self.dropout, x) } else { x };
        let projections = [&self.query, &self.key, &self.value];
        let projected = projections.map(|linear| linear.forward(x.clone()));
        let context = self.attend(projected, tokens, drops);
        let x = self
            .attention_norm
            .forward(x + drop(self.output.forward(context)));
        let expanded = gelu(self.expand.forward(x.clone()));
        let contracted = self.contract.forward(expanded);
        self.output_norm.forward(x + drop(contracted))
    }

    /// Attention of each token to the tokens of its sentence.
    fn attend(&self, projected: [Tensor<2>; 3], tokens: &Tokens, drops: bool) -> Tensor<2> {
        let device = projected[0].device();
        let [query, key, value] = projected.map(|rows| {
            let padded = tokens.padded(rows);
            let [batch, steps, d_model] = padded.dims();
            let shape = [batch, steps, self.n_heads, d_model / self.n_heads];
            padded.reshape(shape).swap_dims(1, 2)
        });
        let [batch, n_heads, steps, d_head] = query.dims();
        let scores = query.matmul(key.transpose()) / (d_head as f64).sqrt();
        let scores = match tokens.mask(&device) {
            Some(mask) => {
                let mask = mask.expand([batch, n_heads, steps, steps]);
                scores.mask_fill(mask, f32::NEG_INFINITY)
            }
            None => scores,
        };
        let weights = softmax(scores, 3);
        let weights = if drops {
            drop_out(&self.attention_dropout, weights)
        } else {
            weights
        };
        let context = weights.matmul(value).swap_dims(1, 2);
        tokens.unpadded(context.reshape([batch, steps, n_heads * d_head]))
    }
}

/// `linear(x)` by kernels.
fn whole(linear: &Linear, x: Tensor<2>) -> Tensor<2> {
    misa_kernels::linear(x, linear.weight.val(), Some(bias(linear)))
}

/// The same without its bias.
fn product(linear: &Linear, x: Tensor<2>) -> Tensor<2> {
    misa_kernels::linear(x, linear.weight.val(), None)
}

fn bias(linear: &Linear) -> Tensor<1> {
    linear.bias.as_ref().expect("made with a bias").val()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{trained, waves};
    use crate::testing::device;

    /// A layer's output and the gradients of its input and of its weights.
    fn run(layer: &BertLayer, tokens: &Tokens, by_kernels: bool) -> Vec<Vec<f32>> {
        let device = device().autodiff();
        let count = tokens.sentences.rows() * 12;
        let values: Vec<f32> = (0..count).map(|i| (i as f32 * 0.37).sin()).collect();
        let data = TensorData::new(values, [count / 12, 12]);
        let x = Tensor::<2>::from_data(data, &device).require_grad();
        let y = if by_kernels {
            layer.forward_by_kernels(x.clone(), tokens, true)
        } else {
            layer.forward_by_burn(x.clone(), tokens, true)
        };
        let weights = Tensor::<2>::from_data(x.to_data(), &device) + 0.5;
        let gradients = (y.clone() * weights).sum().backward();
        let host = |x: Tensor<2>| x.into_data().iter::<f32>().collect::<Vec<f32>>();
        let mut found = vec![host(y), host(x.grad(&gradients).unwrap())];
        for linear in [&layer.query, &layer.key, &layer.value, &layer.output] {
            found.push(host(linear.weight.val().grad(&gradients).unwrap()));
        }
        for linear in [&layer.expand, &layer.contract] {
            found.push(host(linear.weight.val().grad(&gradients).unwrap()));
            let bias = linear
                .bias
                .as_ref()
                .unwrap()
                .val()
                .grad(&gradients)
                .unwrap();
            found.push(host(bias.unsqueeze()));
        }
        for norm in [&layer.attention_norm, &layer.output_norm] {
            found.push(host(norm.gamma.val().grad(&gradients).unwrap().unsqueeze()));
        }
        found
    }

    #[test]
    fn kernels_give_what_burn_gives() {
        let config = BertConfig {
            d_model: 12,
            n_heads: 3,
            d_feed_forward: 20,
            dropout: 0.0,
            attention_dropout: 0.0,
            ..BertConfig::BASE
        };
        // The same weights every time: of others, rounding may be a little larger.
        let layer = trained(waves(BertLayer::new(&config, &device().autodiff())));
        // The last case has enough rows to be divided among several threads.
        let cases = [
            (&[1, 5, 2][..], false),
            (&[4, 1], true),
            (&[3, 3], false),
            (&[30, 7, 25], true),
        ];
        for (lengths, padding) in cases {
            let steps = lengths.iter().copied().max().unwrap();
            let tokens = Tokens::new(lengths, steps, padding);
            let [kernels, burn] = [true, false].map(|kernels| run(&layer, &tokens, kernels));
            for (place, (kernels, burn)) in kernels.iter().zip(&burn).enumerate() {
                let largest = burn.iter().fold(1.0f32, |largest, x| x.abs().max(largest));
                for (a, b) in kernels.iter().zip(burn) {
                    assert!(
                        (a - b).abs() <= 2e-6 * largest,
                        "{lengths:?}, {place}: {a}, {b}"
                    );
                }
            }
        }
    }
}

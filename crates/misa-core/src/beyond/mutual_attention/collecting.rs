//! Tokens that collect what a text asks of the other modalities.

use super::cross_modal::{CrossModal, NORM_EPSILON, layer_norm};
use super::steps::{PackedSteps, PaddedSteps, Steps};
use super::{MutualAttentionConfig, starting_at_zero};
use crate::modality_modules::ModalityModules;
use crate::{Modality, PerModality, Presence};
use burn::module::Param;
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::prelude::*;
use misa_kernels::Sentences;
use std::sync::Arc;

/// A few learned tokens that ask on behalf of the text, and collect what visual and acoustic steps answer.
///
/// Each token is a learned vector plus a linear map, of its own, of the projected text. All tokens attend to the
/// visual steps and then to the acoustic ones, layer by layer; their mean goes through a linear layer that starts
/// at zero.
///
/// - Source: ALMT (Zhang et al. 2023), whose hyper-modality is collected under the guidance of the language.
/// - Differs: the queries come from the vector of the text, so a BERT that is frozen whole can ask too; one
///   source after the other through [`CrossModal`] blocks; the collected vector is added to that of the text
///   before the subspaces, so that a model starts as MISA.
#[derive(Module, Debug)]
pub(super) struct Collecting {
    tokens: Param<Tensor<2>>,
    queries: Linear,
    blocks: ModalityModules<Vec<CrossModal>>,
    norm: LayerNorm,
    output: Linear,
}

impl Collecting {
    pub(super) fn new(
        config: &MutualAttentionConfig,
        sources: &[Modality],
        d_hidden: usize,
        device: &Device,
    ) -> Self {
        let n_tokens = config.n_tokens;
        let blocks = PerModality::from_fn(|modality| {
            let is_asked = sources.contains(&modality);
            let block = |_| CrossModal::new(d_hidden, config.n_heads, config.dropout, device);
            let layers = (0..config.n_layers).filter(|_| is_asked);
            layers.map(block).collect::<Vec<_>>()
        });
        // As far apart as projected vectors, which are normalised.
        let normal = Initializer::Normal {
            mean: 0.0,
            std: 1.0,
        };
        Self {
            tokens: normal.init([n_tokens, d_hidden], device),
            queries: LinearConfig::new(d_hidden, n_tokens * d_hidden).init(device),
            blocks: blocks.into(),
            norm: LayerNormConfig::new(d_hidden)
                .with_epsilon(NORM_EPSILON)
                .init(device),
            output: starting_at_zero(d_hidden, device),
        }
    }

    /// What is added to the text's vectors.
    ///
    /// # Shapes
    ///
    /// - text and output: `[batch, d_hidden]`
    /// - steps: of each modality that is asked
    pub(super) fn forward(
        &self,
        text: Tensor<2>,
        steps: &PerModality<Option<Steps>>,
        presence: Option<&Presence>,
    ) -> Tensor<2> {
        let [batch, d_hidden] = text.dims();
        let n_tokens = self.tokens.dims()[0];
        let tokens = self
            .queries
            .forward(text)
            .reshape([batch, n_tokens, d_hidden])
            + self.tokens.val().unsqueeze_dim::<3>(0);
        let blocks = self.blocks.as_ref();
        let n_layers = Modality::ALL.map(|modality| blocks.get(modality).len());
        let layers = 0..n_layers.into_iter().max().unwrap_or(0);
        let places = layers.flat_map(|layer| Modality::ALL.map(|modality| (modality, layer)));
        let collected = places.fold(tokens, |tokens, (modality, layer)| {
            let asked = blocks.get(modality).get(layer);
            let Some((block, steps)) = asked.zip(steps.get(modality).as_ref()) else {
                return tokens;
            };
            let answered = ask(block, tokens.clone(), steps);
            match presence {
                None => answered,
                Some(presence) => presence.replace_missing(modality, answered, tokens),
            }
        });
        let rows = collected.reshape([batch * n_tokens, d_hidden]);
        let normed = if misa_kernels::on_cpu(&rows.device(), rows.dtype()) {
            layer_norm(&self.norm, rows)
        } else {
            self.norm.forward(rows)
        };
        let mean = normed.reshape([batch, n_tokens, d_hidden]).mean_dim(1);
        self.output.forward(mean.squeeze_dim::<2>(1))
    }
}

/// `tokens`, `[batch, n_tokens, d_hidden]`, after they attended to `steps`.
fn ask(block: &CrossModal, tokens: Tensor<3>, steps: &Steps) -> Tensor<3> {
    let [batch, n_tokens, d_hidden] = tokens.dims();
    match steps {
        Steps::Padded(PaddedSteps {
            values, padding, ..
        }) => block.forward(tokens, values.clone(), padding.clone()),
        Steps::Packed(steps) => {
            let counts = vec![n_tokens; batch];
            let tokens = PackedSteps {
                rows: tokens.reshape([batch * n_tokens, d_hidden]),
                sentences: Arc::new(Sentences::new(&counts, &counts)),
            };
            let answered = block.forward_packed(tokens, steps).rows;
            answered.reshape([batch, n_tokens, d_hidden])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::PackedSequence;
    use crate::loss::vectors::{self, waves};
    use crate::testing::device;

    fn collecting(n_layers: usize, device: &Device) -> Collecting {
        let config = MutualAttentionConfig::new()
            .with_n_layers(n_layers)
            .with_n_heads(2)
            .with_n_tokens(3)
            .with_dropout(0.0);
        let sources = [Modality::Visual, Modality::Acoustic];
        waves(Collecting::new(&config, &sources, 4, device))
    }

    /// Two sequences of each source, of unequal lengths, packed or padded.
    fn steps(is_packed: bool, device: &Device) -> PerModality<Option<Steps>> {
        let linear = waves(LinearConfig::new(4, 4).init(device));
        let sequences = |values: Tensor<2>, lengths: [usize; 2]| {
            let values = Tensor::stack::<3>(vec![values.clone(), values * -0.7], 0);
            let sequence = PackedSequence::new(values, &lengths);
            Some(if is_packed {
                Steps::Packed(PackedSteps::new(&linear, &sequence, None))
            } else {
                Steps::Padded(PaddedSteps::new(&linear, &sequence, None))
            })
        };
        PerModality {
            text: None,
            visual: sequences(vectors::x(), [3, 1]),
            acoustic: sequences(vectors::y(), [2, 3]),
        }
    }

    fn text(device: &Device) -> Tensor<2> {
        Tensor::from_data([[0.3_f32, -0.8, 0.5, 0.1], [1.2, 0.4, -0.9, -0.2]], device)
    }

    #[test]
    fn packed_steps_answer_as_padded_ones() {
        let device = device();
        let collecting = collecting(2, &device);
        let collected = |is_packed| {
            let steps = steps(is_packed, &device);
            collecting.forward(text(&device), &steps, None)
        };
        let difference = (collected(true) - collected(false)).abs().max();
        assert!(difference.into_scalar::<f32>() < 2e-6);
    }

    /// By the blocks themselves, each of which has a reference vector of its own, in plain numbers around them.
    #[test]
    fn tokens_ask_one_source_after_the_other() {
        let device = device();
        let collecting = collecting(1, &device);
        let steps = steps(false, &device);
        let host = |tensor: Tensor<3>| -> Vec<f32> { tensor.into_data().iter().collect() };
        let [text_values, learned, weight, bias] = [
            text(&device),
            collecting.tokens.val(),
            collecting.queries.weight.val(),
            collecting.queries.bias.as_ref().unwrap().val().unsqueeze(),
        ]
        .map(|tensor: Tensor<2>| -> Vec<f32> { tensor.into_data().iter().collect() });
        let token = |index: usize| {
            let (row, place) = (index / 12, index % 12);
            let products = (0..4).map(|k| text_values[4 * row + k] * weight[12 * k + place]);
            learned[place] + bias[place] + products.sum::<f32>()
        };
        let tokens: Vec<f32> = (0..24).map(token).collect();
        let tokens = Tensor::<1>::from_data(tokens.as_slice(), &device).reshape([2, 3, 4]);
        let blocks = collecting.blocks.as_ref();
        let asked = [
            (&blocks.visual[0], steps.visual.as_ref().unwrap()),
            (&blocks.acoustic[0], steps.acoustic.as_ref().unwrap()),
        ];
        let answered = asked.into_iter().fold(tokens, |tokens, (block, steps)| {
            let Steps::Padded(steps) = steps else {
                panic!("padded steps")
            };
            block.forward(tokens, steps.values.clone(), steps.padding.clone())
        });
        let normed = host(collecting.norm.forward(answered));
        let mean = |row: usize, column: usize| {
            let of_token = |token: usize| normed[12 * row + 4 * token + column];
            (0..3).map(of_token).sum::<f32>() / 3.0
        };
        let output: Vec<f32> = collecting.output.weight.val().into_data().iter().collect();
        let found: Vec<f32> = collecting
            .forward(text(&device), &self::steps(true, &device), None)
            .into_data()
            .iter()
            .collect();
        for (index, found) in found.iter().enumerate() {
            let (row, column) = (index / 4, index % 4);
            let expected: f32 = (0..4).map(|k| mean(row, k) * output[4 * k + column]).sum();
            assert!(
                (found - expected).abs() < 2e-6,
                "{index}: {found}, {expected}"
            );
        }
    }
}

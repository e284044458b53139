//! A sequence to one vector: two bidirectional layers with a layer norm between them.

use crate::encoder::{CellKind, PackedSequence, Recurrent, RecurrentConfig};
use burn::nn::{LayerNorm, LayerNormConfig};
use burn::prelude::*;

/// Configuration of [`SequenceEncoder`].
#[derive(Config, Debug)]
pub struct SequenceEncoderConfig {
    /// Features of a step.
    pub d_input: usize,
    /// Recurrent unit.
    #[config(default = "CellKind::Lstm")]
    pub cell: CellKind,
}

/// Stacked bidirectional recurrent encoder of one modality.
///
/// - Source: MISA, utterance-level representations.
/// - Differs: the width of the recurrence is the width of its input, as in the official code; the
///   paper leaves it open.
#[derive(Module, Debug)]
pub struct SequenceEncoder {
    first: Recurrent,
    norm: LayerNorm,
    second: Recurrent,
}

/// What an encoder computes from each sequence.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncoderOutput {
    /// One vector per utterance, `[batch, d_encoded]`.
    pub encoded: Tensor<2>,
    /// The normalised states between the two layers, `2 * d_input` features a step; of BERT, its
    /// last states, unless they were computed before and not kept.
    pub between_layers: Option<PackedSequence>,
    /// The states of the last layer, `2 * d_input` features a step, if they are kept; of BERT, the same as
    /// `between_layers`.
    pub states: Option<PackedSequence>,
}

impl SequenceEncoderConfig {
    /// Size of the encoded vector: the final states of two layers in two directions.
    pub fn d_encoded(&self) -> usize {
        4 * self.d_input
    }

    /// Features of a state of the last layer.
    pub fn d_states(&self) -> usize {
        2 * self.d_input
    }

    /// Creates the encoder on `device`.
    pub fn init(&self, device: &Device) -> SequenceEncoder {
        let layer = |d_input| {
            RecurrentConfig::new(d_input, self.d_input)
                .with_cell(self.cell)
                .init(device)
        };
        SequenceEncoder {
            first: layer(self.d_input),
            norm: LayerNormConfig::new(2 * self.d_input).init(device),
            second: layer(2 * self.d_input),
        }
    }
}

impl SequenceEncoder {
    /// Encodes each sequence as its final states, in the order first layer forward, second layer
    /// forward, first layer backward, second layer backward.
    ///
    /// # Shapes
    ///
    /// - input: rows of `d_input` features
    /// - encoded: `[batch, 4 * d_input]`
    ///
    /// # Panics
    ///
    /// Panics if a row does not have `d_input` features.
    pub fn forward(&self, input: &PackedSequence) -> EncoderOutput {
        self.read(input, true)
    }

    /// [`Self::forward`], without the states of the second layer unless `keeps_states`.
    pub(crate) fn read(&self, input: &PackedSequence, keeps_states: bool) -> EncoderOutput {
        let first = self.first.forward(input);
        let between_layers = input.with_rows(self.norm.forward(first.states.rows));
        let (states, final_states) = if keeps_states {
            let second = self.second.forward(&between_layers);
            (Some(second.states), second.hidden)
        } else {
            (None, self.second.final_states(&between_layers))
        };

        let [first_forward, first_backward] = first.hidden;
        let [second_forward, second_backward] = final_states;
        let final_states = vec![
            first_forward,
            second_forward,
            first_backward,
            second_backward,
        ];
        EncoderOutput {
            encoded: Tensor::cat(final_states, 1),
            between_layers: Some(between_layers),
            states,
        }
    }
}

//! Attention between the step sequences of different modalities.

use crate::dropout::drop_out;
use crate::encoder::{EncoderOutput, PackedSequence};
use crate::modality_modules::ModalityModules;
use crate::{AbsentSteps, ConfigError, Modalities, Modality, PerModality, Presence};
use burn::nn::attention::{MhaInput, MultiHeadAttention, MultiHeadAttentionConfig};
use burn::nn::{
    Dropout, DropoutConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig,
};
use burn::prelude::*;
use burn::tensor::TensorData;
use burn::tensor::activation::relu;
use serde::{Deserialize, Serialize};

/// Width of the feed-forward layer, as a multiple of the features.
///
/// - Source: MulT.
const EXPANSION: usize = 4;

misa_terms::choice! {
    /// Which modalities attend to which.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Directions {
        /// Text to acoustic and visual, and both to text.
        #[default]
        Text,
        /// Text to acoustic and visual only.
        IntoText,
        /// All six.
        All,
    }
}

misa_terms::settings! {
    /// Configuration of [`MutualAttention`].
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `n_layers` | 1 | `[0, 64]` |
    /// | `n_heads` | 4 | `[1, inf)`, a divisor of `d_hidden` |
    /// | `dropout` | 0.1 | `[0, 1)` |
    #[derive(PartialEq)]
    pub struct MutualAttentionConfig {
        /// Layers of each direction; 0 is MISA. Range: `[0, 64]`.
        pub n_layers: usize = 1, with_n_layers;
        /// Attention heads, a divisor of the size of the subspaces. Range: `[1, inf)`.
        pub n_heads: usize = 4, with_n_heads;
        /// Which modalities attend to which.
        pub directions: Directions = Directions::Text, with_directions;
        /// Probability of zeroing a value in training. Range: `[0, 1)`.
        pub dropout: f64 = 0.1, with_dropout;
    }
}

/// Cross-modal attention over step sequences, whose output is added to the projected vectors.
///
/// The steps of each modality are brought to `d_hidden` features; those of a target then attend to
/// those of a source, through [`CrossModal`] blocks; the mean over the target's steps goes through
/// a linear layer that starts at zero, and is added to the projected vector of the target.
///
/// - Source: MulT (Tsai et al. 2019) for the blocks.
/// - Differs: added before the subspaces, so that a model starts as MISA; no positions, as the
///   recurrent encoders distinguish the steps already; padding and absent steps are masked
///   everywhere.
#[derive(Module, Debug)]
pub struct MutualAttention {
    steps: ModalityModules<Option<Linear>>,
    blocks: ModalityModules<Vec<Direction>>,
}

/// Attention from one target to one source.
#[derive(Module, Debug)]
struct Direction {
    layers: Vec<CrossModal>,
    norm: LayerNorm,
    output: Linear,
    #[module(skip)]
    source: Modality,
}

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

/// A padded sequence with its true lengths. Absent steps are treated as padding, except in a sequence that
/// has no other steps: it is that of a missing modality, or is read as zeros.
#[derive(Clone)]
struct Steps {
    /// `[batch, steps, d_hidden]`
    values: Tensor<3>,
    /// True at padding and absent steps, `[batch, steps]`.
    padding: Tensor<2, Bool>,
    /// Share of each other step in the mean, `[batch, steps, 1]`.
    shares: Tensor<3>,
}

impl Directions {
    /// The targets and their sources.
    pub fn pairs(self) -> Vec<(Modality, Modality)> {
        use Modality::{Acoustic, Text, Visual};
        let mut pairs = vec![(Text, Visual), (Text, Acoustic)];
        if self != Self::IntoText {
            pairs.extend([(Visual, Text), (Acoustic, Text)]);
        }
        if self == Self::All {
            pairs.extend([(Visual, Acoustic), (Acoustic, Visual)]);
        }
        pairs
    }
}

impl MutualAttentionConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self, d_hidden: usize) -> Result<(), ConfigError> {
        let layers = self.n_layers as f64;
        let holds = self.n_layers <= 64;
        ConfigError::check("mutual_attention.n_layers", layers, "[0, 64]", holds)?;
        let dropout = self.dropout;
        let holds = (0.0..1.0).contains(&dropout);
        ConfigError::check("mutual_attention.dropout", dropout, "[0, 1)", holds)?;
        let n_heads = self.n_heads;
        if n_heads > 0 && d_hidden.is_multiple_of(n_heads) {
            Ok(())
        } else {
            Err(ConfigError::Heads { d_hidden, n_heads })
        }
    }

    /// Creates the blocks on `device`, for the modalities in use with the given features of a
    /// step; `None` for 0 layers, or if no two modalities in use attend to one another.
    pub fn init(
        &self,
        modalities: Modalities,
        d_steps: PerModality<usize>,
        d_hidden: usize,
        device: &Device,
    ) -> Option<MutualAttention> {
        let mut pairs = self.directions.pairs();
        pairs.retain(|(target, source)| {
            modalities.contains(*target) && modalities.contains(*source)
        });
        if pairs.is_empty() || self.n_layers == 0 {
            return None;
        }
        let steps = PerModality::from_fn(|modality| {
            let is_used =
                (pairs.iter()).any(|(target, source)| [*target, *source].contains(&modality));
            is_used.then(|| LinearConfig::new(*d_steps.get(modality), d_hidden).init(device))
        });
        let blocks = PerModality::from_fn(|modality| {
            let of_target = pairs.iter().filter(|(target, _)| *target == modality);
            let blocks = of_target.map(|(_, source)| self.direction(*source, d_hidden, device));
            blocks.collect()
        });
        Some(MutualAttention {
            steps: steps.into(),
            blocks: blocks.into(),
        })
    }

    fn direction(&self, source: Modality, d_hidden: usize, device: &Device) -> Direction {
        let layer = |_| CrossModal::new(d_hidden, self.n_heads, self.dropout, device);
        Direction {
            layers: (0..self.n_layers).map(layer).collect(),
            norm: LayerNormConfig::new(d_hidden).init(device),
            output: LinearConfig::new(d_hidden, d_hidden)
                .with_bias(false)
                .with_initializer(Initializer::Zeros)
                .init(device),
            source,
        }
    }
}

impl MutualAttention {
    /// The projected vectors plus the attention of each target to its sources.
    ///
    /// # Shapes
    ///
    /// - projected and output: `[batch, d_hidden]` per modality
    ///
    /// # Panics
    ///
    /// Panics if an encoder returned no states.
    pub fn forward(
        &self,
        projected: PerModality<Tensor<2>>,
        encoded: &PerModality<Option<EncoderOutput>>,
        absent: PerModality<Option<&AbsentSteps>>,
        presence: Option<&Presence>,
    ) -> PerModality<Tensor<2>> {
        let parts = self.steps.as_ref().zip(encoded.as_ref()).zip(absent);
        let steps = parts.map(|((linear, encoded), absent)| {
            let linear = linear.as_ref()?;
            let states = encoded.as_ref().and_then(|encoded| encoded.states.as_ref());
            let states = states.expect("mutual attention needs the steps of every encoder");
            Some(Steps::new(linear, states, absent))
        });
        let targets = projected.zip(self.blocks.as_ref());
        let modalities = PerModality::from_fn(|modality| modality);
        targets.zip(modalities).map(|((vector, blocks), target)| {
            blocks.iter().fold(vector, |vector, block| {
                let both = (steps.get(target).as_ref()).zip(steps.get(block.source).as_ref());
                let (target, source) = both.expect("steps of target and source");
                let attended = block.forward(target, source);
                vector + present(attended, block.source, presence)
            })
        })
    }
}

/// `attended`, with zeros for the utterances that lack `source`.
fn present(attended: Tensor<2>, source: Modality, presence: Option<&Presence>) -> Tensor<2> {
    match presence {
        None => attended,
        Some(presence) => presence.blank(source, attended),
    }
}

impl Direction {
    fn forward(&self, target: &Steps, source: &Steps) -> Tensor<2> {
        let layers = self.layers.iter();
        let steps = layers.fold(target.values.clone(), |x, layer| {
            layer.forward(x, source.values.clone(), source.padding.clone())
        });
        let mean = (self.norm.forward(steps) * target.shares.clone()).sum_dim(1);
        self.output.forward(mean.squeeze_dim::<2>(1))
    }
}

impl CrossModal {
    fn new(d_model: usize, n_heads: usize, dropout: f64, device: &Device) -> Self {
        let norm = || LayerNormConfig::new(d_model).init(device);
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
}

impl Steps {
    fn new(linear: &Linear, states: &PackedSequence, absent: Option<&AbsentSteps>) -> Self {
        let lengths = states.lengths();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let batch = lengths.len();
        let projected = states.with_rows(linear.forward(states.rows.clone()));
        let values = projected.padded(longest);
        let device = values.device();
        let shares = lengths.iter().enumerate().flat_map(|(row, &length)| {
            let absent = absent.filter(|absent| !absent.is_all_absent(row));
            let counts = move |step: &usize| {
                *step < length && absent.is_none_or(|absent| !absent.is_absent(row, *step))
            };
            let count = (0..length).filter(counts).count();
            let share = move |step| {
                if counts(&step) {
                    1.0 / count as f32
                } else {
                    0.0
                }
            };
            (0..longest).map(share)
        });
        let shares = TensorData::new(shares.collect::<Vec<_>>(), [batch, longest]);
        let shares = Tensor::<2>::from_data(shares, &device);
        Self {
            values,
            padding: shares.clone().equal_scalar(0.0),
            shares: shares.unsqueeze_dim(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close, waves};

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
        assert_close(
            found.to_data(),
            [[
                [1.454_116_4, 1.663_893_7, 1.326_273_7, 0.600_044_2],
                [1.335_724_1, 0.960_384, 0.368_518_07, -0.161_509_85],
                [1.140_751_9, 1.443_107_8, 1.301_905_4, 0.783_554_3],
            ]],
        );
        let gradient = x.grad(&found.square().sum().backward()).unwrap();
        assert_close(
            gradient.into_data(),
            [
                [2.358_757_4, 2.917_791_2, 3.820_677_6, 0.991_429_8],
                [2.569_332_8, 1.889_423_4, 1.262_125_7, -0.714_649_2],
                [2.798_108_8, 1.823_481_4, 3.675_526_7, 1.041_522_1],
            ],
        );
    }

    #[test]
    fn padding_of_the_source_has_no_influence() {
        let device = Device::flex();
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

    /// Sequences of these steps, `[steps, 4]` each, without a recurrence that mixes them.
    fn sequences(rows: &[&[f32]], device: &Device) -> PackedSequence {
        let lengths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
        let longest = lengths.iter().max().unwrap();
        let values = rows.iter().flat_map(|row| {
            let value = |step: usize| row.get(step).copied().unwrap_or(f32::NAN);
            (0..*longest).flat_map(move |step| [1.0, -2.0, 0.5, 3.0].map(|x| x * value(step)))
        });
        let shape = [rows.len(), *longest, 4];
        let values = TensorData::new(values.collect::<Vec<f32>>(), shape);
        PackedSequence::new(Tensor::from_data(values, device), &lengths)
    }

    fn attended(source: &[&[f32]], flags: Vec<Vec<bool>>, device: &Device) -> Vec<f32> {
        let linear = waves(LinearConfig::new(4, 4).init(device));
        let direction = waves(Direction {
            layers: vec![CrossModal::new(4, 2, 0.0, device)],
            norm: LayerNormConfig::new(4).init(device),
            output: LinearConfig::new(4, 4).with_bias(false).init(device),
            source: Modality::Visual,
        });
        let target: Vec<&[f32]> = source.iter().map(|_| &[0.3, 0.9][..]).collect();
        let target = Steps::new(&linear, &sequences(&target, device), None);
        let absent = AbsentSteps::new(flags);
        let source = Steps::new(&linear, &sequences(source, device), absent.as_ref());
        let into_text = direction.forward(&target, &source);
        let from_text = direction.forward(&source, &target);
        let both = Tensor::cat(vec![into_text, from_text], 1);
        both.into_data().iter().collect()
    }

    /// As if they had been removed, as source and as target.
    #[test]
    fn absent_steps_have_no_influence() {
        let device = Device::flex();
        let absent = vec![vec![false, true, true, false], vec![]];
        let holed: [&[f32]; 2] = [&[0.5, 8.0, -9.0, 2.0], &[1.0]];
        let cut: [&[f32]; 2] = [&[0.5, 2.0], &[1.0]];
        let found = attended(&holed, absent, &device);
        let expected = attended(&cut, vec![], &device);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5, "{found} and {expected}");
        }
    }

    /// It is the sequence of a missing modality: finite, and a function of its own steps.
    #[test]
    fn a_sequence_of_absent_steps_alone_is_finite() {
        let device = Device::flex();
        let of = |rows: &[&[f32]]| {
            let absent = rows
                .iter()
                .enumerate()
                .map(|(row, steps)| vec![row == 0; steps.len()]);
            attended(rows, absent.collect(), &device)
        };
        let short = of(&[&[0.0, 0.0], &[1.0]]);
        let long = of(&[&[0.0, 0.0], &[1.0, 2.0, 3.0, 4.0]]);
        assert!(short.iter().all(|value| value.is_finite()));
        for (short, long) in short[..8].iter().zip(&long[..8]) {
            assert!((short - long).abs() < 1e-5, "{short} and {long}");
        }
    }

    #[test]
    fn directions_name_targets_and_sources() {
        use Modality::{Acoustic, Text, Visual};
        let into_text = [(Text, Visual), (Text, Acoustic)];
        let back = [(Visual, Text), (Acoustic, Text)];
        let rest = [(Visual, Acoustic), (Acoustic, Visual)];
        assert_eq!(Directions::IntoText.pairs(), into_text);
        assert_eq!(Directions::Text.pairs(), [into_text, back].concat());
        assert_eq!(Directions::All.pairs(), [into_text, back, rest].concat());
    }
}

//! Attention between the step sequences of different modalities.

mod collecting;
mod cross_modal;
mod steps;

pub use cross_modal::CrossModal;

use crate::encoder::EncoderOutput;
use crate::modality_modules::ModalityModules;
use crate::{AbsentSteps, ConfigError, Modalities, Modality, PerModality, Presence};
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::prelude::*;
use collecting::Collecting;
use cross_modal::{NORM_EPSILON, layer_norm};
use serde::{Deserialize, Serialize};
use steps::{PackedSteps, PaddedSteps, Steps};

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
        /// A few learned tokens, guided by the text's vector, to acoustic and visual; the only one without text
        /// steps.
        FromText,
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
    /// | `n_tokens` | 8 | `[1, 64]` |
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
        /// Learned tokens of `from_text`; the other directions have none. Range: `[1, 64]`.
        pub n_tokens: usize = 8, with_n_tokens;
    }
}

/// Cross-modal attention over step sequences, whose output is added to the projected vectors.
///
/// The steps of each modality are brought to `d_hidden` features; those of a target then attend to
/// those of a source, through [`CrossModal`] blocks; the mean over the target's steps goes through
/// a linear layer that starts at zero, and is added to the projected vector of the target. With
/// [`Directions::FromText`], learned tokens attend for the text, and the mean is that of the tokens.
///
/// - Source: MulT (Tsai et al. 2019) for the blocks.
/// - Differs: added before the subspaces, so that a model starts as MISA; no positions, as the
///   recurrent encoders distinguish the steps already; padding and absent steps are masked
///   everywhere.
#[derive(Module, Debug)]
pub struct MutualAttention {
    steps: ModalityModules<Option<Linear>>,
    blocks: ModalityModules<Vec<Direction>>,
    collecting: Option<Collecting>,
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

impl Directions {
    /// The targets and their sources.
    pub fn pairs(self) -> Vec<(Modality, Modality)> {
        use Modality::{Acoustic, Text, Visual};
        let mut pairs = vec![(Text, Visual), (Text, Acoustic)];
        if matches!(self, Self::Text | Self::All) {
            pairs.extend([(Visual, Text), (Acoustic, Text)]);
        }
        if self == Self::All {
            pairs.extend([(Visual, Acoustic), (Acoustic, Visual)]);
        }
        pairs
    }

    /// The targets and their sources that are both in use.
    pub fn pairs_of(self, modalities: Modalities) -> Vec<(Modality, Modality)> {
        let mut pairs = self.pairs();
        pairs.retain(|(target, source)| {
            modalities.contains(*target) && modalities.contains(*source)
        });
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
        let tokens = self.n_tokens as f64;
        let holds = (1..=64).contains(&self.n_tokens);
        ConfigError::check("mutual_attention.n_tokens", tokens, "[1, 64]", holds)?;
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
        let pairs = self.directions.pairs_of(modalities);
        if pairs.is_empty() || self.n_layers == 0 {
            return None;
        }
        let is_collecting = self.directions == Directions::FromText;
        let sources: Vec<Modality> = pairs.iter().map(|(_, source)| *source).collect();
        let steps = PerModality::from_fn(|modality| {
            let is_target = pairs.iter().any(|(target, _)| *target == modality);
            let is_used = sources.contains(&modality) || (is_target && !is_collecting);
            is_used.then(|| LinearConfig::new(*d_steps.get(modality), d_hidden).init(device))
        });
        let blocks = PerModality::from_fn(|modality| {
            let of_target = pairs
                .iter()
                .filter(|(target, _)| *target == modality && !is_collecting);
            let blocks = of_target.map(|(_, source)| self.direction(*source, d_hidden, device));
            blocks.collect()
        });
        Some(MutualAttention {
            steps: steps.into(),
            blocks: blocks.into(),
            collecting: is_collecting.then(|| Collecting::new(self, &sources, d_hidden, device)),
        })
    }

    fn direction(&self, source: Modality, d_hidden: usize, device: &Device) -> Direction {
        let layer = |_| CrossModal::new(d_hidden, self.n_heads, self.dropout, device);
        Direction {
            layers: (0..self.n_layers).map(layer).collect(),
            norm: LayerNormConfig::new(d_hidden)
                .with_epsilon(NORM_EPSILON)
                .init(device),
            output: starting_at_zero(d_hidden, device),
            source,
        }
    }
}

/// What keeps a model as it is until it has learned.
fn starting_at_zero(d_hidden: usize, device: &Device) -> Linear {
    LinearConfig::new(d_hidden, d_hidden)
        .with_bias(false)
        .with_initializer(Initializer::Zeros)
        .init(device)
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
    /// Panics if an encoder whose steps are attended to, or attend, returned no states.
    pub fn forward(
        &self,
        mut projected: PerModality<Tensor<2>>,
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
        if let Some(collecting) = &self.collecting {
            let collected = collecting.forward(projected.text.clone(), &steps, presence);
            projected.text = projected.text + collected;
        }
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
    /// `[batch, d_hidden]`
    fn forward(&self, target: &Steps, source: &Steps) -> Tensor<2> {
        let mean = match (target, source) {
            (Steps::Packed(target), Steps::Packed(source)) => self.packed_mean(target, source),
            (Steps::Padded(target), Steps::Padded(source)) => self.padded_mean(target, source),
            _ => unreachable!("the modalities are on one device"),
        };
        self.output.forward(mean)
    }

    fn packed_mean(&self, target: &PackedSteps, source: &PackedSteps) -> Tensor<2> {
        let layers = self.layers.iter();
        let steps = layers.fold(target.clone(), |x, layer| layer.forward_packed(x, source));
        let normed = layer_norm(&self.norm, steps.rows);
        misa_kernels::mean(normed, steps.sentences)
    }

    fn padded_mean(&self, target: &PaddedSteps, source: &PaddedSteps) -> Tensor<2> {
        let layers = self.layers.iter();
        let steps = layers.fold(target.values.clone(), |x, layer| {
            layer.forward(x, source.values.clone(), source.padding.clone())
        });
        let mean = (self.norm.forward(steps) * target.shares.clone()).sum_dim(1);
        mean.squeeze_dim::<2>(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::PackedSequence;
    use crate::loss::vectors::{trained, waves};
    use crate::testing::device;
    use burn::module::{ModuleVisitor, Param};
    use burn::tensor::TensorData;

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

    fn direction(n_layers: usize, device: &Device) -> Direction {
        let layers = (0..n_layers).map(|_| CrossModal::new(4, 2, 0.0, device));
        waves(Direction {
            layers: layers.collect(),
            norm: LayerNormConfig::new(4).init(device),
            output: LinearConfig::new(4, 4).with_bias(false).init(device),
            source: Modality::Visual,
        })
    }

    fn linear(device: &Device) -> Linear {
        waves(LinearConfig::new(4, 4).init(device))
    }

    fn attended(source: &[&[f32]], flags: Vec<Vec<bool>>, device: &Device) -> Vec<f32> {
        let (linear, direction) = (linear(device), direction(1, device));
        let target: Vec<&[f32]> = source.iter().map(|_| &[0.3, 0.9][..]).collect();
        let target = Steps::new(&linear, &sequences(&target, device), None);
        let absent = AbsentSteps::new(flags);
        let source = Steps::new(&linear, &sequences(source, device), absent.as_ref());
        let into_text = direction.forward(&target, &source);
        let from_text = direction.forward(&source, &target);
        let both = Tensor::cat(vec![into_text, from_text], 1);
        both.into_data().iter().collect()
    }

    /// Collects the gradient of each parameter.
    struct Gradients<'a> {
        gradients: &'a burn::tensor::Gradients,
        found: Vec<Vec<f32>>,
    }

    impl ModuleVisitor for Gradients<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let gradient = param.val().grad(self.gradients).expect("a gradient");
            self.found.push(gradient.into_data().iter().collect());
        }
    }

    /// The attended vectors, and the gradients of both sequences' steps and of every parameter.
    fn run(
        [target, source]: [&[&[f32]]; 2],
        absent: Option<&AbsentSteps>,
        is_packed: bool,
    ) -> Vec<Vec<f32>> {
        let device = device().autodiff();
        let linear = trained(linear(&device));
        let direction = trained(direction(2, &device));
        let states = [target, source].map(|rows| {
            let packed = sequences(rows, &device);
            packed.with_rows(packed.rows.clone().detach().require_grad())
        });
        let absences = [None, absent];
        let [target, source] = [0, 1].map(|index| {
            let (states, absent) = (&states[index], absences[index]);
            if is_packed {
                Steps::Packed(PackedSteps::new(&linear, states, absent))
            } else {
                Steps::Padded(PaddedSteps::new(&linear, states, absent))
            }
        });
        let into = direction.forward(&target, &source);
        let from = direction.forward(&source, &target);
        let both = Tensor::cat(vec![into, from], 1);
        let gradients = both.clone().square().sum().backward();
        let mut found = vec![both.into_data().iter().collect()];
        for states in states {
            let gradient = states.rows.grad(&gradients).expect("a gradient");
            found.push(gradient.into_data().iter().collect());
        }
        let mut collected = Gradients {
            gradients: &gradients,
            found,
        };
        linear.visit(&mut collected);
        direction.visit(&mut collected);
        collected.found
    }

    #[test]
    fn packed_steps_give_what_padded_steps_give() {
        let long: &[f32] = &[0.3, -0.5, 0.9, 0.1, -0.7];
        let rows: [&[f32]; 4] = [&[0.2], long, &[0.4, -0.8], &[1.0, 0.6, -0.1]];
        let others: [&[f32]; 4] = [&[0.5, 1.1, -0.3], &[-0.6], &[0.7, 0.1], long];
        let flags = |flags: [&[bool]; 4]| AbsentSteps::new(flags.map(<[bool]>::to_vec).to_vec());
        let holes = flags([&[true, false, true], &[], &[], &[false; 5]]);
        let missing = flags([&[true; 3], &[true], &[false, true], &[]]);
        for (target, source, absent) in [
            (&rows[..1], &others[1..2], None),
            (&rows[..], &others[..], None),
            (&rows[..], &others[..], holes),
            (&rows[..], &others[..], missing),
        ] {
            let [packed, padded] =
                [true, false].map(|is_packed| run([target, source], absent.as_ref(), is_packed));
            assert_eq!(packed.len(), padded.len());
            for (place, (packed, padded)) in packed.iter().zip(&padded).enumerate() {
                let largest = padded
                    .iter()
                    .fold(1.0f32, |largest, x| x.abs().max(largest));
                assert_eq!(packed.len(), padded.len());
                for (a, b) in packed.iter().zip(padded) {
                    assert!((a - b).abs() <= 5e-6 * largest, "{place}: {a}, {b}");
                }
            }
        }
    }

    /// As if they had been removed, as source and as target.
    #[test]
    fn absent_steps_have_no_influence() {
        let device = device();
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
        let device = device();
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
        assert_eq!(Directions::FromText.pairs(), into_text);
        assert_eq!(Directions::Text.pairs(), [into_text, back].concat());
        assert_eq!(Directions::All.pairs(), [into_text, back, rest].concat());
    }
}

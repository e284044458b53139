//! Representations to a prediction: MISA's attention, and the usual baselines.
//!
//! One file per kind; [`Fusion`] is the seam between them and the model.

mod early;
mod head;
mod late;
mod low_rank;
mod tensor;
mod tokens;
mod transformer;

pub use early::EarlyFusion;
pub use late::LateFusion;
pub use low_rank::LowRankFusion;
pub use tensor::TensorFusion;
pub use tokens::{FusionInput, Representations};
pub use transformer::TransformerFusion;

use crate::{Activation, Modalities, Modality};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

/// How representations are fused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FusionKind {
    /// Attention, as in MISA, see [`TransformerFusion`].
    #[default]
    Transformer,
    /// One head on all of them, see [`EarlyFusion`].
    Early,
    /// One head per modality, see [`LateFusion`].
    Late,
    /// All products of features, see [`TensorFusion`].
    Tensor,
    /// The same by factors of low rank, see [`LowRankFusion`].
    LowRank,
}

/// Configuration of [`Fusion`].
#[derive(Config, Debug)]
pub struct FusionConfig {
    /// Size of both subspaces, a multiple of 2.
    pub d_hidden: usize,
    /// Size of the prediction.
    pub d_output: usize,
    /// How representations are fused.
    #[config(default = "FusionKind::Transformer")]
    pub kind: FusionKind,
    /// Which representations are fused.
    #[config(default = "Representations::Both")]
    pub representations: Representations,
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

/// Representations to a prediction.
#[derive(Module, Debug)]
// A model has one of these.
#[allow(clippy::large_enum_variant)]
pub enum Fusion {
    /// See [`FusionKind::Transformer`].
    Transformer(TransformerFusion),
    /// See [`FusionKind::Early`].
    Early(EarlyFusion),
    /// See [`FusionKind::Late`].
    Late(LateFusion),
    /// See [`FusionKind::Tensor`].
    Tensor(TensorFusion),
    /// See [`FusionKind::LowRank`].
    LowRank(LowRankFusion),
}

/// What the fusion makes of an utterance.
///
/// `tokens` is the number of representations fused: those of the modalities in use, in text,
/// visual, acoustic order, the private before the shared ones.
#[derive(Clone, Debug)]
pub struct FusionOutput {
    /// The representations after attention, if there is any, `[batch, tokens, d_hidden]`.
    pub fused: Tensor<3>,
    /// Attention weights, `[batch, heads, tokens, tokens]`; rows are queries.
    pub attention: Option<Tensor<4>>,
    /// Hidden layer of the head before its dropout and activation: `[batch, 3 * d_hidden]` for
    /// three modalities of MISA.
    pub hidden: Tensor<2>,
    /// `[batch, d_output]`
    pub prediction: Tensor<2>,
}

impl FusionConfig {
    /// Creates the fusion on `device`.
    pub fn init(&self, device: &Device) -> Fusion {
        match self.kind {
            FusionKind::Transformer => Fusion::Transformer(TransformerFusion::new(self, device)),
            FusionKind::Early => Fusion::Early(EarlyFusion::new(self, device)),
            FusionKind::Late => Fusion::Late(LateFusion::new(self, device)),
            FusionKind::Tensor => Fusion::Tensor(TensorFusion::new(self, device)),
            FusionKind::LowRank => Fusion::LowRank(LowRankFusion::new(self, device)),
        }
    }

    /// Size of all representations side by side.
    pub(crate) fn d_tokens(&self) -> usize {
        let tokens = self.representations.per_modality() * self.modalities.count();
        tokens.saturating_mul(self.d_hidden)
    }

    /// Official name and shape of the last layer, which says what comes out.
    pub(crate) fn decisive_shape(&self) -> (String, Vec<usize>) {
        let (d_hidden, d_output) = (self.d_hidden, self.d_output);
        let d_middle = (self.d_tokens() / 2).max(1);
        let own = |name: &str, d_input| (format!("fusion.{name}.weight"), vec![d_input, d_output]);
        match self.kind {
            FusionKind::Transformer => (
                "fusion.fusion_layer_3.weight".to_string(),
                vec![d_output, d_middle],
            ),
            FusionKind::Early => own("Early.head.output", d_middle),
            FusionKind::Late => {
                let first = self.modalities.iter().map(Modality::name).next();
                let first = first.unwrap_or_default();
                own(&format!("Late.heads.{first}.output"), d_hidden)
            }
            FusionKind::Tensor => own("Tensor.head.output", d_hidden),
            FusionKind::LowRank => own("LowRank.output", d_hidden),
        }
    }
}

impl Fusion {
    /// Predicts from the representations of each utterance.
    ///
    /// # Shapes
    ///
    /// - output: see [`FusionOutput`]
    ///
    /// # Panics
    ///
    /// Panics if the representations are not those of the configuration.
    pub fn forward(&self, input: &FusionInput, activation: &Activation) -> FusionOutput {
        match self {
            Self::Transformer(fusion) => fusion.forward(input, activation),
            Self::Early(fusion) => fusion.forward(input, activation),
            Self::Late(fusion) => fusion.forward(input, activation),
            Self::Tensor(fusion) => fusion.forward(input, activation),
            Self::LowRank(fusion) => fusion.forward(input),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationKind, PerModality, Presence, SubspacesOutput};
    use burn::tensor::Distribution;

    const KINDS: [FusionKind; 5] = [
        FusionKind::Transformer,
        FusionKind::Early,
        FusionKind::Late,
        FusionKind::Tensor,
        FusionKind::LowRank,
    ];

    fn random(batch: usize) -> PerModality<Tensor<2>> {
        let uniform = Distribution::Uniform(0.0, 1.0);
        PerModality::from_fn(|_| Tensor::random([batch, 8], uniform, &Device::flex()))
    }

    fn input(
        which: Representations,
        values: &PerModality<Tensor<2>>,
        presence: Option<&Presence>,
    ) -> FusionInput {
        let subspaces = SubspacesOutput {
            shared: values.as_ref().map(|x| x.clone() * 0.5),
            private: values.as_ref().map(|x| -x.clone()),
        };
        FusionInput::new(which, Modalities::ALL, values, &subspaces, presence)
    }

    #[test]
    fn counts_match_the_specification() {
        for (d_output, head) in [(1, 295_681), (2, 296_066)] {
            let fusion = FusionConfig::new(128, d_output).init(&Device::flex());
            assert_eq!(fusion.num_params(), 593_024 + head);
        }
    }

    #[test]
    fn every_kind_reads_every_choice_of_representations() {
        let activation = ActivationKind::Relu.init(&Device::flex());
        for kind in KINDS {
            for which in [
                Representations::Both,
                Representations::Shared,
                Representations::Private,
                Representations::Projected,
            ] {
                let config = FusionConfig::new(8, 2).with_kind(kind);
                let fusion = config.with_representations(which).init(&Device::flex());
                let output = fusion.forward(&input(which, &random(3), None), &activation);
                assert_eq!(output.prediction.dims(), [3, 2]);
                assert_eq!(output.fused.dims(), [3, 3 * which.per_modality(), 8]);
                assert_eq!(output.attention.is_some(), kind == FusionKind::Transformer);
            }
        }
    }

    /// What a missing modality holds changes nothing; what a present one holds does.
    #[test]
    fn a_missing_modality_has_no_influence_on_any_kind() {
        let device = Device::flex();
        let activation = ActivationKind::Tanh.init(&device);
        let presence = Presence::new(PerModality {
            text: vec![true, true],
            visual: vec![false, true],
            acoustic: vec![true, true],
        });
        let presence = presence.unwrap();
        for kind in KINDS {
            let fusion = FusionConfig::new(8, 1).with_kind(kind).init(&device);
            let predict = |values: &PerModality<Tensor<2>>| -> Vec<f32> {
                let input = input(Representations::Both, values, Some(&presence));
                let output = fusion.forward(&input, &activation);
                output.prediction.into_data().iter::<f32>().collect()
            };
            let values = random(2);
            let other = PerModality {
                visual: random(2).visual,
                ..values.clone()
            };
            let (before, after) = (predict(&values), predict(&other));
            assert_eq!(before[0], after[0], "{kind:?}");
            assert_ne!(before[1], after[1], "{kind:?}");
        }
    }
}

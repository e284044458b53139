//! Representations to a prediction: MISA's attention, and the usual baselines.
//!
//! One file per kind; [`Fusion`] is the seam between them and the model.

mod config;
mod head;
mod output;
mod tokens;
mod transformer;

use crate::Activation;
pub use crate::beyond::fusion::{EarlyFusion, LateFusion, LowRankFusion, TensorFusion};
use burn::prelude::*;
pub use config::{FusionConfig, FusionKind};
pub(crate) use head::Head;
pub use output::FusionOutput;
pub use tokens::{FusionInput, Representations};
pub use transformer::TransformerFusion;

/// Representations to a prediction.
#[derive(Module, Debug)]
// A model has one of these.
#[allow(clippy::large_enum_variant)]
#[non_exhaustive]
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
    use crate::testing::device;
    use crate::{ActivationKind, Modalities, PerModality, Presence, SubspacesOutput};
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
        PerModality::from_fn(|_| Tensor::random([batch, 8], uniform, &device()))
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
            let fusion = FusionConfig::new(128, d_output).init(&device());
            assert_eq!(fusion.num_params(), 593_024 + head);
        }
    }

    #[test]
    fn every_kind_reads_every_choice_of_representations() {
        let activation = ActivationKind::Relu.init(&device());
        for kind in KINDS {
            for which in [
                Representations::Both,
                Representations::Shared,
                Representations::Private,
                Representations::Projected,
            ] {
                let config = FusionConfig::new(8, 2).with_kind(kind);
                let fusion = config.with_representations(which).init(&device());
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
        let device = device();
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

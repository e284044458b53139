//! How representations are fused.

use crate::{Modalities, Modality, Representations};
use burn::config::Config;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// How representations are fused.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum FusionKind {
        /// Attention, as in MISA, see [`TransformerFusion`](crate::TransformerFusion).
        #[default]
        Transformer,
        /// One head on all of them, see [`EarlyFusion`](crate::EarlyFusion).
        Early,
        /// One head per modality, see [`LateFusion`](crate::LateFusion).
        Late,
        /// All products of features, see [`TensorFusion`](crate::TensorFusion).
        Tensor,
        /// The same by factors of low rank, see [`LowRankFusion`](crate::LowRankFusion).
        LowRank,
    }
}

/// Configuration of [`Fusion`](crate::Fusion).
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

impl FusionConfig {
    /// Size of all representations side by side.
    pub(crate) fn d_tokens(&self) -> usize {
        let tokens = self.representations.per_modality() * self.modalities.count();
        tokens.saturating_mul(self.d_hidden)
    }

    /// Official name and shape of the last layer.
    pub(crate) fn decisive_shape(&self) -> (String, Vec<usize>) {
        let (d_hidden, d_output) = (self.d_hidden, self.d_output);
        let d_middle = (self.d_tokens() / 2).max(1);
        let last = |name: &str, d_input| (format!("fusion.{name}.weight"), vec![d_input, d_output]);
        match self.kind {
            FusionKind::Transformer => (
                "fusion.fusion_layer_3.weight".to_string(),
                vec![d_output, d_middle],
            ),
            FusionKind::Early => last("Early.head.output", d_middle),
            FusionKind::Late => {
                let mut names = self.modalities.iter().map(Modality::name);
                let first = names.next().unwrap_or_default();
                last(&format!("Late.heads.{first}.output"), d_hidden)
            }
            FusionKind::Tensor => last("Tensor.head.output", d_hidden),
            FusionKind::LowRank => last("LowRank.output", d_hidden),
        }
    }
}

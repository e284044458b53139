//! Which representations of an utterance are fused.

use crate::{Modalities, Modality, PerModality, Presence, SubspacesOutput};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// Which representations of an utterance are fused.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Representations {
        /// Private, then shared ones, as in MISA.
        #[default]
        Both,
        /// Modality-invariant ones only.
        Shared,
        /// Modality-specific ones only.
        Private,
        /// The projected vectors, before any subspace.
        Projected,
    }
}

impl Representations {
    /// Number of representations of each modality.
    pub fn per_modality(self) -> usize {
        match self {
            Self::Both => 2,
            Self::Shared | Self::Private | Self::Projected => 1,
        }
    }

    /// The names of the kinds, in the order of the fusion.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Both => &["private", "shared"],
            Self::Shared => &["shared"],
            Self::Private => &["private"],
            Self::Projected => &["projected"],
        }
    }
}

/// What enters a fusion.
#[derive(Clone, Debug)]
pub struct FusionInput {
    /// The representations in the order of the fusion, each `[batch, d_hidden]`.
    pub(crate) tokens: Vec<(Modality, Tensor<2>)>,
    pub(crate) presence: Option<Presence>,
    modalities: Modalities,
}

impl FusionInput {
    /// The representations that `which` names, of the modalities in use; zeros where missing.
    ///
    /// # Shapes
    ///
    /// - projected: `[batch, d_hidden]` per modality
    pub fn new(
        which: Representations,
        modalities: Modalities,
        projected: &PerModality<Tensor<2>>,
        subspaces: &SubspacesOutput,
        presence: Option<&Presence>,
    ) -> Self {
        let kinds = which.names().iter().map(|&kind| match kind {
            "private" => &subspaces.private,
            "shared" => &subspaces.shared,
            _ => projected,
        });
        let tokens = kinds.flat_map(|values| {
            let used = modalities.iter();
            used.map(|modality| {
                let x = values.get(modality).clone();
                (
                    modality,
                    presence.map_or(x.clone(), |presence| presence.blank(modality, x)),
                )
            })
        });
        Self {
            tokens: tokens.collect(),
            presence: presence.cloned(),
            modalities,
        }
    }

    /// All tokens, `[batch, tokens, d_hidden]`.
    pub(crate) fn stacked(&self) -> Tensor<3> {
        Tensor::stack(self.vectors(), 1)
    }

    /// All tokens side by side, `[batch, tokens * d_hidden]`.
    pub(crate) fn concatenated(&self) -> Tensor<2> {
        Tensor::cat(self.vectors(), 1)
    }

    /// The tokens of each modality in use side by side, in order.
    pub(crate) fn by_modality(&self) -> Vec<(Modality, Tensor<2>)> {
        let used = self.modalities.iter();
        used.map(|modality| {
            let tokens = self.tokens.iter().filter(|(of, _)| *of == modality);
            let vectors = tokens.map(|(_, token)| token.clone()).collect();
            (modality, Tensor::cat(vectors, 1))
        })
        .collect()
    }

    /// True for each token whose modality is missing, `[batch, tokens]`; `None` if none is missing.
    pub(crate) fn missing(&self) -> Option<Tensor<2, Bool>> {
        let presence = self.presence.as_ref()?;
        let is_whole = |modality| presence.rows(&[modality]).is_none();
        if self.modalities.iter().all(is_whole) {
            return None;
        }
        let device = self.tokens.first()?.1.device();
        let masks = (self.tokens.iter()).map(|(modality, _)| presence.mask(*modality, &device));
        Some(Tensor::cat(masks.collect(), 1).equal_scalar(0.0))
    }

    fn vectors(&self) -> Vec<Tensor<2>> {
        self.tokens.iter().map(|(_, token)| token.clone()).collect()
    }
}

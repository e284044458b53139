//! Which representations of an utterance are fused.

use crate::{Modalities, Modality, PerModality, Presence, SubspacesOutput};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

/// The name of the shared representations.
const SHARED: &str = "shared";

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
            Self::Both => &["private", SHARED],
            Self::Shared => &[SHARED],
            Self::Private => &["private"],
            Self::Projected => &["projected"],
        }
    }
}

/// A representation of each utterance.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) modality: Modality,
    /// Its name among those of [`Representations::names`].
    kind: &'static str,
    /// `[batch, d_hidden]`
    pub(crate) values: Tensor<2>,
    /// Whether a prediction stands where the modality is missing.
    is_completed: bool,
}

/// What enters a fusion.
#[derive(Clone, Debug)]
pub struct FusionInput {
    /// The representations in the order of the fusion, each `[batch, d_hidden]`.
    pub(crate) tokens: Vec<Token>,
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
        let tokens = which.names().iter().flat_map(|&kind| {
            let values = match kind {
                "private" => &subspaces.private,
                SHARED => &subspaces.shared,
                _ => projected,
            };
            let used = modalities.iter();
            used.map(move |modality| {
                let x = values.get(modality).clone();
                Token {
                    modality,
                    kind,
                    values: presence.map_or(x.clone(), |presence| presence.blank(modality, x)),
                    is_completed: false,
                }
            })
        });
        Self {
            tokens: tokens.collect(),
            presence: presence.cloned(),
            modalities,
        }
    }

    /// The same with these shared vectors, of which none is missing.
    ///
    /// # Shapes
    ///
    /// - shared: `[batch, d_hidden]` per modality
    pub fn with_completed(mut self, shared: &PerModality<Tensor<2>>) -> Self {
        for token in self.tokens.iter_mut().filter(|token| token.kind == SHARED) {
            token.values = shared.get(token.modality).clone();
            token.is_completed = true;
        }
        self
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
            let tokens = self.tokens.iter();
            let tokens = tokens.filter(|token| token.modality == modality);
            let vectors = tokens.map(|token| token.values.clone()).collect();
            (modality, Tensor::cat(vectors, 1))
        })
        .collect()
    }

    /// True for each token whose modality is missing and not predicted, `[batch, tokens]`; `None` if none is missing.
    pub(crate) fn missing(&self) -> Option<Tensor<2, Bool>> {
        let presence = self.presence.as_ref()?;
        let is_whole = |modality| presence.rows(&[modality]).is_none();
        if self.modalities.iter().all(is_whole) {
            return None;
        }
        let device = self.tokens.first()?.values.device();
        let masks = self.tokens.iter().map(|token| {
            if token.is_completed {
                return Tensor::ones([presence.batch(), 1], &device);
            }
            presence.mask(token.modality, &device)
        });
        Some(Tensor::cat(masks.collect(), 1).equal_scalar(0.0))
    }

    fn vectors(&self) -> Vec<Tensor<2>> {
        self.tokens
            .iter()
            .map(|token| token.values.clone())
            .collect()
    }
}

//! The representations that losses compare: of the modalities in use, where they are present.

use crate::{MisaOutput, Modality, PerModality};
use burn::prelude::*;

/// The rows of a batch that the losses may compare.
pub(super) struct Views<'a>(pub(super) &'a MisaOutput);

impl Views<'_> {
    /// Of each modality in use, the rows of the utterances that have it.
    pub(super) fn each(&self, values: &PerModality<Tensor<2>>) -> Vec<(Modality, Tensor<2>)> {
        let used = self.0.modalities.iter();
        used.filter_map(|modality| Some((modality, self.of(&[modality], values.get(modality))?)))
            .collect()
    }

    /// The same rows of two values, modality by modality.
    pub(super) fn both(
        &self,
        x: &PerModality<Tensor<2>>,
        y: &PerModality<Tensor<2>>,
    ) -> Vec<(Tensor<2>, Tensor<2>)> {
        let of = |values| self.each(values).into_iter().map(|(_, rows)| rows);
        of(x).zip(of(y)).collect()
    }

    /// Of each pair of modalities in use, the rows of the utterances that have both.
    pub(super) fn pairs(&self, values: &PerModality<Tensor<2>>) -> Vec<(Tensor<2>, Tensor<2>)> {
        let pairs = self.modality_pairs().into_iter();
        pairs
            .filter_map(|(first, second)| {
                let of = |modality| self.of(&[first, second], values.get(modality));
                of(first).zip(of(second))
            })
            .collect()
    }

    /// The pairs of modalities in use.
    pub(super) fn modality_pairs(&self) -> Vec<(Modality, Modality)> {
        let modalities = PerModality::from_fn(|modality| modality);
        self.0.modalities.select_pairs(&modalities)
    }

    /// The rows of `x` whose utterances have all of `modalities`, if there are any.
    pub(super) fn of(&self, modalities: &[Modality], x: &Tensor<2>) -> Option<Tensor<2>> {
        match &self.0.presence {
            None => Some(x.clone()),
            Some(presence) => presence.rows_of(modalities, x),
        }
    }
}

//! What the predictions of a batch are compared with.

use crate::{Modality, PerModality};
use burn::prelude::*;

/// The targets of a batch.
#[derive(Clone, Debug)]
pub struct Targets {
    /// The label of each utterance, `[batch, 1]`; a class is given by its number.
    pub utterance: Tensor<2>,
    /// The label of each utterance by each modality alone, `[batch, 1]`, where there are any.
    pub alone: PerModality<Option<Tensor<2>>>,
}

impl From<Tensor<2>> for Targets {
    /// Labels of utterances, `[batch, 1]`, and none by a modality alone.
    fn from(utterance: Tensor<2>) -> Self {
        Self {
            utterance,
            alone: PerModality::default(),
        }
    }
}

impl Targets {
    /// The labels by `modality` alone, or else those of the utterances.
    pub fn of(&self, modality: Modality) -> &Tensor<2> {
        let alone = self.alone.get(modality).as_ref();
        alone.unwrap_or(&self.utterance)
    }
}

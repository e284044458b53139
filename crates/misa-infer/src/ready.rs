//! A batch that is ready for the model.

use crate::UtteranceBatch;
use burn::prelude::*;
use misa_core::{MisaInput, PerModality, Presence, TextInput};

/// A batch in the form that the model reads.
///
/// It starts as a batch of the batcher ([`From`]). Before the model reads it, its text may be
/// replaced by vectors that were looked up or computed before ([`Self::with_text`]), modalities may be
/// marked as missing ([`Self::with_presence`]), and labels may have been generated for it
/// ([`Self::with_generated`]). The model does not change it.
#[derive(Clone, Debug)]
pub struct ReadyBatch {
    batch: UtteranceBatch,
    generated: Option<PerModality<Tensor<2>>>,
}

impl From<UtteranceBatch> for ReadyBatch {
    /// With the text of the batcher, and without missing modalities.
    fn from(batch: UtteranceBatch) -> Self {
        Self {
            batch,
            generated: None,
        }
    }
}

impl ReadyBatch {
    /// The same batch with another form of the same sentences.
    #[must_use]
    pub fn with_text(mut self, text: TextInput) -> Self {
        self.batch.input.text = text;
        self
    }

    /// The same batch where some utterances lack modalities.
    #[must_use]
    pub fn with_presence(mut self, presence: Presence) -> Self {
        self.batch.input.presence = Some(presence);
        self
    }

    /// The same batch with labels that were generated for each modality, `[batch, 1]` each.
    #[must_use]
    pub fn with_generated(mut self, labels: PerModality<Tensor<2>>) -> Self {
        self.generated = Some(labels);
        self
    }

    /// What the model reads.
    pub fn input(&self) -> &MisaInput {
        &self.batch.input
    }

    /// The labels, `[batch, 1]`.
    pub fn targets(&self) -> &Tensor<2> {
        &self.batch.targets
    }

    /// The labels by each modality alone, `[batch, 1]`, where the utterances have them.
    pub fn modality_targets(&self) -> &PerModality<Option<Tensor<2>>> {
        &self.batch.modality_targets
    }

    /// The labels generated for each modality, `[batch, 1]` each, if there are any.
    pub fn generated(&self) -> Option<&PerModality<Tensor<2>>> {
        self.generated.as_ref()
    }

    /// The names of the utterances, in the order of the rows.
    pub fn ids(&self) -> &[String] {
        &self.batch.ids
    }

    /// The index of each row's utterance, see [`UtteranceBatch::places`].
    pub fn places(&self) -> &[usize] {
        &self.batch.places
    }

    /// Seed of the randomness of the step that consumes the batch.
    pub fn seed(&self) -> u64 {
        self.batch.seed
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.batch.batch()
    }

    /// The same batch on another device.
    pub fn to_device(self, device: &Device) -> Self {
        let move_one = |labels: Tensor<2>| labels.to_device(device);
        Self {
            batch: self.batch.to_device(device),
            generated: self.generated.map(|labels| labels.map(move_one)),
        }
    }
}

//! A batch that is ready for the model.

use crate::UtteranceBatch;
use burn::prelude::*;
use misa_core::{MisaInput, Presence, TextInput};

/// A batch in the form that the model reads.
///
/// It starts as a batch of the batcher ([`From`]). Before the model reads it, its text may be
/// replaced by vectors that were looked up or computed before ([`Self::with_text`]), and modalities
/// may be marked as missing ([`Self::with_presence`]). The model does not change it.
#[derive(Clone, Debug)]
pub struct ReadyBatch(UtteranceBatch);

impl From<UtteranceBatch> for ReadyBatch {
    /// With the text of the batcher, and without missing modalities.
    fn from(batch: UtteranceBatch) -> Self {
        Self(batch)
    }
}

impl ReadyBatch {
    /// The same batch with another form of the same sentences.
    #[must_use]
    pub fn with_text(mut self, text: TextInput) -> Self {
        self.0.input.text = text;
        self
    }

    /// The same batch where some utterances lack modalities.
    #[must_use]
    pub fn with_presence(mut self, presence: Presence) -> Self {
        self.0.input.presence = Some(presence);
        self
    }

    /// What the model reads.
    pub fn input(&self) -> &MisaInput {
        &self.0.input
    }

    /// The labels, `[batch, 1]`.
    pub fn targets(&self) -> &Tensor<2> {
        &self.0.targets
    }

    /// The names of the utterances, in the order of the rows.
    pub fn ids(&self) -> &[String] {
        &self.0.ids
    }

    /// The index of each row's utterance, see [`UtteranceBatch::places`].
    pub fn places(&self) -> &[usize] {
        &self.0.places
    }

    /// Seed of the randomness of the step that consumes the batch.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.0.batch()
    }

    /// The same batch on another device.
    pub fn to_device(self, device: &Device) -> Self {
        Self(self.0.to_device(device))
    }
}

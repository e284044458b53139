//! A batch that is ready for the model.

use crate::UtteranceBatch;
use burn::prelude::*;
use misa_core::{MisaInput, Presence, TextInput};

/// A batch as the model reads it.
///
/// It starts as what the batcher made of utterances ([`From`]); on the way to the model its text
/// may be replaced by what was looked up or computed before ([`Self::with_text`]), and it may be
/// told which modalities are missing ([`Self::with_presence`]). The model changes nothing of it.
#[derive(Clone, Debug)]
pub struct ReadyBatch(UtteranceBatch);

impl From<UtteranceBatch> for ReadyBatch {
    /// With text as the batcher made it, and nothing missing.
    fn from(batch: UtteranceBatch) -> Self {
        Self(batch)
    }
}

impl ReadyBatch {
    /// The same with another form of its text, of the same sentences.
    #[must_use]
    pub fn with_text(mut self, text: TextInput) -> Self {
        self.0.input.text = text;
        self
    }

    /// The same where some utterances lack modalities.
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

    /// The place of each row's utterance, see [`UtteranceBatch::places`].
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

    /// The same on another device.
    pub fn to_device(self, device: &Device) -> Self {
        Self(self.0.to_device(device))
    }
}

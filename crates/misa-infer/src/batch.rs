//! A batch: the input of the model, and the targets of the loss.

use burn::prelude::*;
use misa_core::{MisaInput, PerModality};

/// One batch of utterances, longest text first.
#[derive(Clone, Debug)]
pub struct UtteranceBatch {
    /// Input of the model.
    pub input: MisaInput,
    /// The labels, `[batch, 1]`. They are separate from the input, so the model cannot see them.
    pub targets: Tensor<2>,
    /// The labels by each modality alone, `[batch, 1]`, where the utterances have them.
    pub modality_targets: PerModality<Option<Tensor<2>>>,
    /// The names of the utterances, in the order of the rows.
    pub ids: Vec<String>,
    /// Index of the utterance of each row: in its split for a batch of a loader, otherwise among
    /// the utterances of the batch.
    pub places: Vec<usize>,
    /// Seed of the randomness (such as dropout) of the step that consumes the batch: a function
    /// of the loader's seed, the epoch and the step. 0 in a batch that does not come from a loader.
    pub seed: u64,
}

impl UtteranceBatch {
    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.ids.len()
    }

    /// The same batch, where `places` are the indices in their split of the utterances from which
    /// the batch was made, in the order they were given.
    pub fn with_places(mut self, places: &[usize]) -> Self {
        for place in &mut self.places {
            *place = places[*place];
        }
        self
    }

    /// The same batch on another device.
    pub fn to_device(self, device: &Device) -> Self {
        Self {
            input: self.input.to_device(device),
            targets: self.targets.to_device(device),
            modality_targets: (self.modality_targets)
                .map(|targets| targets.map(|targets| targets.to_device(device))),
            ..self
        }
    }
}

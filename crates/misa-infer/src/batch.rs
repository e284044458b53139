//! What the model and its loss receive at once.

use burn::prelude::*;
use misa_core::MisaInput;

/// One batch of utterances, longest text first.
#[derive(Clone, Debug)]
pub struct UtteranceBatch {
    /// What the model sees.
    pub input: MisaInput,
    /// The labels, `[batch, 1]`. Kept apart from the input: the model cannot see them.
    pub targets: Tensor<2>,
    /// The names of the utterances, in the order of the rows.
    pub ids: Vec<String>,
    /// The place of each row's utterance: in its split, of a loader's batch, otherwise among those
    /// that the batch was made of.
    pub places: Vec<usize>,
    /// Seed of the randomness (such as dropout) of the step that consumes the batch: a function
    /// of the loader's seed, the epoch and the step. 0 in a batch that no loader made.
    pub seed: u64,
}

impl UtteranceBatch {
    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.ids.len()
    }

    /// The same, where the utterances that the batch was made of stand at `places` of their split.
    pub fn at(mut self, places: &[usize]) -> Self {
        for place in &mut self.places {
            *place = places[*place];
        }
        self
    }

    /// The same on another device.
    pub fn to_device(self, device: &Device) -> Self {
        Self {
            input: self.input.to_device(device),
            targets: self.targets.to_device(device),
            ..self
        }
    }
}

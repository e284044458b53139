//! Labels of each modality that are generated while a model is trained.

use crate::SentimentOutput;
use burn::prelude::*;
use misa_core::loss::{GeneratedLabels, HiddenBatch};
use misa_core::{Modality, PerModality};
use misa_infer::ReadyBatch;

/// The labels of the train split, and the batches since the last step of the optimiser.
///
/// What a batch changes waits for that step, as its gradients do: a state between two steps holds
/// neither. An epoch has every utterance once, so no batch needs what an earlier one of its step has
/// changed.
#[derive(Debug)]
pub(crate) struct Generation {
    labels: GeneratedLabels,
    /// Number of the epoch of the objective, from 1.
    pub(crate) epoch: usize,
    waiting: Vec<HiddenBatch>,
}

impl Generation {
    pub(crate) fn new(labels: GeneratedLabels) -> Self {
        Self {
            labels,
            epoch: 1,
            waiting: Vec::new(),
        }
    }

    /// The batch with the labels of its utterances as they are now.
    pub(crate) fn label(&self, batch: ReadyBatch) -> ReadyBatch {
        let device = batch.targets().device();
        let of = |modality: Modality| {
            let labels = self.labels.labels(modality);
            let chosen = batch.places().iter().map(|&place| labels[place] as f32);
            let chosen: Vec<f32> = chosen.collect();
            let shape = [chosen.len(), 1];
            Tensor::from_data(TensorData::new(chosen, shape), &device)
        };
        let labels = PerModality::from_fn(of);
        batch.with_generated(labels)
    }

    /// Keeps what the utterances at `places` change, until the next step of the optimiser.
    pub(crate) fn keep(&mut self, places: Vec<usize>, output: &SentimentOutput) {
        let hidden = output.hidden.as_ref();
        (self.waiting).extend(hidden.map(|hidden| hidden.to_host(places)));
    }

    /// Changes the labels by the batches that wait, in their order.
    pub(crate) fn update(&mut self) {
        for batch in self.waiting.drain(..) {
            self.labels.learn(self.epoch, &batch);
        }
    }

    /// Forgets the batches that wait.
    pub(crate) fn discard(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn labels(&self) -> &GeneratedLabels {
        &self.labels
    }

    pub(crate) fn labels_mut(&mut self) -> &mut GeneratedLabels {
        &mut self.labels
    }
}

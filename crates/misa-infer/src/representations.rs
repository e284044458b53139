//! Inner representations of utterances, from which the model predicts.

use crate::score::decide;
use crate::{Checkpoint, InferError, UtteranceBatcher};
use burn::prelude::*;
use misa_core::MisaOutput;
use misa_terms::{Modality, PerModality, Utterance};

/// Utterances read at once.
const BATCH: usize = 64;

/// The representations of utterances, one row after another in their order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Representations {
    /// Names of the utterances.
    pub ids: Vec<String>,
    /// The prediction of each: a class if the task has classes, a number otherwise.
    pub predictions: Vec<f32>,
    /// The label of each.
    pub targets: Vec<f32>,
    /// Steps of the text of each.
    pub steps: Vec<usize>,
    /// Whether each has every modality in use.
    pub is_whole: Vec<bool>,
    /// Modalities in use; `shared` and `private` of the others are empty.
    pub modalities: Vec<Modality>,
    /// Which representations are fused.
    pub fusion: misa_core::Representations,
    /// Size of a representation.
    pub d_hidden: usize,
    /// Modality-invariant, `[utterances, d_hidden]` per modality.
    pub shared: PerModality<Vec<f32>>,
    /// Modality-specific, `[utterances, d_hidden]` per modality.
    pub private: PerModality<Vec<f32>>,
    /// After the attention of the fusion, `[utterances, tokens, d_hidden]`: private tokens first.
    pub fused: Vec<f32>,
    /// Weights of that attention, mean over its heads, `[utterances, tokens, tokens]`; rows are
    /// queries. Empty if the fusion has no attention.
    pub attention: Vec<f32>,
}

impl Representations {
    /// Number of tokens in the fusion.
    pub fn tokens(&self) -> usize {
        self.fusion.per_modality() * self.modalities.len()
    }

    /// The names of the tokens in the order of the fusion.
    pub fn token_names(&self) -> Vec<String> {
        let names_of = |kind| {
            let modalities = self.modalities.iter();
            modalities.map(move |modality| format!("{modality} {kind}"))
        };
        self.fusion.names().iter().flat_map(names_of).collect()
    }

    /// Attention weights, mean over the utterances, `[tokens, tokens]`; `None` without attention.
    pub fn mean_attention(&self) -> Option<Vec<f64>> {
        if self.attention.is_empty() {
            return None;
        }
        let size = self.tokens() * self.tokens();
        let mut mean = vec![0.0; size];
        for weights in self.attention.chunks(size.max(1)) {
            for (mean, &weight) in mean.iter_mut().zip(weights) {
                *mean += f64::from(weight);
            }
        }
        let count = self.ids.len().max(1) as f64;
        Some(mean.iter().map(|sum| sum / count).collect())
    }

    /// Adds the representations of a batch; `order` lists its rows in the order of `utterances`.
    fn add(&mut self, utterances: &[Utterance], output: &MisaOutput, order: &[usize]) {
        for utterance in utterances {
            self.ids.push(utterance.id.clone());
            self.targets.push(utterance.label);
            self.steps.push(utterance.text.steps());
        }
        let used = self.modalities.iter();
        let has_all = |&row: &usize| match &output.presence {
            Some(presence) => used.clone().all(|&modality| presence.has(row, modality)),
            None => true,
        };
        self.is_whole.extend(order.iter().map(has_all));
        let subspaces = &output.subspaces;
        for &modality in &self.modalities {
            let (shared, private) = (&subspaces.shared, &subspaces.private);
            extend(self.shared.get_mut(modality), shared.get(modality), order);
            extend(self.private.get_mut(modality), private.get(modality), order);
        }
        extend(&mut self.fused, &output.fusion.fused, order);
        if let Some(attention) = &output.fusion.attention {
            extend(&mut self.attention, &attention.clone().mean_dim(1), order);
        }
    }
}

/// Adds the rows of a tensor in the given order.
fn extend<const D: usize>(values: &mut Vec<f32>, tensor: &Tensor<D>, order: &[usize]) {
    let rows: Vec<f32> = tensor.to_data().iter::<f32>().collect();
    let width = rows.len() / order.len();
    for row in order {
        values.extend_from_slice(&rows[row * width..][..width]);
    }
}

impl Checkpoint {
    /// The representations of each utterance, in order.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn represent(
        &self,
        utterances: &[Utterance],
        device: &Device,
    ) -> Result<Representations, InferError> {
        let (prepared, bert) = self.prepare_all(utterances)?;
        let batcher = UtteranceBatcher::new(bert);
        let modalities = self.config.settings.modalities;
        let mut representations = Representations {
            modalities: modalities.iter().collect(),
            fusion: self.config.settings.representations,
            d_hidden: self.config.settings.d_hidden,
            ..Representations::default()
        };
        for utterances in prepared.chunks(BATCH) {
            let batch = batcher.batch(utterances, device);
            let output = self.model.forward(&batch.input);
            let mut values = Vec::new();
            let mut order: Vec<usize> = (0..batch.places.len()).collect();
            order.sort_by_key(|&row| batch.places[row]);
            extend(&mut values, &output.prediction, &order);
            let predictions = decide(self.config.task, &values);
            representations.predictions.extend(predictions);
            representations.add(utterances, &output, &order);
        }
        if self.config.settings.context.is_some() {
            // Only the predictions depend on the rest of the video.
            representations.predictions = self.predict(utterances, device)?;
        }
        Ok(representations)
    }
}

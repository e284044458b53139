//! Outputs of BERT's frozen part, computed once for each sentence.

mod store;

use crate::{BertSettings, TrainError};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::encoder::bert::{BertEncoder, BertFreezing, BertInput};
use misa_core::{Misa, MisaInput, TextInput};
use misa_infer::{ReadyBatch, UtteranceBatch};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::iter::repeat_n;
use std::sync::{Mutex, PoisonError};
use store::Key;
pub(crate) use store::Store;

/// The frozen part of a run's BERT, shared by training and evaluation; empty if no part is frozen.
#[derive(Debug, Default)]
pub(crate) struct Frozen(Mutex<Option<FrozenText>>);

impl Frozen {
    pub(crate) fn new(text: Option<FrozenText>) -> Self {
        Self(Mutex::new(text))
    }

    /// See [`FrozenText::ready`].
    pub(crate) fn ready(&self, batch: UtteranceBatch) -> Result<ReadyBatch, TrainError> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(text) => text.ready(batch),
            None => Ok(batch.into()),
        }
    }

    /// The same in training, if that does not change results. Outputs are cached only for the rows whose
    /// sentence will come again.
    pub(crate) fn ready_to_learn(
        &self,
        batch: UtteranceBatch,
        comes_again: impl Fn(usize) -> bool,
    ) -> Result<ReadyBatch, TrainError> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(text) if text.serves_training() => {
                let rows = text.rows(&batch.input, comes_again)?;
                Ok(with_text(batch, rows))
            }
            _ => Ok(batch.into()),
        }
    }

    /// How many outputs were computed and reused so far; `None` if no part is frozen.
    pub(crate) fn summary(&self) -> Option<FrozenSummary> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.as_ref().map(|text| text.summary.clone())
    }
}

/// The frozen part of a model's BERT, and its output for each sentence.
///
/// - Differs: the official code computes it in every epoch.
#[derive(Debug)]
pub struct FrozenText {
    bert: BertEncoder,
    store: Store,
    device: Device,
    summary: FrozenSummary,
}

/// How many outputs of the frozen part were computed, reused and cached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenSummary {
    /// Sentences computed.
    pub computed: usize,
    /// Sentences whose output was reused.
    pub looked_up: usize,
    /// Sentences computed but not cached, because the limit was reached or another run has locked
    /// the file.
    pub not_kept: usize,
    /// Records of the file that were damaged, and computed again.
    pub damaged: usize,
    /// Bytes cached.
    pub bytes: u64,
}

impl FrozenText {
    /// The frozen part of `model`'s BERT; `None` unless its first layers are frozen.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if the folder of the cache cannot be used.
    pub fn new(
        model: &Misa,
        settings: &BertSettings,
        device: &Device,
    ) -> Result<Option<Self>, TrainError> {
        let Some(bert) = model.bert().and_then(BertEncoder::frozen_part) else {
            return Ok(None);
        };
        let bert = bert.valid();
        let store = match &settings.cache {
            Some(folder) => Store::open(folder, identity(&bert), settings.cache_limit)?,
            None => Store::in_memory(settings.cache_limit),
        };
        let summary = FrozenSummary::default();
        let device = device.clone();
        Ok(Some(Self {
            bert,
            store,
            device,
            summary,
        }))
    }

    /// Whether training may use it.
    pub fn serves_training(&self) -> bool {
        self.bert.computes_frozen(true)
    }

    /// The batch with the outputs of the frozen part instead of its token ids.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if the file of the cache cannot be written.
    pub fn ready(&mut self, batch: UtteranceBatch) -> Result<ReadyBatch, TrainError> {
        let text = self.text(&batch.input)?;
        Ok(with_text(batch, text))
    }

    /// The outputs of the frozen part for the token ids of `input`; `None` if it has no token ids.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub fn text(&mut self, input: &MisaInput) -> Result<Option<TextInput>, TrainError> {
        self.rows(input, |_| true)
    }

    /// [`Self::text`], which caches outputs only for the rows whose sentence will come again.
    fn rows(
        &mut self,
        input: &MisaInput,
        comes_again: impl Fn(usize) -> bool,
    ) -> Result<Option<TextInput>, TrainError> {
        let TextInput::Tokens(ids) = &input.text else {
            return Ok(None);
        };
        let device = ids.device();
        let sentences = sentences(ids, &input.lengths.text);
        let keys: Vec<Key> = sentences.iter().map(|sentence| key(sentence)).collect();
        let mut outputs: Vec<Option<Vec<f32>>> =
            keys.iter().map(|key| self.store.get(key)).collect();
        let missing: Vec<usize> = (0..outputs.len())
            .filter(|&index| outputs[index].is_none())
            .collect();
        self.summary.looked_up += outputs.len() - missing.len();
        for (&index, rows) in missing.iter().zip(self.compute(&sentences, &missing)) {
            if comes_again(index) && !self.store.put(keys[index], &rows)? {
                self.summary.not_kept += 1;
            }
            outputs[index] = Some(rows);
        }
        self.summary.computed += missing.len();
        self.summary.damaged = self.store.damaged();
        self.summary.bytes = self.store.bytes();
        let width = self.bert.config().d_model;
        let values: Vec<f32> = outputs.into_iter().flatten().flatten().collect();
        let shape = [values.len() / width, width];
        let rows = Tensor::from_data(TensorData::new(values, shape), &device);
        Ok(Some(TextInput::Frozen(rows)))
    }

    /// The outputs of the frozen part for the sentences at these indices.
    fn compute(&self, sentences: &[Vec<i64>], indices: &[usize]) -> Vec<Vec<f32>> {
        if indices.is_empty() {
            return Vec::new();
        }
        let lengths: Vec<usize> = indices
            .iter()
            .map(|&index| sentences[index].len())
            .collect();
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let padded = indices.iter().flat_map(|&index| {
            let sentence = &sentences[index];
            // Padding is masked, so any id is correct.
            let padding = repeat_n(sentence[0], steps - sentence.len());
            sentence.iter().copied().chain(padding)
        });
        let ids = TensorData::new(padded.collect::<Vec<i64>>(), [indices.len(), steps]);
        let rows = self.bert.compute_frozen(&BertInput {
            ids: Tensor::from_data(ids, &self.device),
            types: None,
            lengths: lengths.clone(),
        });
        let width = self.bert.config().d_model;
        let values: Vec<f32> = rows.into_data().iter::<f32>().collect();
        let mut remaining = values.as_slice();
        let is_whole = self.bert.freezing() == BertFreezing::All;
        lengths
            .iter()
            .map(|&length| if is_whole { 1 } else { length })
            .map(|count| {
                let (rows, rest) = remaining.split_at(count * width);
                remaining = rest;
                rows.to_vec()
            })
            .collect()
    }
}

/// The batch with another form of its text, if there is one.
fn with_text(batch: UtteranceBatch, text: Option<TextInput>) -> ReadyBatch {
    let batch = ReadyBatch::from(batch);
    match text {
        Some(text) => batch.with_text(text),
        None => batch,
    }
}

/// The token ids of each sentence without padding.
fn sentences(ids: &Tensor<2, Int>, lengths: &[usize]) -> Vec<Vec<i64>> {
    let [_, steps] = ids.dims();
    let values: Vec<i64> = ids.to_data().iter::<i64>().collect();
    values
        .chunks(steps)
        .zip(lengths)
        .map(|(row, &length)| row[..length].to_vec())
        .collect()
}

fn key(sentence: &[i64]) -> Key {
    let mut hasher = Sha256::new();
    for id in sentence {
        hasher.update(id.to_le_bytes());
    }
    hasher.finalize().into()
}

/// SHA-256 of everything that determines the outputs of the frozen part, except the tokens.
fn identity(bert: &BertEncoder) -> Key {
    let mut hasher = Sha256::new();
    hasher.update(b"misa frozen text 1");
    hasher.update(bert.freezing().to_string());
    hasher.update((bert.config().n_heads as u64).to_le_bytes());
    hasher.update(bert.config().norm_epsilon.to_le_bytes());
    let weights = misa_core::weights::state_dict(bert, "text.Bert");
    for name in weights.names() {
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        let values = weights.get(name).map(|data| data.as_slice::<f32>());
        if let Some(values) = values {
            let values = values.expect("a state dict holds single precision");
            let mut bytes = Vec::with_capacity(4 * 4096);
            for values in values.chunks(4096) {
                bytes.clear();
                bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                hasher.update(&bytes);
            }
        }
    }
    hasher.finalize().into()
}

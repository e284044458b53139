//! What the frozen part of BERT gives, computed once.

mod store;

pub(crate) use store::Store;

use crate::{BertSettings, TrainError};
use burn::{prelude::*, tensor::TensorData};
use misa_core::{
    Misa, MisaInput, TextInput,
    encoder::bert::{BertEncoder, BertFreezing, BertInput},
};
use misa_infer::{ReadyBatch, UtteranceBatch};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    iter::repeat_n,
    sync::{Mutex, PoisonError},
};
use store::Key;

/// The frozen part of a run's BERT, for all who read batches; empty where there is none.
#[derive(Debug, Default)]
pub(crate) struct Frozen(Mutex<Option<FrozenText>>);

impl Frozen {
    pub(crate) fn new(text: Option<FrozenText>) -> Self {
        Self(Mutex::new(text))
    }

    /// See [`FrozenText::ready`]; in training only where that changes nothing.
    pub(crate) fn ready(
        &self,
        batch: UtteranceBatch,
        in_training: bool,
    ) -> Result<ReadyBatch, TrainError> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(text) if !in_training || text.serves_training() => text.ready(batch),
            _ => Ok(batch.into()),
        }
    }

    /// What was computed so far, if there is a frozen part.
    pub(crate) fn summary(&self) -> Option<FrozenSummary> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.as_ref().map(|text| text.summary.clone())
    }
}

/// The frozen part of a model's BERT, and what it gave for each sentence.
///
/// - Differs: the official code computes it in every epoch.
#[derive(Debug)]
pub struct FrozenText {
    bert: BertEncoder,
    store: Store,
    device: Device,
    summary: FrozenSummary,
}

/// What was computed, and what was only looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenSummary {
    /// Sentences computed.
    pub computed: usize,
    /// Sentences looked up.
    pub looked_up: usize,
    /// Sentences computed and not kept: the limit was reached, or another run holds the file.
    pub not_kept: usize,
    /// Records of the file that were damaged, and computed again.
    pub damaged: usize,
    /// Bytes kept.
    pub bytes: u64,
}

impl FrozenText {
    /// That of `model`; nothing where no first part of BERT is frozen.
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

    /// The batch with what the frozen part gives for its token ids, in place of them.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if the file of the cache cannot be written.
    pub fn ready(&mut self, batch: UtteranceBatch) -> Result<ReadyBatch, TrainError> {
        let text = self.text(&batch.input)?;
        let batch = ReadyBatch::from(batch);
        Ok(match text {
            Some(text) => batch.with_text(text),
            None => batch,
        })
    }

    /// What the frozen part gives for the token ids of `input`; nothing where there are none.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub fn text(&mut self, input: &MisaInput) -> Result<Option<TextInput>, TrainError> {
        let TextInput::Tokens(ids) = &input.text else {
            return Ok(None);
        };
        let device = ids.device();
        let sentences = sentences(ids, &input.lengths.text);
        let keys: Vec<Key> = sentences.iter().map(|sentence| key(sentence)).collect();
        let mut found: Vec<Option<Vec<f32>>> = Vec::with_capacity(keys.len());
        for key in &keys {
            found.push(self.store.get(key));
        }
        let missing: Vec<usize> = (0..found.len()).filter(|&i| found[i].is_none()).collect();
        self.summary.looked_up += found.len() - missing.len();
        for (&place, rows) in missing.iter().zip(self.compute(&sentences, &missing)) {
            if !self.store.put(keys[place], &rows)? {
                self.summary.not_kept += 1;
            }
            found[place] = Some(rows);
        }
        self.summary.computed += missing.len();
        self.summary.damaged = self.store.damaged();
        self.summary.bytes = self.store.bytes();
        let width = self.bert.config().d_model;
        let rows: Vec<f32> = found.into_iter().flatten().flatten().collect();
        let shape = [rows.len() / width, width];
        let rows = Tensor::from_data(TensorData::new(rows, shape), &device);
        Ok(Some(TextInput::Frozen(rows)))
    }

    /// What the frozen part gives for some of the sentences.
    fn compute(&self, sentences: &[Vec<i64>], places: &[usize]) -> Vec<Vec<f32>> {
        if places.is_empty() {
            return Vec::new();
        }
        let lengths: Vec<usize> = places.iter().map(|&place| sentences[place].len()).collect();
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let ids = places.iter().flat_map(|&place| {
            let sentence = &sentences[place];
            // Any id will do.
            let padding = repeat_n(sentence[0], steps - sentence.len());
            sentence.iter().copied().chain(padding)
        });
        let ids = TensorData::new(ids.collect::<Vec<i64>>(), [places.len(), steps]);
        let rows = self.bert.compute_frozen(&BertInput {
            ids: Tensor::from_data(ids, &self.device),
            types: None,
            lengths: lengths.clone(),
        });
        let width = self.bert.config().d_model;
        let values: Vec<f32> = rows.into_data().iter::<f32>().collect();
        let mut values = values.as_slice();
        let whole = self.bert.freezing() == BertFreezing::All;
        let counts = lengths.iter().map(|&length| if whole { 1 } else { length });
        let cut = counts.map(|count| {
            let (rows, rest) = values.split_at(count * width);
            values = rest;
            rows.to_vec()
        });
        cut.collect()
    }
}

/// The token ids of each sentence without padding.
fn sentences(ids: &Tensor<2, Int>, lengths: &[usize]) -> Vec<Vec<i64>> {
    let [_, steps] = ids.dims();
    let ids: Vec<i64> = ids.to_data().iter::<i64>().collect();
    let rows = ids.chunks(steps).zip(lengths);
    rows.map(|(ids, &length)| ids[..length].to_vec()).collect()
}

fn key(sentence: &[i64]) -> Key {
    let mut hasher = Sha256::new();
    for id in sentence {
        hasher.update(id.to_le_bytes());
    }
    hasher.finalize().into()
}

/// SHA-256 of everything that decides what the frozen part gives, but the tokens.
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

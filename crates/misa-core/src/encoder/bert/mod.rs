//! BERT, from token ids to one vector per sentence.

mod config;
mod embeddings;
mod layer;
mod reading;
pub(crate) mod tokens;

use crate::encoder::EncoderOutput;
use burn::nn::{Embedding, Linear, LinearConfig};
use burn::prelude::*;
pub use config::{BertFreezing, TextPooling};
use embeddings::BertEmbeddings;
use layer::BertLayer;
pub use misa_terms::BertConfig;
pub use reading::BertReading;
use tokens::Tokens;

/// Configuration of [`BertEncoder`].
#[derive(Config, Debug)]
pub struct BertEncoderConfig {
    /// Sizes.
    pub bert: BertConfig,
    /// How it reads.
    #[config(default = "BertReading::new()")]
    pub reading: BertReading,
}

misa_terms::builder! {
    BertEncoderConfig {
        with_pooling, reading.pooling: TextPooling;
        with_freezing, reading.freezing: BertFreezing;
        with_frozen_dropout, reading.frozen_dropout: bool;
    }
}

/// BERT as the text encoder.
///
/// - Source: MISA, utterance-level representations; BERT, model architecture.
/// - Differs: padding is left out of every layer, which changes no token's vector. The pooler is
///   there because checkpoints have it; nothing uses it.
#[derive(Module, Debug)]
pub struct BertEncoder {
    embeddings: BertEmbeddings,
    layers: Vec<BertLayer>,
    pooler: Linear,
    #[module(skip)]
    reading: BertReading,
    #[module(skip)]
    config: BertConfig,
}

/// A batch of sentences as token ids.
#[derive(Clone, Debug)]
pub struct BertInput {
    /// Token ids, `[batch, steps]`; padding may hold any id of the vocabulary.
    pub ids: Tensor<2, Int>,
    /// Type of each token, `[batch, steps]`; without them, every token is of the first type.
    pub types: Option<Tensor<2, Int>>,
    /// Tokens of each sentence, from 1 to `steps`, special tokens included.
    pub lengths: Vec<usize>,
}

/// What BERT computes from a batch of sentences.
#[derive(Clone, Debug)]
pub struct BertOutput {
    /// States after the embeddings and after each layer, `[batch, steps, d_model]` each. Values in
    /// the padding have a meaning only with [`TextPooling::PlainMean`].
    pub states: Vec<Tensor<3>>,
    /// One vector per sentence, `[batch, d_model]`.
    pub encoded: Tensor<2>,
}

impl BertEncoderConfig {
    /// Creates the encoder on `device`, weights drawn as BERT's are before pre-training.
    pub fn init(&self, device: &Device) -> BertEncoder {
        let bert = &self.bert;
        let frozen_layers = self.reading.freezing.layers(bert.n_layers);
        let embeddings = BertEmbeddings::new(bert, device);
        let layers = (0..bert.n_layers).map(|number| {
            let layer = BertLayer::new(bert, device);
            if number < frozen_layers {
                // Not `freeze`, which would switch dropout off as well.
                layer.no_grad()
            } else {
                layer
            }
        });
        BertEncoder {
            layers: layers.collect(),
            embeddings: if self.reading.freezing.embeddings() {
                embeddings.no_grad()
            } else {
                embeddings
            },
            pooler: LinearConfig::new(bert.d_model, bert.d_model).init(device),
            reading: self.reading,
            config: self.bert,
        }
    }
}

impl BertEncoder {
    /// Encodes each sentence and returns every intermediate state.
    ///
    /// # Shapes
    ///
    /// - output: see [`BertOutput`]
    ///
    /// # Panics
    ///
    /// Panics if a length is 0 or beyond `steps`, or more tokens are read than BERT has positions.
    /// An id beyond the vocabulary is an error of the device.
    pub fn forward(&self, input: &BertInput) -> BertOutput {
        let [_, steps] = input.ids.dims();
        let tokens = self.tokens(&input.lengths, steps);
        let mut rows = self.embed(input, &tokens, None);
        let mut states = vec![tokens.padded(rows.clone())];
        for number in 0..self.layers.len() {
            rows = self.layer(number, rows, &tokens);
            states.push(tokens.padded(rows.clone()));
        }
        BertOutput {
            states,
            encoded: tokens.mean(rows),
        }
    }

    /// Encodes each sentence as one vector and its tokens; ids are rows of `vectors`, if there are any, in place
    /// of BERT's own.
    pub(crate) fn encode(&self, input: &BertInput, vectors: Option<Tensor<2>>) -> EncoderOutput {
        let [_, steps] = input.ids.dims();
        let tokens = self.tokens(&input.lengths, steps);
        let rows = self.embed(input, &tokens, vectors);
        self.finish(0, rows, &tokens, &input.lengths)
    }

    /// Encodes sentences from their states by [`Self::compute_frozen`].
    pub(crate) fn encode_frozen(&self, rows: Tensor<2>, lengths: &[usize]) -> EncoderOutput {
        if self.reading.freezing == BertFreezing::All {
            let [batch, _] = rows.dims();
            assert_eq!(batch, lengths.len(), "one row per sentence");
            return EncoderOutput {
                encoded: rows,
                between_layers: None,
                states: None,
            };
        }
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let tokens = self.tokens(lengths, steps);
        let first = self.reading.freezing.layers(self.layers.len());
        self.finish(first, rows, &tokens, lengths)
    }

    /// The states of the sentences after the frozen part of BERT, to be kept for every epoch.
    ///
    /// # Shapes
    ///
    /// - output: `[rows, d_model]`, a row for each token, sentence by sentence; where all of BERT
    ///   is frozen `[batch, d_model]`, a row for each sentence
    ///
    /// # Panics
    ///
    /// Panics as [`Self::forward`] does, or if there is no such part, see
    /// [`Self::computes_frozen`].
    pub fn compute_frozen(&self, input: &BertInput) -> Tensor<2> {
        assert!(self.computes_frozen(false), "nothing of this is frozen");
        let [_, steps] = input.ids.dims();
        let tokens = self.tokens(&input.lengths, steps);
        let mut rows = self.embed(input, &tokens, None);
        for number in 0..self.reading.freezing.layers(self.layers.len()) {
            rows = self.layer(number, rows, &tokens);
        }
        match self.reading.freezing {
            BertFreezing::All => tokens.mean(rows),
            _ => rows,
        }
    }

    /// See [`BertReading::computes_frozen`].
    pub fn computes_frozen(&self, in_training: bool) -> bool {
        self.reading.computes_frozen(in_training)
    }

    /// Only the part that always computes the same from a sentence; `None` if there is no such part.
    pub fn frozen_part(&self) -> Option<Self> {
        let count = self.reading.freezing.layers(self.layers.len());
        self.computes_frozen(false).then(|| Self {
            embeddings: self.embeddings.clone(),
            layers: self.layers[..count].to_vec(),
            pooler: self.pooler.clone(),
            ..*self
        })
    }

    /// The vector of each token of the vocabulary.
    pub(crate) fn words(&self) -> &Embedding {
        self.embeddings.words()
    }

    pub(crate) fn with_words(self, words: Embedding) -> Self {
        Self {
            embeddings: self.embeddings.with_words(words),
            ..self
        }
    }

    /// Sizes of this BERT.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// Which parts keep their weights.
    pub fn freezing(&self) -> BertFreezing {
        self.reading.freezing
    }

    fn tokens(&self, lengths: &[usize], steps: usize) -> Tokens {
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let positions = self.config.positions;
        assert!(longest <= steps, "{longest} tokens in {steps} steps");
        let padding = self.reading.pooling == TextPooling::PlainMean;
        let read = if padding { steps } else { longest };
        assert!(
            read <= positions,
            "{read} tokens, BERT has {positions} positions"
        );
        Tokens::new(lengths, steps, padding)
    }

    fn embed(&self, input: &BertInput, tokens: &Tokens, vectors: Option<Tensor<2>>) -> Tensor<2> {
        let vectors = vectors.unwrap_or_else(|| self.embeddings.words().weight.val());
        let drops = self.reading.frozen_dropout || !self.reading.freezing.embeddings();
        let (ids, types) = (input.ids.clone(), input.types.clone());
        self.embeddings.forward(vectors, ids, types, tokens, drops)
    }

    fn layer(&self, number: usize, rows: Tensor<2>, tokens: &Tokens) -> Tensor<2> {
        let frozen = number < self.reading.freezing.layers(self.layers.len());
        self.layers[number].forward(rows, tokens, self.reading.frozen_dropout || !frozen)
    }

    /// Applies the layers from `first` on, and the mean over tokens.
    fn finish(
        &self,
        first: usize,
        rows: Tensor<2>,
        tokens: &Tokens,
        lengths: &[usize],
    ) -> EncoderOutput {
        let rows =
            (first..self.layers.len()).fold(rows, |rows, number| self.layer(number, rows, tokens));
        let states = tokens.packed(rows.clone(), lengths);
        EncoderOutput {
            encoded: tokens.mean(rows),
            between_layers: Some(states.clone()),
            states: Some(states),
        }
    }
}

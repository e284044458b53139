//! Token ids to vectors.

use crate::dropout::drop_out;
use crate::encoder::bert::tokens::Tokens;
use burn::nn::{
    Dropout, DropoutConfig, Embedding, EmbeddingConfig, Initializer, LayerNorm, LayerNormConfig,
};
use burn::prelude::*;
use burn::tensor::module::embedding;
use misa_terms::BertConfig;

/// Standard deviation of BERT's weights before training.
pub(super) const SPREAD: f64 = 0.02;

/// The sum of a vector for the token, its position and its sentence's type, normalised.
#[derive(Module, Debug)]
pub(super) struct BertEmbeddings {
    words: Embedding,
    positions: Embedding,
    types: Embedding,
    norm: LayerNorm,
    dropout: Dropout,
}

impl BertEmbeddings {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        let table = |count| {
            EmbeddingConfig::new(count, config.d_model)
                .with_initializer(Initializer::Normal {
                    mean: 0.0,
                    std: SPREAD,
                })
                .init(device)
        };
        Self {
            words: table(config.vocabulary),
            positions: table(config.positions),
            types: table(config.token_types),
            norm: LayerNormConfig::new(config.d_model)
                .with_epsilon(config.norm_epsilon)
                .init(device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// The vector of each token of the vocabulary, `[vocabulary, d_model]`.
    pub(super) fn words(&self) -> &Embedding {
        &self.words
    }

    pub(super) fn with_words(self, words: Embedding) -> Self {
        Self { words, ..self }
    }

    /// `[batch, steps]` ids and types to `[rows, d_model]`. Ids are rows of `words`.
    pub(super) fn forward(
        &self,
        words: Tensor<2>,
        ids: Tensor<2, Int>,
        types: Option<Tensor<2, Int>>,
        tokens: &Tokens,
        drops: bool,
    ) -> Tensor<2> {
        let device = ids.device();
        let [batch, steps] = ids.dims();
        let indices = tokens.padded_rows(&device);
        let rows = |ids: Tensor<2, Int>| ids.reshape([batch * steps]).select(0, indices.clone());
        let look_up = |table: Tensor<2>, rows: Tensor<1, Int>| {
            embedding(table, rows.unsqueeze()).squeeze_dim::<2>(0)
        };
        let words = look_up(words, rows(ids));
        let positions = look_up(self.positions.weight.val(), tokens.positions(&device));
        let types = match types {
            Some(types) => look_up(self.types.weight.val(), rows(types)),
            // One row for all: its gradient is a sum instead of a table.
            None => self.types.weight.val().narrow(0, 0, 1),
        };
        let embedded = self.norm.forward(words + types + positions);
        if drops {
            drop_out(&self.dropout, embedded)
        } else {
            embedded
        }
    }
}

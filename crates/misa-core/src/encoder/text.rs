//! Text to one vector, from words, tokens or precomputed vectors.

use crate::encoder::bert::{BertEncoder, BertEncoderConfig, BertInput, BertReading};
use crate::encoder::packed::Packing;
use crate::encoder::{
    CellKind, EncoderOutput, PackedSequence, SequenceEncoder, SequenceEncoderConfig,
};
use crate::{ConfigError, Modality, TextInput, TextSize};
use burn::nn::{Embedding, EmbeddingConfig};
use burn::prelude::*;
use burn::tensor::DType;
use misa_kernels::Repeats;
use std::sync::Arc;

/// Configuration of [`TextEncoder`].
#[derive(Config, Debug)]
pub struct TextEncoderConfig {
    /// How text arrives.
    pub size: TextSize,
    /// Size of a word vector; of no effect on precomputed vectors.
    #[config(default = 300)]
    pub d_embedding: usize,
    /// Keep the word vectors as they are.
    #[config(default = false)]
    pub freeze_embedding: bool,
    /// Recurrent unit.
    #[config(default = "CellKind::Lstm")]
    pub cell: CellKind,
    /// How BERT reads tokens.
    #[config(default = "BertReading::new()")]
    pub reading: BertReading,
}

/// The text path, by what it reads. A further kind of encoder is a further variant.
///
/// - Source: MISA, utterance-level representations.
/// - Differs: word vectors are trained unless frozen; the official code means to freeze them, but
///   sets the flag where it has no effect.
#[derive(Module, Debug)]
#[non_exhaustive]
pub enum TextEncoder {
    /// Word ids through an embedding.
    Words(WordEncoder),
    /// Precomputed vectors.
    Features(SequenceEncoder),
    /// Token ids through BERT.
    Bert(BertEncoder),
}

/// Word vectors and the encoder that reads them.
#[derive(Module, Debug)]
pub struct WordEncoder {
    embedding: Embedding,
    sequence: SequenceEncoder,
}

impl TextEncoderConfig {
    /// Size of the encoded vector.
    pub fn d_encoded(&self) -> usize {
        match self.size {
            TextSize::Words { .. } => self.sequence(self.d_embedding).d_encoded(),
            TextSize::Features { d_input } => self.sequence(d_input).d_encoded(),
            TextSize::Bert(bert) => bert.d_model,
        }
    }

    /// Features of a state of the last layer.
    pub fn d_states(&self) -> usize {
        match self.size {
            TextSize::Words { .. } => self.sequence(self.d_embedding).d_states(),
            TextSize::Features { d_input } => self.sequence(d_input).d_states(),
            TextSize::Bert(bert) => bert.d_model,
        }
    }

    /// Creates the encoder on `device`; word vectors are drawn from a standard normal.
    pub fn init(&self, device: &Device) -> TextEncoder {
        let sequence = |d_input| self.sequence(d_input).init(device);
        match self.size {
            TextSize::Words { vocabulary } => {
                let sequence = sequence(self.d_embedding);
                let embedding = EmbeddingConfig::new(vocabulary, self.d_embedding).init(device);
                TextEncoder::Words(WordEncoder {
                    embedding: if self.freeze_embedding {
                        embedding.freeze()
                    } else {
                        embedding
                    },
                    sequence,
                })
            }
            TextSize::Features { d_input } => TextEncoder::Features(sequence(d_input)),
            TextSize::Bert(bert) => {
                let config = BertEncoderConfig::new(bert).with_reading(self.reading);
                TextEncoder::Bert(config.init(device))
            }
        }
    }

    fn sequence(&self, d_input: usize) -> SequenceEncoderConfig {
        SequenceEncoderConfig::new(d_input).with_cell(self.cell)
    }
}

impl TextEncoder {
    /// Encodes each utterance's text.
    ///
    /// # Shapes
    ///
    /// - output: see [`SequenceEncoder::forward`]
    ///
    /// # Panics
    ///
    /// Panics if the input is not of the kind the encoder was made for.
    pub fn forward(&self, input: &TextInput, lengths: &[usize]) -> EncoderOutput {
        self.read(input, lengths, true)
    }

    /// [`Self::forward`], without the states of a second recurrent layer unless `keeps_states`.
    pub(crate) fn read(
        &self,
        input: &TextInput,
        lengths: &[usize],
        keeps_states: bool,
    ) -> EncoderOutput {
        match (self, input) {
            (Self::Words(encoder), TextInput::Words(ids)) => {
                encoder.read(ids, lengths, keeps_states, |ids| {
                    encoder.embedding.forward(ids.unsqueeze()).squeeze_dim(0)
                })
            }
            (Self::Words(encoder), TextInput::Lookup { ids, vectors }) => {
                encoder.read(ids, lengths, keeps_states, |ids| {
                    vectors.clone().select(0, ids)
                })
            }
            (Self::Features(encoder), TextInput::Features(features)) => encoder.read(
                &PackedSequence::new(features.clone(), lengths),
                keeps_states,
            ),
            (Self::Bert(encoder), TextInput::Tokens(ids)) => {
                encoder.encode(&sentences(ids, lengths), None)
            }
            (Self::Bert(encoder), TextInput::Lookup { ids, vectors }) => {
                encoder.encode(&sentences(ids, lengths), Some(vectors.clone()))
            }
            (Self::Bert(encoder), TextInput::Frozen(rows)) => {
                encoder.encode_frozen(rows.clone(), lengths)
            }
            (encoder, input) => {
                panic!("this model reads {}, got {}", encoder.reads(), input.kind())
            }
        }
    }

    /// What the encoder was made for.
    fn reads(&self) -> &'static str {
        match self {
            Self::Words(_) => "word ids",
            Self::Features(_) => "precomputed vectors",
            Self::Bert(_) => "token ids",
        }
    }

    /// BERT, if that is what reads the text.
    pub(crate) fn bert(&self) -> Option<&BertEncoder> {
        match self {
            Self::Bert(encoder) => Some(encoder),
            Self::Words(_) | Self::Features(_) => None,
        }
    }

    /// The word vectors, `[vocabulary, d_embedding]`, if there are any.
    pub(crate) fn embedding(&self) -> Option<Tensor<2>> {
        match self {
            Self::Words(encoder) => Some(encoder.embedding.weight.val()),
            Self::Features(_) | Self::Bert(_) => None,
        }
    }

    /// The table that word or token ids are rows of, if it reads ids.
    pub(crate) fn table(&self) -> Option<Tensor<2>> {
        match self {
            Self::Words(encoder) => Some(encoder.embedding.weight.val()),
            Self::Bert(encoder) => Some(encoder.words().weight.val()),
            Self::Features(_) => None,
        }
    }

    /// The same encoder with another such table.
    pub(crate) fn with_table(self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        match self {
            Self::Bert(encoder) => {
                let words = replaced(encoder.words().clone(), rows)?;
                Ok(Self::Bert(encoder.with_words(words)))
            }
            encoder => encoder.with_embedding(rows),
        }
    }

    /// The same encoder with other word vectors.
    pub(crate) fn with_embedding(self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        match self {
            Self::Words(encoder) => encoder.with_embedding(rows).map(Self::Words),
            Self::Features(_) | Self::Bert(_) => Err(ConfigError::NoEmbedding {
                modality: Modality::Text,
            }),
        }
    }
}

impl WordEncoder {
    fn read(
        &self,
        ids: &Tensor<2, Int>,
        lengths: &[usize],
        keeps_states: bool,
        look_up: impl FnOnce(Tensor<1, Int>) -> Tensor<2>,
    ) -> EncoderOutput {
        let packing = Packing::new(lengths);
        let ids = packing.pack_ids(ids.clone());
        let repeats = repeats(&ids);
        let rows = look_up(ids);
        let packing = Arc::new(packing);
        self.sequence.read(
            &PackedSequence {
                rows,
                packing,
                repeats,
            },
            keeps_states,
        )
    }

    fn with_embedding(mut self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        self.embedding = replaced(self.embedding, rows)?;
        Ok(self)
    }
}

/// Which words come again, where a kernel makes use of it.
fn repeats(ids: &Tensor<1, Int>) -> Option<Arc<Repeats>> {
    if !misa_kernels::on_cpu(&ids.device(), DType::F32) {
        return None;
    }
    let ids: Vec<i64> = ids.to_data().iter().collect();
    Repeats::of(&ids).map(Arc::new)
}

fn sentences(ids: &Tensor<2, Int>, lengths: &[usize]) -> BertInput {
    BertInput {
        ids: ids.clone(),
        types: None,
        lengths: lengths.to_vec(),
    }
}

/// `table` with other rows, trained if it was.
fn replaced(mut table: Embedding, rows: Tensor<2>) -> Result<Embedding, ConfigError> {
    let expected = table.weight.val().dims();
    let found = rows.dims();
    if expected != found {
        return Err(ConfigError::EmbeddingShape { expected, found });
    }
    table.weight = table.weight.map(|old| {
        let trained = old.is_require_grad();
        let rows = rows.to_device(&old.device()).detach();
        if trained { rows.require_grad() } else { rows }
    });
    Ok(table)
}

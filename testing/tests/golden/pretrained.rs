//! A pre-trained BERT, compared with Hugging Face's `transformers` on 200 sentences.
//!
//! Printed by `scripts/bert_reference.py`. The weights are not part of the repository.

use crate::parts::device;
use crate::tensors::{assert_within, host};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::encoder::bert::{
    BertConfig, BertEncoder, BertEncoderConfig, BertInput, TextPooling,
};
use misa_core::{StateDict, weights};
use misa_data::PretrainedBert;
use misa_infer::{BertText, Sequence, TextSequence, Truncation, Utterance};
use misa_testing::{Tensors, Trial, case, golden, real_bert};
use std::fs;

/// Sentences computed at once, so that most have padding behind them.
const BATCH: usize = 25;
const TOLERANCE: f64 = 1e-5;

pub fn cases() -> Vec<Trial> {
    vec![case("bert::minilm", check)]
}

struct Expected {
    tensors: Tensors,
    /// Tokens of each sentence.
    ids: Vec<Vec<u32>>,
    means: Vec<Vec<f64>>,
    /// Of each layer, the product of every token's state with [`direction`], sentence after sentence.
    products: Vec<Vec<f64>>,
}

impl Expected {
    fn read() -> Self {
        let tensors = Tensors::read(&golden("bert").join("minilm.safetensors"));
        let mut all = tensors.ints("ids").into_iter().map(|id| id as u32);
        let lengths = tensors.ints("lengths").into_iter();
        let ids = lengths.map(|length| all.by_ref().take(length as usize).collect());
        Self {
            ids: ids.collect(),
            means: tensors.rows("mean"),
            products: tensors.rows("products"),
            tensors,
        }
    }

    /// Compares the state of a layer with its products, which every sentence has.
    fn check_products(&self, sentence: usize, layer: usize, found: &Tensor<3>, row: usize) {
        let [_, _, width] = found.dims();
        let steps = self.ids[sentence].len();
        let before: usize = self.ids[..sentence].iter().map(Vec::len).sum();
        let state = host(&found.clone().slice([row..row + 1, 0..steps, 0..width]));
        let direction = direction(width);
        let product = |state: &[f64]| state.iter().zip(&direction).map(|(x, y)| x * y).sum();
        let found: Vec<f64> = state.chunks(width).map(product).collect();
        let expected = &self.products[layer][before..before + steps];
        let name = format!("products of layer {layer} of sentence {sentence}");
        assert_within(&name, &found, expected, |_| TOLERANCE);
    }

    /// Compares the state of a layer with what is stored of it; most sentences have none.
    fn check_state(&self, sentence: usize, layer: usize, found: &Tensor<3>, row: usize) -> bool {
        let name = format!("{sentence}.hidden.{layer}");
        let Some(expected) = self.tensors.find(&name) else {
            return false;
        };
        let [_, _, width] = found.dims();
        let steps = self.ids[sentence].len();
        let found = found.clone().slice([row..row + 1, 0..steps, 0..width]);
        assert_within(&name, &host(&found), &expected.values, |_| TOLERANCE);
        true
    }
}

fn check() {
    let Some(folder) = real_bert() else {
        return;
    };
    let expected = Expected::read();
    let pretrained = PretrainedBert::open(folder).unwrap();
    let lines = fs::read_to_string(golden("bert").join("sentences.txt")).unwrap();
    let sentences: Vec<Utterance> = lines.lines().map(utterance).collect();
    let sentences: Vec<&Utterance> = sentences.iter().collect();
    let text = BertText::new(
        pretrained.tokeniser.clone(),
        &pretrained.config,
        Truncation::Full,
    );
    let tokens = text.unwrap().sentences(&sentences);
    assert_eq!(tokens, expected.ids);

    let encoder = encoder(&pretrained);
    let mut states = 0;
    for (number, batch) in tokens.chunks(BATCH).enumerate() {
        let output = encoder.forward(&input(batch, &device()));
        let means = host(&output.encoded);
        for (row, found) in means.chunks(pretrained.config.d_model).enumerate() {
            let sentence = number * BATCH + row;
            let name = format!("mean of sentence {sentence}");
            assert_within(&name, found, expected.means[sentence].as_slice(), |_| {
                TOLERANCE
            });
            for (layer, state) in output.states.iter().enumerate() {
                expected.check_products(sentence, layer, state, row);
                states += usize::from(expected.check_state(sentence, layer, state, row));
            }
        }
    }
    assert_eq!(states, expected.tensors.names().count() - 4);
}

/// A vector of length 1, with which every state is multiplied.
fn direction(width: usize) -> Vec<f64> {
    let cosines: Vec<f64> = (0..width).map(|place| (place as f64).cos()).collect();
    let length = cosines.iter().map(|x| x * x).sum::<f64>().sqrt();
    cosines.into_iter().map(|x| x / length).collect()
}

fn utterance(sentence: &str) -> Utterance {
    let features = Sequence::new(1, vec![0.0]).unwrap();
    let text = TextSequence::Features(features.clone());
    let words = vec![sentence.to_string()];
    Utterance::new("x", words, text, features.clone(), features, 0.0).unwrap()
}

fn encoder(pretrained: &PretrainedBert) -> BertEncoder {
    let read = pretrained.weights().unwrap().tensors;
    // The encoder is loaded alone, under the name that the whole model has for it.
    let bare = |name: &str| name.strip_prefix("bertmodel.").unwrap_or(name).to_string();
    let renamed: StateDict = (read.names())
        .map(|name| {
            (
                format!("bertmodel.{}", bare(name)),
                read.get(name).unwrap().clone(),
            )
        })
        .collect();
    let config = BertConfig {
        dropout: 0.0,
        attention_dropout: 0.0,
        ..pretrained.config
    };
    let config = BertEncoderConfig::new(config).with_pooling(TextPooling::MaskedMean);
    let (encoder, loaded) = weights::load(config.init(&device()), "text.Bert", &renamed).unwrap();
    assert_eq!(loaded, weights::LoadedWeights::default());
    encoder
}

fn input(batch: &[Vec<u32>], device: &Device) -> BertInput {
    let lengths: Vec<usize> = batch.iter().map(Vec::len).collect();
    let steps = lengths.iter().copied().max().unwrap();
    let mut ids = vec![0i64; batch.len() * steps];
    for (row, tokens) in ids.chunks_mut(steps).zip(batch) {
        for (id, token) in row.iter_mut().zip(tokens) {
            *id = i64::from(*token);
        }
    }
    let ids = TensorData::new(ids, [batch.len(), steps]);
    BertInput {
        ids: Tensor::from_data(ids, device),
        types: None,
        lengths,
    }
}

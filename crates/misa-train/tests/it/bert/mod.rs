//! Training with BERT: what is frozen stays, what is kept is what would be computed, and what is
//! saved is what was trained.

mod files;
mod runs;

use crate::support::{alone, options};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::encoder::bert::{BertConfig, BertEncoderConfig, BertFreezing, TextPooling};
use misa_core::{FeatureSizes, Misa, MisaConfig, StateDict, Task, TextInput, TextSize, weights};
use misa_data::{
    BertText, PretrainedBert, Split, SyntheticConfig, Tokeniser, Truncation, UtteranceBatch,
    UtteranceBatcher, UtteranceDataset, read_state_dict,
};
use misa_testing::real_data;
use misa_train::{
    Adam, BertSettings, Checkpoint, Corpus, FrozenText, LearningRates, MisaLearner, Preset,
    Progress, Report, RunOptions, RunStart, TrainError, Trainer, TrainingConfig, Updates,
    train_with,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::{TempDir, tempdir};

const LAYERS: usize = 3;

fn data() -> UtteranceDataset {
    let config = SyntheticConfig::new().with_train(40).with_valid(12);
    let config = config.with_test(12).with_d_visual(6).with_d_acoustic(5);
    config
        .with_mean_steps(5.0)
        .with_words(30)
        .generate()
        .dataset
}

fn words(data: &UtteranceDataset) -> Vec<String> {
    let vocabulary = data.vocabulary().unwrap().iter();
    vocabulary
        .skip(2)
        .map(|(_, word)| word.to_lowercase())
        .collect()
}

fn sizes(data: &UtteranceDataset) -> BertConfig {
    BertConfig {
        vocabulary: PretrainedBert::SPECIAL_TOKENS.len() + words(data).len(),
        d_model: 12,
        n_layers: LAYERS,
        n_heads: 2,
        d_feed_forward: 20,
        positions: 64,
        ..BertConfig::BASE
    }
}

/// A folder with a BERT of random weights.
fn pretrained(data: &UtteranceDataset) -> TempDir {
    let folder = tempdir().unwrap();
    let device = Device::flex();
    device.seed(8);
    let config = sizes(data);
    let bert = BertEncoderConfig::new(config).init(&device);
    let tensors = weights::state_dict(&bert, "text.Bert");
    PretrainedBert::create(folder.path(), &config, &words(data), tensors).unwrap();
    folder
}

fn model(data: &UtteranceDataset, freezing: BertFreezing, frozen_dropout: bool) -> MisaConfig {
    let sizes = FeatureSizes {
        text: TextSize::Bert(sizes(data)),
        ..data.feature_sizes()
    };
    MisaConfig::new(sizes)
        .with_d_hidden(8)
        .with_bert_freezing(freezing)
        .with_frozen_dropout(frozen_dropout)
}

fn learner(config: &MisaConfig, device: &Device) -> MisaLearner {
    device.seed(3);
    let objective = misa_core::loss::MisaLossConfig::new().init(device);
    MisaLearner::new(config.init(device), objective)
}

fn batches(data: &UtteranceDataset, folder: &Path, device: &Device) -> Vec<UtteranceBatch> {
    let bert = PretrainedBert::open(folder).unwrap();
    let text = BertText::new(bert.tokeniser, &bert.config, Truncation::Full).unwrap();
    let batcher = UtteranceBatcher::new(Some(Arc::new(text)));
    let groups = data.split(Split::Train).chunks(8).enumerate();
    let batch = |(seed, utterances)| UtteranceBatch {
        seed: seed as u64,
        ..batcher.batch(utterances, device)
    };
    groups.map(batch).collect()
}

/// Whether a parameter is frozen by a rule.
fn is_frozen(name: &str, freezing: BertFreezing) -> bool {
    let Some(bert) = name.strip_prefix("bertmodel.") else {
        return false;
    };
    match bert.strip_prefix("encoder.layer.") {
        Some(layer) => layer[..1].parse::<usize>().unwrap() < freezing.layers(LAYERS),
        None => bert.starts_with("pooler") || freezing.embeddings(),
    }
}

#[test]
fn what_is_frozen_keeps_every_bit_and_all_else_moves() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let folder = pretrained(&data);
    for freezing in [
        BertFreezing::None,
        BertFreezing::Layers(2),
        BertFreezing::Prefix(2),
        BertFreezing::All,
    ] {
        let learner = learner(&model(&data, freezing, true), &device);
        let before = learner.model.state_dict();
        let mut trainer = Trainer::new(
            learner,
            Updates {
                weight_decay: 0.1,
                ..Updates::default()
            },
        );
        for batch in batches(&data, folder.path(), &device) {
            trainer.learn(batch);
            trainer.update(1e-3).unwrap();
        }
        let after = trainer.learner().model.state_dict();
        for name in before.names() {
            let same = before.get(name).unwrap() == after.get(name).unwrap();
            // Adding the same to all keys changes nothing, so their biases have nothing to learn.
            let still = is_frozen(name, freezing) || name.ends_with("self.key.bias");
            assert_eq!(same, still, "{freezing}: {name}");
        }
    }
}

/// A trainer with decay moves every row of every table in every step. This decay is too small to change a weight.
#[test]
fn tokens_are_trained_as_if_every_row_moved_in_every_step() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let folder = pretrained(&data);
    let rates = LearningRates {
        bert: 3e-4,
        ..LearningRates::from(1e-3)
    };
    for pooling in [TextPooling::MaskedMean, TextPooling::PlainMean] {
        let config = model(&data, BertFreezing::Layers(2), true).with_text_pooling(pooling);
        let [by_rows, dense] = [0.0, f64::MIN_POSITIVE].map(|weight_decay| {
            let updates = Updates {
                weight_decay,
                ..Updates::default()
            };
            let mut trainer = Trainer::new(learner(&config, &device), updates);
            for (number, batch) in batches(&data, folder.path(), &device)
                .into_iter()
                .enumerate()
            {
                trainer.learn(batch);
                // Some updates are by two batches.
                if number % 3 != 1 {
                    trainer.update(rates).unwrap();
                }
            }
            trainer.learner().model.state_dict()
        });
        let table = "bertmodel.embeddings.word_embeddings.weight";
        let start = learner(&config, &device).model.state_dict();
        assert_ne!(start.get(table), by_rows.get(table), "{pooling:?}");
        for name in dense.names() {
            assert_eq!(by_rows.get(name), dense.get(name), "{pooling:?}: {name}");
        }
    }
}

#[test]
fn no_gradient_is_computed_below_the_lowest_trained_parameter() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let folder = pretrained(&data);
    for freezing in [BertFreezing::Prefix(2), BertFreezing::All] {
        let learner = learner(&model(&data, freezing, true), &device);
        let batch = batches(&data, folder.path(), &device).remove(0);
        let output = learner.model.forward(&batch.input);
        let encoded = learner.model.encode(&batch.input).text.unwrap().encoded;
        assert!(!encoded.is_require_grad());
        let gradients = (output.prediction.sum() + encoded.sum()).backward();
        let found = weights::gradient_dict(&learner.model, "", &gradients);
        let frozen = found.names().filter(|name| is_frozen(name, freezing));
        assert_eq!(frozen.count(), 0);
    }
}

#[test]
fn what_was_kept_is_what_is_computed() {
    let _turn = alone();
    let device = Device::flex();
    let data = data();
    let folder = pretrained(&data);
    let cache = tempdir().unwrap();
    for freezing in [BertFreezing::Prefix(2), BertFreezing::All] {
        let model = learner(&model(&data, freezing, false), &device).model;
        let settings = BertSettings::new("".into()).with_cache(Some(cache.path().into()));
        let predict = |frozen: &mut FrozenText| -> Vec<Vec<f32>> {
            let batches = batches(&data, folder.path(), &device).into_iter();
            batches
                .map(|batch| {
                    let batch = frozen.ready(batch).unwrap();
                    assert!(matches!(batch.input().text, TextInput::Frozen(_)));
                    host(model.forward(batch.input()).prediction)
                })
                .collect()
        };
        let mut first = FrozenText::new(&model, &settings, &device)
            .unwrap()
            .unwrap();
        let computed = predict(&mut first);
        assert_eq!(predict(&mut first), computed);
        drop(first);
        let mut second = FrozenText::new(&model, &settings, &device)
            .unwrap()
            .unwrap();
        assert_eq!(predict(&mut second), computed);
        let expected = batches(&data, folder.path(), &device);
        for (batch, found) in expected.into_iter().zip(&computed) {
            let expected = host(model.forward(&batch.input).prediction);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{found}, {expected}");
            }
        }
    }
    // A file for each part that was frozen.
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 2);
}

fn host(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn a_sentence_gives_the_same_in_every_batch() {
    let _turn = alone();
    let device = Device::flex();
    let data = data();
    let folder = pretrained(&data);
    let model = learner(&model(&data, BertFreezing::All, true), &device).model;
    let bert = model.bert().unwrap();
    let encode = |ids: &[i64], lengths: &[usize]| {
        let steps = ids.len() / lengths.len();
        let ids = TensorData::new(ids.to_vec(), [lengths.len(), steps]);
        let input = misa_core::encoder::bert::BertInput {
            ids: Tensor::from_data(ids, &device),
            types: None,
            lengths: lengths.to_vec(),
        };
        host(bert.compute_frozen(&input))
    };
    let batch = batches(&data, folder.path(), &device).remove(0);
    let TextInput::Tokens(ids) = batch.input.text else {
        panic!("tokens")
    };
    let [_, steps] = ids.dims();
    let ids: Vec<i64> = ids.into_data().iter::<i64>().collect();
    let lengths = batch.input.lengths.text;
    let together = encode(&ids, &lengths);
    for (row, &length) in lengths.iter().enumerate() {
        let alone = encode(&ids[row * steps..][..length], &[length]);
        for (a, b) in alone.iter().zip(&together[row * alone.len()..]) {
            assert!((a - b).abs() < 1e-5);
        }
    }
}

#[test]
fn bert_has_a_learning_rate_of_its_own() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let folder = pretrained(&data);
    let batch = batches(&data, folder.path(), &device).remove(0);
    let moved = |rates: LearningRates| {
        let learner = learner(&model(&data, BertFreezing::None, true), &device);
        let before = learner.model.state_dict();
        let mut trainer = Trainer::new(learner, Adam::default());
        trainer.learn(batch.clone());
        trainer.update(rates).unwrap();
        let after = trainer.learner().model.state_dict();
        [
            "bertmodel.encoder.layer.2.output.dense.weight",
            "shared.shared_1.weight",
        ]
        .map(|name| distance(&before, &after, name))
    };
    let [bert, rest] = moved(LearningRates {
        model: 1e-3,
        bert: 1e-5,
        adversary: 1e-3,
    });
    // The first step of Adam is about as long as the rate.
    assert!((1e-6..=1.1e-5).contains(&bert), "{bert}");
    assert!((1e-4..=1.1e-3).contains(&rest), "{rest}");
}

/// Largest difference of a tensor.
fn distance(a: &StateDict, b: &StateDict, name: &str) -> f32 {
    let [a, b] = [a, b].map(|dict| dict.get(name).unwrap().iter::<f32>().collect::<Vec<_>>());
    a.iter()
        .zip(&b)
        .fold(0.0, |largest, (a, b)| (a - b).abs().max(largest))
}

fn config(folder: &Path, freezing: BertFreezing) -> TrainingConfig {
    let bert = BertSettings::new(folder.into())
        .with_freezing(freezing)
        .with_frozen_dropout(false)
        .with_truncation(Truncation::Tokens(12));
    TrainingConfig::new()
        .with_epochs(2)
        .with_batch_size(8)
        .with_d_hidden(8)
        .with_bert(Some(bert))
}

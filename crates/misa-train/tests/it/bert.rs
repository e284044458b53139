//! Training with BERT: what is frozen stays, what is kept is what would be computed, and what is
//! saved is what was trained.

use crate::support::alone;
use burn::{prelude::*, tensor::TensorData};
use misa_core::{
    FeatureSizes, Misa, MisaConfig, StateDict, Task, TextInput, TextSize,
    encoder::bert::{BertConfig, BertEncoderConfig, BertFreezing},
    weights,
};
use misa_data::{
    BertText, PretrainedBert, Split, SyntheticConfig, Tokeniser, Truncation, UtteranceBatch,
    UtteranceBatcher, UtteranceDataset, read_state_dict,
};
use misa_testing::real_data;
use misa_train::{
    Adam, BertSettings, Checkpoint, Corpus, FrozenText, LearningRates, MisaLearner, Preset,
    Progress, Report, Trainer, TrainingConfig, Updates, train_with,
};
use std::{fs, path::Path, sync::Arc};
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

fn run(config: &TrainingConfig, out: &Path) -> Report {
    train_with(config, data(), &Device::flex(), out, Progress::Silent).unwrap()
}

#[test]
fn a_run_leaves_a_folder_that_predicts_what_it_scored() {
    let _turn = alone();
    let data = data();
    let folder = pretrained(&data);
    let out = tempdir().unwrap();
    let report = run(&config(folder.path(), BertFreezing::Prefix(1)), out.path());
    let checkpoint = out.path().join("checkpoint");
    for name in [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer.json",
        "README.md",
    ] {
        assert!(checkpoint.join(name).exists(), "{name}");
    }
    let device = Device::flex();
    let loaded = Checkpoint::load(&checkpoint, &device).unwrap();
    let test = data.split(Split::Test);
    let predictions = loaded.predict(test, &device).unwrap();
    let error: f32 = (predictions.iter().zip(test))
        .map(|(prediction, utterance)| (prediction - utterance.label).abs())
        .sum();
    let expected = report.scores_of(Split::Test).unwrap().get("MAE").unwrap();
    assert!((f64::from(error) / test.len() as f64 - expected).abs() < 1e-5);

    let again = tempdir().unwrap();
    loaded.save(again.path()).unwrap();
    let bytes = |folder: &Path, name| fs::read(folder.join(name)).unwrap();
    for name in ["model.safetensors", "config.json", "tokenizer.json"] {
        assert_eq!(
            bytes(again.path(), name),
            bytes(&checkpoint, name),
            "{name}"
        );
    }
    let card = fs::read_to_string(checkpoint.join("README.md")).unwrap();
    assert!(
        card.starts_with("---\nlibrary_name: burn\n") && card.contains("| MAE |"),
        "{card}"
    );
    // Two epochs of training, two of validation, and the final scores.
    let frozen = report.bert.unwrap().frozen.unwrap();
    assert!(
        frozen.computed <= 64 && frozen.looked_up >= 64,
        "{frozen:?}"
    );
}

#[test]
fn a_run_repeats_bit_by_bit() {
    let _turn = alone();
    let folder = pretrained(&data());
    let bytes = |_| {
        let out = tempdir().unwrap();
        run(&config(folder.path(), BertFreezing::None), out.path());
        fs::read(out.path().join("checkpoint/model.safetensors")).unwrap()
    };
    let [first, second] = [0, 1].map(bytes);
    assert!(first == second);
}

#[test]
fn humour_is_told_with_all_of_bert_frozen() {
    let _turn = alone();
    let task = Task::Classification { classes: 2 };
    let data = SyntheticConfig::new()
        .with_train(120)
        .with_words(30)
        .with_task(task)
        .generate()
        .dataset;
    let folder = pretrained(&data);
    let mut config = Preset::Official.config(Corpus::UrFunny).unwrap();
    let bert = Preset::Official.bert(Corpus::UrFunny, folder.path().into());
    assert_eq!(bert.reading.freezing, BertFreezing::All);
    config.bert = Some(bert);
    (config.epochs, config.learning_rate) = (3, 1e-3);
    let out = tempdir().unwrap();
    let report = train_with(&config, data, &Device::flex(), out.path(), Progress::Silent).unwrap();
    let scores = report.scores_of(Split::Test).unwrap();
    let confusion = scores.confusion.as_ref().unwrap();
    let counted: usize = confusion.counts.iter().flatten().sum();
    assert_eq!(counted, scores.utterances);
    let right = confusion.counts[0][0] + confusion.counts[1][1];
    let accuracy = right as f64 / counted as f64;
    assert!((accuracy - scores.get("Acc").unwrap()).abs() < 1e-9);
    assert!(accuracy > 0.6, "{accuracy}");
    assert!(
        report
            .to_string()
            .contains("| True class | as 0 | as 1 | recall |")
    );
}

/// What training says when `change` was made to the folder of its BERT.
fn failure(data: &UtteranceDataset, change: &dyn Fn(&Path)) -> String {
    let folder = pretrained(data);
    change(folder.path());
    let mut config = config(folder.path(), BertFreezing::None);
    config.bert.as_mut().unwrap().truncation = Truncation::Full;
    let out = tempdir().unwrap();
    let run = train_with(
        &config,
        data.clone(),
        &Device::flex(),
        out.path(),
        Progress::Silent,
    );
    let message = run.unwrap_err().to_string();
    message.replace(folder.path().to_str().unwrap(), "BERT")
}

/// Replaces a setting of a BERT by another.
fn setting(from: &'static str, to: &'static str) -> impl Fn(&Path) {
    move |folder: &Path| {
        let path = folder.join("config.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let _turn = alone();
    let data = data();
    for (change, expected) in [
        (
            &setting("\"vocab_size\":35", "\"vocab_size\":34") as &dyn Fn(&Path),
            "tokeniser: expected token ids below 34 (vocab_size), found 35 tokens",
        ),
        (
            &setting("\"vocab_size\":35", "\"vocab_size\":36"),
            "BERT/model.safetensors: weights do not fit the model: \
             `bertmodel.embeddings.word_embeddings.weight` has shape [35, 12], expected [36, 12]",
        ),
        (
            &setting(
                "\"max_position_embeddings\":64",
                "\"max_position_embeddings\":4",
            ),
            "train: utterance \"train[0]\": text has 7 tokens, expected at most 4; \
             set a truncation to shorten it",
        ),
        (
            &setting("\"gelu\"", "\"relu\""),
            "BERT/config.json: hidden_act: expected \"gelu\", found \"relu\"",
        ),
        (
            &setting("\"num_attention_heads\":2", "\"num_attention_heads\":5"),
            "BERT/config.json: expected sizes that can be built, found hidden_size must be a \
             multiple of num_attention_heads (5), got 12",
        ),
        (
            &|folder| {
                let path = folder.join("model.safetensors");
                let bytes = fs::read(&path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            },
            "BERT/model.safetensors: not a safetensors file: ",
        ),
        (
            &|folder| fs::remove_file(folder.join("model.safetensors")).unwrap(),
            "BERT: expected `model.safetensors` or `pytorch_model.bin`, found neither",
        ),
        (
            &|folder| fs::remove_file(folder.join("vocab.txt")).unwrap(),
            "BERT: expected `tokenizer.json` or `vocab.txt`, found neither",
        ),
    ] {
        let found = failure(&data, change);
        assert!(
            found.starts_with(expected),
            "expected {expected}\nfound {found}"
        );
    }
}

#[test]
fn tensors_that_are_missing_or_too_many_are_named() {
    let _turn = alone();
    let data = data();
    let folder = pretrained(&data);
    let path = folder.path().join("model.safetensors");
    let mut tensors = StateDict::read(&path).unwrap();
    let name = "encoder.layer.1.attention.self.query.bias";
    let bias = tensors.remove(name).unwrap();
    tensors.remove("pooler.dense.weight").unwrap();
    tensors.insert("classifier.weight".to_string(), bias.clone());
    fs::write(&path, tensors.to_bytes().unwrap()).unwrap();
    let weights = PretrainedBert::open(folder.path())
        .unwrap()
        .weights()
        .unwrap();
    assert_eq!(weights.unexpected, ["classifier.weight"]);
    let model = |device: &Device| -> Misa { model(&data, BertFreezing::None, true).init(device) };
    let error = model(&Device::flex())
        .with_bert(&weights.tensors)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("weights do not fit the model: `bertmodel.{name}` is missing")
    );
    tensors.insert(name.to_string(), bias);
    fs::write(&path, tensors.to_bytes().unwrap()).unwrap();
    let weights = PretrainedBert::open(folder.path())
        .unwrap()
        .weights()
        .unwrap();
    let (_, loaded) = model(&Device::flex()).with_bert(&weights.tensors).unwrap();
    assert_eq!(loaded.absent, ["bertmodel.pooler.dense.weight"]);
}

/// The vocabularies that the published models use.
#[test]
fn published_vocabularies_are_read() {
    let Some(folder) = real_data("pretrained/bert_vocab") else {
        return;
    };
    for (name, count) in [("bert-base-uncased", 30_522), ("bert-base-chinese", 21_128)] {
        let words = fs::read_to_string(folder.join(format!("{name}-vocab.txt"))).unwrap();
        let tokeniser = Tokeniser::from_vocabulary(&words).unwrap();
        assert_eq!(tokeniser.len(), count, "{name}");
        let tokens = tokeniser
            .tokens(&["a".to_string(), "film".to_string()])
            .unwrap();
        assert_eq!((tokens[0], tokens.last()), (101, Some(&102)), "{name}");
    }
    let words = fs::read_to_string(folder.join("bert-base-uncased-vocab.txt")).unwrap();
    let tokeniser = Tokeniser::from_vocabulary(&words).unwrap();
    let sentence = ["The", "movie", "was", "unwatchable", "!"].map(str::to_string);
    let tokens = tokeniser.tokens(&sentence).unwrap();
    assert_eq!(tokens[..4], [101, 1996, 3185, 2001]);
}

/// A token classifier as Hugging Face wrote it, in PyTorch's format: one layer of 16 features.
#[test]
fn a_bert_of_hugging_face_is_read() {
    let _turn = alone();
    let Some(folder) = real_data("pretrained/tiny_bert") else {
        return;
    };
    let bert = PretrainedBert::open(folder).unwrap();
    assert_eq!((bert.config.d_model, bert.config.n_layers), (16, 1));
    // Its vocabulary has three words more than its model has vectors.
    let text = BertText::new(bert.tokeniser.clone(), &bert.config, Truncation::Full);
    assert_eq!(
        text.unwrap_err().to_string(),
        "tokeniser: expected token ids below 402 (vocab_size), found 405 tokens"
    );
    let weights = bert.weights().unwrap();
    let all = read_state_dict(bert.path()).unwrap();
    let (found, other) = (weights.tensors.names().count(), weights.unexpected.len());
    assert!(all.names().count() >= found + other && found > 20);
    let name = "bert.encoder.layer.0.intermediate.dense.weight";
    assert_eq!(all.get(name).unwrap().shape().to_vec(), [64, 16]);
    let other = weights
        .unexpected
        .iter()
        .filter(|name| !name.starts_with("classifier."));
    assert_eq!(other.count(), 0, "{:?}", weights.unexpected);
    let mut config = model(&data(), BertFreezing::None, true);
    config.sizes.text = TextSize::Bert(bert.config);
    let device = Device::flex();
    let (model, loaded) = config.init(&device).with_bert(&weights.tensors).unwrap();
    assert!(loaded.unused.is_empty());
    assert!(
        loaded
            .absent
            .iter()
            .all(|name| name.starts_with("bertmodel.pooler."))
    );
    let state = model.state_dict();
    for name in weights.tensors.names() {
        assert_eq!(state.get(name), weights.tensors.get(name), "{name}");
    }
}

//! Files of a BERT: which ones are read, and which are refused.

use super::*;

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

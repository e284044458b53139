//! Whole runs with a BERT.

use super::*;

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

/// Half of the sentences are whole, and come again; the others are computed and forgotten.
#[test]
fn a_cache_changes_nothing_for_sentences_with_missing_tokens() {
    let _turn = alone();
    let folder = pretrained(&data());
    let with = |largest, limit| {
        let mut config = config(folder.path(), BertFreezing::All).with_frame_dropout(largest);
        config.bert.as_mut().unwrap().cache_limit = limit;
        let out = tempdir().unwrap();
        let report = run(&config, out.path());
        let weights = fs::read(out.path().join("checkpoint/model.safetensors")).unwrap();
        (weights, report.bert.unwrap().frozen.unwrap())
    };
    let (cached, summary) = with(1.0, 1 << 30);
    let (computed, _) = with(1.0, 0);
    assert!(cached == computed);
    let (whole, summary_of_whole) = with(0.0, 1 << 30);
    assert!(whole != cached);
    assert!(summary.computed > summary_of_whole.computed);
    assert!(summary.looked_up > 0 && summary.not_kept == 0);
    assert!(summary.bytes <= summary_of_whole.bytes);
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

/// Cached in memory only, outputs would be computed in other batches after a stop.
fn cached(folder: &Path, freezing: BertFreezing) -> TrainingConfig {
    let mut config = config(folder, freezing);
    config.bert.as_mut().unwrap().cache = Some(folder.join("cache"));
    config
}

/// What a run leaves that is stopped before its first step.
fn stopped(config: &TrainingConfig, out: &Path) {
    let options = options(RunStart::New);
    options.stop.request();
    let error = go(config, out, &options).unwrap_err();
    assert!(matches!(error, TrainError::Stopped { .. }), "{error}");
}

fn go(config: &TrainingConfig, out: &Path, options: &RunOptions) -> Result<Report, TrainError> {
    let (data, _) = data().lock_test();
    misa_train::run(config, data, &Device::flex(), out, options)
}

fn weights_of(out: &Path) -> Vec<u8> {
    fs::read(out.join("checkpoint/model.safetensors")).unwrap()
}

const FIRST_STATE: &str = "states/state-00000000.safetensors";

#[test]
fn a_state_leaves_out_what_the_files_of_bert_have() {
    let _turn = alone();
    let folder = pretrained(&data());
    for freezing in [
        BertFreezing::Prefix(1),
        BertFreezing::Layers(2),
        BertFreezing::All,
    ] {
        let config = cached(folder.path(), freezing);
        let out = tempdir().unwrap();
        stopped(&config, out.path());
        let bytes = fs::read(out.path().join(FIRST_STATE)).unwrap();
        let state = StateDict::from_bytes(&bytes).unwrap();
        let held = state
            .names()
            .filter_map(|name| name.strip_prefix("weights/model.text.Bert."));
        let layers: BTreeSet<&str> = held
            .filter_map(|name| name.strip_prefix("layers."))
            .map(|name| &name[..1])
            .collect();
        let trained = ["0", "1", "2"].into_iter().skip(freezing.layers(LAYERS));
        assert_eq!(layers, trained.collect(), "{freezing}");
        go(&config, out.path(), &options(RunStart::Resume)).unwrap();
        let whole = tempdir().unwrap();
        go(&config, whole.path(), &options(RunStart::New)).unwrap();
        assert!(
            weights_of(out.path()) == weights_of(whole.path()),
            "{freezing}"
        );
    }
}

/// With weight decay, the vectors of tokens are trained in the model, as those of every run once were. This decay is too
/// small to change a weight.
#[test]
fn a_run_whose_tokens_were_trained_in_the_model_goes_on_a_few_rows_at_a_time() {
    let _turn = alone();
    let folder = pretrained(&data());
    let config = config(folder.path(), BertFreezing::Layers(2));
    let out = tempdir().unwrap();
    let paused = RunOptions {
        pause_after: Some(1),
        ..options(RunStart::New)
    };
    let in_model = config.clone().with_weight_decay(f64::MIN_POSITIVE);
    let error = go(&in_model, out.path(), &paused).unwrap_err();
    assert!(matches!(error, TrainError::Stopped { .. }), "{error}");
    let path = out.path().join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["config"]["weight_decay"] = 0.0.into();
    fs::write(path, manifest.to_string()).unwrap();
    go(&config, out.path(), &options(RunStart::Resume)).unwrap();
    let whole = tempdir().unwrap();
    go(&config, whole.path(), &options(RunStart::New)).unwrap();
    assert!(weights_of(out.path()) == weights_of(whole.path()));
}

/// A state that holds the frozen weights, too, as those of misa 0.1.0 do.
fn with_frozen_weights(config: &TrainingConfig, out: &Path) {
    stopped(config, out);
    let mut trained = config.clone();
    trained.bert.as_mut().unwrap().reading.freezing = BertFreezing::None;
    let whole = tempdir().unwrap();
    stopped(&trained, whole.path());
    let manifest = |out: &Path| -> serde_json::Value {
        serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap()
    };
    let mut old = manifest(out);
    assert!(old.as_object_mut().unwrap().remove("frozen_bert").is_some());
    old["state"] = manifest(whole.path())["state"].clone();
    fs::copy(whole.path().join(FIRST_STATE), out.join(FIRST_STATE)).unwrap();
    fs::write(out.join("manifest.json"), old.to_string()).unwrap();
}

#[test]
fn a_run_does_not_go_on_with_another_bert() {
    let _turn = alone();
    for begin in [stopped, with_frozen_weights] {
        let folder = pretrained(&data());
        let config = cached(folder.path(), BertFreezing::Prefix(1));
        let out = tempdir().unwrap();
        begin(&config, out.path());
        let weights = folder.path().join("model.safetensors");
        let first = fs::read(&weights).unwrap();
        let mut other = first.clone();
        let length = u64::from_le_bytes(other[..8].try_into().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&other[8..8 + length]).unwrap();
        let name = "encoder.layer.0.attention.self.key.weight";
        let entry = header.as_object().unwrap().iter();
        let (_, entry) = entry
            .into_iter()
            .find(|(key, _)| key.ends_with(name))
            .unwrap();
        let start = entry["data_offsets"][0].as_u64().unwrap() as usize;
        other[8 + length + start] ^= 1;
        fs::write(&weights, other).unwrap();
        let error = go(&config, out.path(), &options(RunStart::Resume)).unwrap_err();
        assert!(matches!(error, TrainError::OtherBert { .. }), "{error}");
        let begin = format!("{}: this BERT is not the one", folder.path().display());
        assert!(error.to_string().starts_with(&begin), "{error}");
        fs::write(&weights, first).unwrap();
        go(&config, out.path(), &options(RunStart::Resume)).unwrap();
        let whole = tempdir().unwrap();
        go(&config, whole.path(), &options(RunStart::New)).unwrap();
        assert!(weights_of(out.path()) == weights_of(whole.path()));
    }
}

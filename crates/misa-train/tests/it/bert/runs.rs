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

//! The test split of a run.

use super::*;

#[test]
fn every_look_at_the_test_split_is_written_down() {
    let dir = tempdir().unwrap();
    let report = go(&config(), dir.path(), &options(RunStart::New)).unwrap();
    assert!(report.scores_of(Split::Test).is_none());
    assert!(Manifest::read(dir.path()).unwrap().openings.is_empty());
    assert!(Predictions::read(dir.path(), Split::Test).is_err());

    let report = score_test(dir.path(), data().1, &Device::flex()).unwrap();
    assert_eq!(report.scores_of(Split::Test).unwrap().utterances, 9);
    assert_eq!(report.test_openings, 1);
    let predictions = Predictions::read(dir.path(), Split::Test).unwrap();
    let test: Vec<_> = dataset().split(Split::Test).to_vec();
    for (row, utterance) in predictions.0.iter().zip(&test) {
        assert_eq!((&row.id, row.target), (&utterance.id, utterance.label));
    }
    let again = score_test(dir.path(), data().1, &Device::flex()).unwrap();
    assert_eq!((again.test_openings, &again.scores), (2, &report.scores));
    assert!(
        again
            .to_string()
            .contains("The test split was opened 2 times")
    );
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(
        (manifest.test_openings(), manifest.trained_after_opening()),
        (2, false)
    );

    // For a run that replaces it, the split was opened before training.
    train_with(
        &config(),
        dataset(),
        &Device::flex(),
        dir.path(),
        Progress::Silent,
    )
    .unwrap();
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(
        (manifest.test_openings(), manifest.trained_after_opening()),
        (3, true)
    );
}

#[test]
fn the_test_split_of_other_data_stays_locked() {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), &options(RunStart::New)).unwrap();
    let other = SyntheticConfig::new()
        .with_train(8)
        .with_valid(4)
        .with_test(4);
    let (_, test) = other.with_seed(99).generate().dataset.lock_test();
    let error = score_test(dir.path(), test, &Device::flex()).unwrap_err();
    assert!(matches!(error, TrainError::ChangedData { .. }), "{error}");
    assert!(Manifest::read(dir.path()).unwrap().openings.is_empty());
}

/// The splits of valid and test have too few labels to show it.
#[test]
fn every_split_is_scored_on_the_scale_of_the_whole_data() {
    let [train, valid, test] = Split::ALL.map(|split| {
        let mut utterances = dataset().split(split).to_vec();
        for (number, utterance) in utterances.iter_mut().enumerate() {
            utterance.label = (number % 11) as f32 / 5.0 - 1.0;
        }
        utterances
    });
    let vocabulary = dataset().vocabulary().cloned();
    let data = UtteranceDataset::from_splits(train, valid, test, vocabulary).unwrap();
    let (development, test) = data.lock_test();
    let dir = tempdir().unwrap();
    let (device, settings) = (Device::flex(), options(RunStart::New));
    let config = config().with_epochs(1);
    run(&config, development, &device, dir.path(), &settings).unwrap();
    let report = score_test(dir.path(), test, &device).unwrap();
    let last = |scores: &[(String, Option<f64>)]| scores.last().unwrap().0.clone();
    for split in [Split::Valid, Split::Test] {
        let scores = report.scores_of(split).unwrap();
        let constant = scores.constant.as_ref().unwrap();
        let names = [last(&scores.scores), last(&constant.scores)];
        assert_eq!(names, ["Acc-5 (SIMS)"; 2], "{split}");
    }
    assert_eq!(last(&report.history[0].valid), "Acc-5 (SIMS)");
    // A model that does not state the scale, as those before it was recorded.
    let folder = dir.path().join("checkpoint");
    let path = folder.join("preprocessor_config.json");
    let mut stated: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let scale = stated.as_object_mut().unwrap().remove("labels");
    assert_eq!(scale.unwrap(), "sims");
    fs::write(&path, stated.to_string()).unwrap();
    assert_eq!(load(&folder, &device).unwrap().scale, None);
}

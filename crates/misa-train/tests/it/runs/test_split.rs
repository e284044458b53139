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

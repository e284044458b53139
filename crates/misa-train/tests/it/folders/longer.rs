//! More epochs for a run.

use super::*;
use serde_json::{Value, json};

/// Whatever a run carries from epoch to epoch, in one of these.
fn regimes() -> [TrainingConfig; 4] {
    [
        config(),
        config()
            .with_learning_rate(0.1)
            .with_schedule(Schedule::Plateau {
                factor: 0.3,
                patience: 1,
            })
            .with_warm_up(9)
            .with_accumulation(3),
        config()
            .with_learning_rate(0.3)
            .with_patience(0)
            .with_trials(9),
        config()
            .with_modality_dropout(0.3)
            .with_pretraining(Some(PretrainingConfig::new().with_masked_epochs(1))),
    ]
}

#[test]
fn a_finished_run_with_more_epochs_ends_as_if_it_had_had_them_from_the_start() {
    for config in regimes() {
        let (whole, extended) = (tempdir().unwrap(), tempdir().unwrap());
        let more = config.clone().with_epochs(5);
        let expected = go(&more, whole.path(), RunStart::New).unwrap();
        go(&config, extended.path(), RunStart::New).unwrap();
        score_test(extended.path(), data().1, &Device::flex()).unwrap();
        fs::write(extended.path().join("report.html"), "of two epochs").unwrap();
        let report = go(&more, extended.path(), RunStart::Resume).unwrap();
        assert!(
            weights(whole.path()) == weights(extended.path()),
            "{config:?}"
        );
        assert_eq!(report.scores, expected.scores);
        assert_eq!(report.history.len(), expected.history.len());
        assert_eq!(report.sessions, 2);
        let manifest = Manifest::read(extended.path()).unwrap();
        assert_eq!(
            (manifest.status.clone(), manifest.config.epochs),
            (Status::Finished, 5)
        );
        // The test split was opened by the shorter run.
        assert!(manifest.trained_after_opening());
        for gone in ["report.html", "predictions-test.csv"] {
            assert!(!extended.path().join(gone).exists(), "{gone}");
        }
        assert!(Verification::of(extended.path()).unwrap().is_whole());
        // Asked again, there is nothing to do.
        let again = go(&more, extended.path(), RunStart::Resume).unwrap();
        assert_eq!((again.scores, again.sessions), (expected.scores, 2));
    }
}

#[test]
fn a_longer_run_that_fails_leaves_the_finished_one() {
    let dir = finished();
    let before = content(dir.path());
    let state = fs::read_dir(dir.path().join("states")).unwrap();
    let state = state.map(|entry| entry.unwrap().path());
    let state = state.max().unwrap();
    fs::write(&state, "damaged").unwrap();
    let damaged = content(dir.path());
    let more = config().with_epochs(5);
    let error = go(&more, dir.path(), RunStart::Resume).unwrap_err();
    assert!(matches!(error, TrainError::Damaged { .. }), "{error}");
    assert!(content(dir.path()) == damaged);
    fs::write(&state, &before[&state]).unwrap();
    assert_eq!(Manifest::read(dir.path()).unwrap().status, Status::Finished);
    go(&more, dir.path(), RunStart::Resume).unwrap();
}

#[test]
fn a_stopped_run_may_get_more_epochs_too() {
    let (whole, stopped) = (tempdir().unwrap(), tempdir().unwrap());
    let more = config().with_epochs(3);
    go(&more, whole.path(), RunStart::New).unwrap();
    let request = options(RunStart::New);
    request.stop.request();
    run(
        &config(),
        data().0,
        &Device::flex(),
        stopped.path(),
        &request,
    )
    .unwrap_err();
    go(&more, stopped.path(), RunStart::Resume).unwrap();
    assert!(weights(whole.path()) == weights(stopped.path()));
}

#[test]
fn a_run_goes_on_without_the_model_whose_weights_it_took_over() {
    let [source, whole, finished, stopped] = [(); 4].map(|()| tempdir().unwrap());
    go(&config().with_seed(8), source.path(), RunStart::New).unwrap();
    let config = config().with_transfer(Some(source.path().to_path_buf()));
    let more = config.clone().with_epochs(3);
    let expected = go(&more, whole.path(), RunStart::New).unwrap();
    let expected = expected.transfer.unwrap();
    assert!(expected.taken > 0);
    go(&config, finished.path(), RunStart::New).unwrap();
    let request = options(RunStart::New);
    request.stop.request();
    let device = Device::flex();
    run(&more, data().0, &device, stopped.path(), &request).unwrap_err();
    fs::remove_dir_all(source.path().join("checkpoint")).unwrap();
    for dir in [&finished, &stopped] {
        let report = go(&more, dir.path(), RunStart::Resume).unwrap();
        assert!(weights(whole.path()) == weights(dir.path()));
        let found = report.transfer.unwrap();
        assert_eq!(
            (found.from, found.taken),
            (expected.from.clone(), expected.taken)
        );
    }
    let error = go(&more, whole.path(), RunStart::Replace).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with("training.transfer: "), "{error}");
}

/// The manifest becomes that of a release that took a rate of an adversary which the run has not.
#[test]
fn a_run_goes_on_with_a_setting_without_effect_that_is_refused_by_now() {
    let [whole, stopped, new] = [(); 3].map(|()| tempdir().unwrap());
    let config = config().with_epochs(3);
    go(&config, whole.path(), RunStart::New).unwrap();
    let request = options(RunStart::New);
    request.stop.request();
    let device = Device::flex();
    run(&config, data().0, &device, stopped.path(), &request).unwrap_err();
    let path = stopped.path().join(Manifest::FILE);
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["config"]["adversary_learning_rate"] = json!(0.01);
    fs::write(&path, manifest.to_string()).unwrap();
    let config = config.with_adversary_learning_rate(Some(0.01));
    for start in [RunStart::Resume, RunStart::New] {
        let error = go(&config, new.path(), start).unwrap_err().to_string();
        let expected = "adversary_learning_rate cannot be used without an adversary";
        assert!(error.starts_with(expected), "{error}");
    }
    let error = go(&config, whole.path(), RunStart::Resume).unwrap_err();
    assert!(
        matches!(error, TrainError::ChangedSettings { .. }),
        "{error}"
    );
    go(&config, stopped.path(), RunStart::Resume).unwrap();
    assert!(weights(whole.path()) == weights(stopped.path()));
}

#[test]
fn epochs_that_cannot_be_added_are_refused_with_the_reason() {
    let message = |first: &TrainingConfig, then: &TrainingConfig, keep_state| {
        let dir = tempdir().unwrap();
        let options = RunOptions {
            keep_state,
            ..options(RunStart::New)
        };
        run(first, data().0, &Device::flex(), dir.path(), &options).unwrap();
        let before = content(dir.path());
        let error = go(then, dir.path(), RunStart::Resume).unwrap_err();
        assert!(content(dir.path()) == before);
        error.to_string()
    };
    let longer = |config: &TrainingConfig| config.clone().with_epochs(6);
    let fewer = message(&config(), &config().with_epochs(1), true);
    let expected = "`epochs` was 2, now 1: 2 epochs have been trained: expected more; train in \
                    another folder, or replace the run (`--replace`)";
    assert!(fewer.ends_with(expected), "{fewer}");
    let cosine = config().with_schedule(Schedule::Cosine { floor: 0.1 });
    let cosine = message(&cosine, &longer(&cosine), true);
    assert!(
        cosine.contains("`cosine` depends on the number of epochs"),
        "{cosine}"
    );
    let impatient = config()
        .with_learning_rate(0.3)
        .with_patience(0)
        .with_epochs(12);
    let impatient = message(&impatient, &impatient.clone().with_epochs(13), true);
    assert!(
        impatient.contains("patience ran out in epoch"),
        "{impatient}"
    );
    let stateless = message(&config(), &longer(&config()), false);
    assert!(
        stateless.contains("has no state to continue from"),
        "{stateless}"
    );
}

#[test]
fn the_states_of_a_finished_run_may_be_deleted() {
    let dir = finished();
    fs::remove_dir_all(dir.path().join("states")).unwrap();
    let verification = Verification::of(dir.path()).unwrap();
    assert!(verification.is_whole());
    let notes = verification.notes.join("; ");
    assert!(
        notes.contains("was deleted: the run cannot be given more epochs"),
        "{notes}"
    );
    let more = config().with_epochs(3);
    let error = go(&more, dir.path(), RunStart::Resume).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no state to continue from: it was deleted")
    );
}

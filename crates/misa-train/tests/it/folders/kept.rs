//! Epochs whose weights a run keeps.

use super::*;
use crate::support::{dataset, score_epochs};
use misa_core::loss::Weighting;
use misa_train::{Phase, check_epochs};

fn keeping(start: RunStart) -> RunOptions {
    RunOptions {
        keep_epochs: true,
        ..options(start)
    }
}

fn keep(config: &TrainingConfig, dir: &Path, start: RunStart) -> Report {
    run(config, data().0, &Device::flex(), dir, &keeping(start)).unwrap()
}

/// The names of the kept files.
fn kept(dir: &Path) -> Vec<String> {
    let files = content(&dir.join("epochs")).into_keys();
    files
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_string())
        .collect()
}

/// Data whose test split is its valid split, of which a run records the scores of every epoch.
fn twins() -> (Development, LockedTest) {
    let dataset = dataset();
    let [train, valid] = [Split::Train, Split::Valid].map(|split| dataset.split(split).to_vec());
    let vocabulary = dataset.vocabulary().cloned();
    let twins = UtteranceDataset::from_splits(train, valid.clone(), valid, vocabulary);
    twins.unwrap().lock_test()
}

/// Whatever decides which weights there are, and when.
fn regimes() -> [TrainingConfig; 4] {
    [
        config().with_epochs(4),
        config().with_freeze_embedding(true),
        config()
            .with_learning_rate(0.3)
            .with_patience(0)
            .with_trials(3)
            .with_epochs(6),
        config()
            .with_weight_decay(0.1)
            .with_pretraining(Some(PretrainingConfig::new().with_masked_epochs(1)))
            .with_loss(MisaLossConfig::new().with_weighting(Weighting::Learned)),
    ]
}

#[test]
fn kept_weights_are_those_that_were_validated() {
    for config in regimes() {
        let dir = tempdir().unwrap();
        let options = keeping(RunStart::New);
        let report = run(&config, twins().0, &Device::flex(), dir.path(), &options).unwrap();
        let scored = score_epochs(dir.path(), twins().1, &Device::flex()).unwrap();
        let joint = report.history.iter();
        let joint: Vec<_> = joint.filter(|epoch| epoch.phase == Phase::Joint).collect();
        assert_eq!(scored.epochs.len(), joint.len());
        for (found, recorded) in scored.epochs.iter().zip(joint) {
            assert_eq!(found.epoch, recorded.epoch);
            assert_eq!(found.scores, recorded.valid, "{config:?}");
        }
        let valid = report.scores_of(Split::Valid).unwrap();
        assert_eq!(scored.chosen.scores, valid.scores);
        assert_eq!(scored.chosen.epoch, report.best_epoch);
        assert_eq!((scored.utterances, scored.test_openings), (8, 1));
        let manifest = Manifest::read(dir.path()).unwrap();
        assert_eq!(manifest.openings.len(), 1);
        assert!(Verification::of(dir.path()).unwrap().is_whole());
    }
}

#[test]
fn nothing_else_changes_with_them() {
    let (without, with) = (finished(), tempdir().unwrap());
    keep(&config(), with.path(), RunStart::New);
    assert_eq!(
        kept(with.path()),
        ["epoch-00001.safetensors", "epoch-00002.safetensors"]
    );
    assert!(!without.path().join("epochs").exists());
    let manifest = |dir: &Path| fs::read_to_string(dir.join(Manifest::FILE)).unwrap();
    assert!(!manifest(without.path()).contains("\"kept\""));
    assert!(manifest(with.path()).contains("\"kept\""));
    for same in ["checkpoint", "states"] {
        let files = |dir: &Path| {
            let files = content(&dir.join(same)).into_iter();
            let inside = |path: &Path| path.strip_prefix(dir).unwrap().to_path_buf();
            files
                .filter(|(path, _)| path.extension().unwrap() == "safetensors")
                .map(|(path, bytes)| (inside(&path), bytes))
                .collect::<Vec<_>>()
        };
        assert!(files(without.path()) == files(with.path()), "{same}");
    }
}

#[test]
fn what_is_frozen_is_not_kept() {
    let sizes = [false, true].map(|is_frozen| {
        let dir = tempdir().unwrap();
        let config = config().with_freeze_embedding(is_frozen);
        keep(&config, dir.path(), RunStart::New);
        let file = fs::metadata(dir.path().join("epochs/epoch-00001.safetensors"));
        file.unwrap().len()
    });
    assert!(sizes[1] < sizes[0], "{sizes:?}");
}

#[test]
fn more_epochs_are_kept_beside_the_first_ones() {
    let (whole, extended) = (tempdir().unwrap(), tempdir().unwrap());
    let more = config().with_epochs(4);
    keep(&more, whole.path(), RunStart::New);
    keep(&config(), extended.path(), RunStart::New);
    // What a killed process left, and the next one does not need.
    let left = extended.path().join("epochs/epoch-00003.safetensors");
    fs::write(&left, "half").unwrap();
    assert!(Verification::of(extended.path()).unwrap().is_whole());
    keep(&more, extended.path(), RunStart::Resume);
    assert_eq!(kept(extended.path()).len(), 4);
    let files = |dir: &Path| {
        content(&dir.join("epochs"))
            .into_values()
            .collect::<Vec<_>>()
    };
    assert!(files(whole.path()) == files(extended.path()));
    assert_eq!(check_epochs(extended.path()).unwrap(), 4);
}

#[test]
fn epochs_go_with_the_run_that_replaces_theirs() {
    let dir = tempdir().unwrap();
    keep(&config(), dir.path(), RunStart::New);
    let before = content(dir.path());
    run(
        &hopeless(),
        data().0,
        &Device::flex(),
        dir.path(),
        &keeping(RunStart::Replace),
    )
    .unwrap_err();
    assert!(content(dir.path()) == before);
    // A file of the new run must not take the place of one of the old run before its first state.
    let other = config().with_seed(8);
    keep(&other, dir.path(), RunStart::Replace);
    assert_eq!(kept(dir.path()).len(), 2);
    assert_eq!(check_epochs(dir.path()).unwrap(), 2);
    assert!(Verification::of(dir.path()).unwrap().is_whole());
    go(&config(), dir.path(), RunStart::Replace).unwrap();
    assert_eq!(kept(dir.path()), [""; 0]);
}

#[test]
fn epochs_that_are_not_there_cost_no_look_at_the_test_split() {
    let dir = finished();
    let score = || score_epochs(dir.path(), data().1, &Device::flex()).unwrap_err();
    let message = score().to_string();
    let expected = "the weights of 0 of 2 epochs were kept, expected those of every epoch: train with \
                    `--keep-epochs`";
    assert!(message.ends_with(expected), "{message}");

    keep(&config(), dir.path(), RunStart::Replace);
    let file = dir.path().join("epochs/epoch-00002.safetensors");
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&file, &changed).unwrap();
    let error = score();
    assert!(matches!(error, TrainError::Damaged { .. }), "{error}");
    let verified = Verification::of(dir.path()).unwrap();
    let changed = verified
        .files
        .iter()
        .find(|found| found.path.contains("epoch-00002"));
    assert_eq!(changed.unwrap().state, FileState::Changed);

    fs::remove_file(&file).unwrap();
    let error = score();
    assert!(
        matches!(error, TrainError::NotKept { kept: 1, .. }),
        "{error}"
    );
    let verified = Verification::of(dir.path()).unwrap();
    assert!(verified.is_whole());
    let note = "epochs/epoch-00002.safetensors was deleted: epoch 2 cannot be scored";
    assert!(
        verified.notes.contains(&note.to_string()),
        "{:?}",
        verified.notes
    );

    fs::write(&file, &whole).unwrap();
    let other = SyntheticConfig::new()
        .with_train(8)
        .with_valid(4)
        .with_test(4);
    let (_, test) = other.with_seed(99).generate().dataset.lock_test();
    let error = score_epochs(dir.path(), test, &Device::flex()).unwrap_err();
    assert!(matches!(error, TrainError::ChangedData { .. }), "{error}");
    assert!(Manifest::read(dir.path()).unwrap().openings.is_empty());
}

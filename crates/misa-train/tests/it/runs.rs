//! Runs that are stopped, resumed, watched and refused.

use crate::support::{run, score_test, train_with};
use burn::prelude::*;
use misa_core::{
    MutualAttentionConfig,
    loss::{MisaLossConfig, Term, TripletLossConfig, Weighting},
};
use misa_data::{
    Development, LockedTest, Order, Sequence, Split, SyntheticConfig, TextSequence, Utterance,
    UtteranceDataset,
};
use misa_train::{
    GradientClip, Manifest, Phase, Predictions, PretrainingConfig, Progress, Report, RunOptions,
    RunStart, Schedule, Status, Stop, TrainError, TrainingConfig, Verification,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};
use tempfile::tempdir;

const WEIGHTS: &str = "checkpoint/model.safetensors";

fn dataset() -> UtteranceDataset {
    let config = SyntheticConfig::new()
        .with_train(40)
        .with_valid(8)
        .with_test(9);
    let config = config.with_d_visual(6).with_d_acoustic(5);
    config.with_mean_steps(5.0).generate().dataset
}

fn data() -> (Development, LockedTest) {
    dataset().lock_test()
}

fn config() -> TrainingConfig {
    TrainingConfig::new()
        .with_seed(7)
        .with_epochs(4)
        .with_batch_size(6)
        .with_learning_rate(3e-3)
        .with_d_hidden(16)
        .with_d_embedding(8)
}

fn options(start: RunStart) -> RunOptions {
    RunOptions {
        progress: Progress::Silent,
        start,
        ..RunOptions::default()
    }
}

fn go(config: &TrainingConfig, dir: &Path, options: &RunOptions) -> Result<Report, TrainError> {
    run(config, data().0, &Device::flex(), dir, options)
}

/// A request to stop before the first step.
fn stopped() -> RunOptions {
    let options = options(RunStart::Resume);
    options.stop.request();
    options
}

/// Whatever a run carries from step to step, in one of these.
fn regimes() -> Vec<TrainingConfig> {
    vec![
        config(),
        config()
            .with_accumulation(3)
            .with_order(Order::Bucketed { batches: 2 }),
        config()
            .with_schedule(Schedule::Cosine { floor: 0.1 })
            .with_warm_up(5)
            .with_gradient_clip(GradientClip::Norm(0.5)),
        config()
            .with_learning_rate(0.3)
            .with_patience(0)
            .with_trials(4)
            .with_epochs(7),
        config()
            .with_learning_rate(0.1)
            .with_schedule(Schedule::Plateau {
                factor: 0.3,
                patience: 1,
            })
            .with_weight_decay(0.1),
        config().with_freeze_embedding(true),
        // Weights of the terms are learned, and phases change.
        config()
            .with_modality_dropout(0.3)
            .with_pretraining(Some(
                PretrainingConfig::new()
                    .with_masked_epochs(2)
                    .with_unimodal_epochs(1),
            ))
            .with_mutual_attention(Some(MutualAttentionConfig::new()))
            .with_loss(
                MisaLossConfig::new()
                    .with_triplet(Some(TripletLossConfig::new()))
                    .with_weighting(Weighting::Learned),
            ),
    ]
}

/// Waits until a run has saved so many states, or is over.
fn states_are_saved(run: &Path, count: usize, is_over: &AtomicBool) {
    let states = || -> BTreeSet<OsString> {
        let entries = fs::read_dir(run.join("states")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let (mut seen, mut saved) = (states(), 0);
    while saved < count && !is_over.load(Ordering::Acquire) {
        let present = states();
        saved += usize::from(!present.is_subset(&seen));
        seen = present;
        thread::yield_now();
    }
}

/// The lines of `metrics.jsonl` but for the time of day, which no two runs share.
fn metrics(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("seconds").unwrap();
        line
    });
    lines.collect()
}

#[test]
fn a_run_stopped_anywhere_ends_with_the_same_bytes() {
    for config in regimes() {
        let (whole, broken) = (tempdir().unwrap(), tempdir().unwrap());
        let expected = go(&config, whole.path(), &options(RunStart::New)).unwrap();
        let mut sessions = 0;
        let report = loop {
            sessions += 1;
            assert!(sessions < 500, "never ends");
            let options = RunOptions {
                save_every: Some(2),
                ..options(RunStart::Resume)
            };
            let (stop, folder) = (options.stop.clone(), broken.path());
            let is_over = AtomicBool::new(false);
            let result = thread::scope(|scope| {
                scope.spawn(|| {
                    states_are_saved(folder, 1 + sessions % 3, &is_over);
                    stop.request();
                });
                let result = go(&config, folder, &options);
                is_over.store(true, Ordering::Release);
                result
            });
            match result {
                Ok(report) => break report,
                Err(TrainError::Stopped { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        };
        assert!(sessions > 1, "was never stopped");
        let weights = |dir: &Path| fs::read(dir.join(WEIGHTS)).unwrap();
        assert!(
            weights(whole.path()) == weights(broken.path()),
            "{config:?}"
        );
        assert_eq!(report.scores, expected.scores);
        assert_eq!(metrics(broken.path()), metrics(whole.path()));
        assert_eq!(report.sessions, sessions);
        for (epoch, expected) in report.history.iter().zip(&expected.history) {
            assert_eq!(epoch.train, expected.train);
            let task = Term::Task;
            assert_eq!(epoch.valid_terms[task], expected.valid_terms[task]);
            assert_eq!(epoch.weights, expected.weights);
        }
        assert_eq!(report.history.len(), expected.history.len());
        let is_learned = config.loss.weighting == Weighting::Learned;
        for epoch in &report.history {
            let has_weights = is_learned && epoch.phase == Phase::Joint;
            assert_eq!(!epoch.weights.is_empty(), has_weights);
        }
        assert!(
            !broken
                .path()
                .join("states/state-00000001.safetensors")
                .exists()
        );
    }
}

#[test]
fn other_programs_can_follow_a_run_line_by_line() {
    let dir = tempdir().unwrap();
    let report = go(&config(), dir.path(), &options(RunStart::New)).unwrap();
    let lines = metrics(dir.path());
    let (epochs, steps): (Vec<&Value>, Vec<&Value>) =
        lines.iter().partition(|line| line["type"] == "epoch");
    // 40 utterances in batches of 6 are 7 steps: 28 in 4 epochs.
    let number = |line: &&Value| line["step"].as_u64().unwrap();
    assert_eq!(steps.iter().map(number).collect::<Vec<_>>(), [10, 20]);
    assert_eq!(
        epochs.iter().map(number).collect::<Vec<_>>(),
        [7, 14, 21, 28]
    );
    for (line, epoch) in epochs.iter().zip(&report.history) {
        assert_eq!(line["epoch"], epoch.epoch);
        assert_eq!(line["train"]["task"], epoch.train[Term::Task]);
        assert_eq!(line["valid"]["total"], epoch.valid_terms.total);
        assert_eq!(line["scores"]["mae"], epoch.valid[1].1.unwrap());
        assert_eq!(line["improved"], epoch.improved);
        assert_eq!(line["learning_rate"], 3e-3);
    }
    // The manifest vouches for the lines of a finished run.
    let manifest = Manifest::read(dir.path()).unwrap();
    assert!(manifest.files.contains_key("metrics.jsonl"));
    assert!(Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn later_trials_go_back_and_lower_the_rate() {
    let (one, several) = (tempdir().unwrap(), tempdir().unwrap());
    let config = config()
        .with_learning_rate(0.3)
        .with_patience(0)
        .with_epochs(12);
    let first = go(&config, one.path(), &options(RunStart::New)).unwrap();
    assert!(first.stopped_early && first.history.len() < 12);
    let config = config.with_trials(3);
    let more = go(&config, several.path(), &options(RunStart::New)).unwrap();
    let same = first.history.len();
    assert!(more.history.len() > same);
    let losses = |report: &Report| {
        report.history[..same]
            .iter()
            .map(|e| e.train)
            .collect::<Vec<_>>()
    };
    assert_eq!(losses(&first), losses(&more));
    // Taken up from the best model: better than the epoch that ended the trial.
    assert!(more.history[same].train[Term::Task] < more.history[same - 1].train[Term::Task]);
}

#[test]
fn a_stopped_run_says_so_and_keeps_its_state() {
    let dir = tempdir().unwrap();
    let error = go(&config(), dir.path(), &stopped()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("stopped on request after 0 optimiser steps, can be resumed")
    );
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.status, Status::Stopped);
    let files = fs::read_dir(dir.path().join("states")).unwrap().count();
    assert_eq!(files, 1);
    assert!(!dir.path().join("report.json").exists());
}

#[test]
fn another_run_is_not_taken_up() {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), &stopped()).unwrap_err();
    let error = go(&config(), dir.path(), &options(RunStart::New)).unwrap_err();
    assert!(matches!(error, TrainError::Occupied { .. }), "{error}");
    let other = config().with_dropout(0.25);
    let error = go(&other, dir.path(), &options(RunStart::Resume)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("settings changed since the run began"),
        "{error}"
    );

    let mut utterances = Split::ALL.map(|split| dataset().split(split).to_vec());
    utterances[0][3].label += 0.5;
    let [train, valid, test] = utterances;
    let vocabulary = dataset().vocabulary().cloned();
    let changed = UtteranceDataset::from_splits(train, valid, test, vocabulary).unwrap();
    let resume = options(RunStart::Resume);
    let changed = changed.lock_test().0;
    let error = run(&config(), changed, &Device::flex(), dir.path(), &resume).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("data changed since the run began"),
        "{error}"
    );
}

#[test]
fn a_damaged_state_is_refused_by_name() {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), &stopped()).unwrap_err();
    let state = dir.path().join("states/state-00000000.safetensors");
    let mut bytes = fs::read(&state).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&state, bytes).unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap_err();
    assert!(
        error.to_string().starts_with(&state.display().to_string()),
        "{error}"
    );
    assert!(matches!(error, TrainError::Damaged { .. }));
}

#[test]
fn one_process_at_a_time_writes_to_a_folder() {
    let dir = tempdir().unwrap();
    let lock = fs::File::create(dir.path().join("run.lock")).unwrap();
    lock.try_lock().unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::New)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("another process is using this folder"),
        "{error}"
    );
}

#[test]
fn a_manifest_of_a_later_version_is_left_alone() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("manifest.json"), r#"{"version": 99}"#).unwrap();
    let error = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("written by a newer misa (version 99 of this file)"),
        "{error}"
    );
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_the_last_state_stays() {
    let dir = tempdir().unwrap();
    let utterance = |name: &str, label: f32| {
        let features = |columns: usize| Sequence::new(columns, vec![label.sin(); columns]).unwrap();
        let text = TextSequence::Words(vec![2]);
        Utterance::new(name, vec![], text, features(3), features(2), label).unwrap()
    };
    let fine = |i: usize| utterance(&format!("fine{i}"), i as f32 / 9.0);
    let mut train: Vec<_> = (0..12).map(fine).collect();
    train.push(utterance("huge", 3e38));
    let valid = vec![utterance("valid", 0.0)];
    let data = UtteranceDataset::from_splits(train, valid, vec![], None).unwrap();
    let config = config().with_order(Order::File).with_batch_size(4);
    let options = RunOptions {
        save_every: Some(1),
        ..options(RunStart::New)
    };
    let data = data.lock_test().0;
    let error = run(&config, data, &Device::flex(), dir.path(), &options).unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        "epoch 1, step 4: task loss is inf, expected a finite number; utterances of the batch: huge"
    );
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.status, Status::Failed { message: text });
    assert_eq!(manifest.updates(), 3);
}

/// The losses are finite by a hair, their gradients are not.
#[test]
fn a_gradient_that_is_no_number_names_its_parameter_and_batch() {
    let dir = tempdir().unwrap();
    let loss = MisaLossConfig::new().with_similarity_weight(2e38);
    let error = go(
        &config().with_loss(loss),
        dir.path(),
        &options(RunStart::New),
    )
    .unwrap_err();
    let text = error.to_string();
    let TrainError::NonFiniteGradient { source, ids, .. } = error else {
        panic!("{text}");
    };
    assert!(
        text.starts_with("epoch 1, step 1: gradient of `model."),
        "{text}"
    );
    assert!(!source.norm.is_finite() && ids.len() == 6);
    assert_eq!(Manifest::read(dir.path()).unwrap().updates(), 0);
}

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

#[test]
fn a_finished_run_is_reported_again_without_training() {
    let dir = tempdir().unwrap();
    let report = go(&config(), dir.path(), &options(RunStart::New)).unwrap();
    let before = fs::metadata(dir.path().join(WEIGHTS))
        .unwrap()
        .modified()
        .unwrap();
    let again = go(&config(), dir.path(), &options(RunStart::Resume)).unwrap();
    assert_eq!(again.scores, report.scores);
    let after = fs::metadata(dir.path().join(WEIGHTS))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_deleted_folder_ends_the_run_with_its_name() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("run");
    let gone = folder.clone();
    let removing = thread::spawn(move || {
        while !gone.join("states").exists() {
            thread::sleep(Duration::from_millis(1));
        }
        // New files may appear while it is emptied.
        while fs::remove_dir_all(&gone).is_err() && gone.exists() {}
        // Not to be made again.
        fs::write(&gone, "in the way").unwrap();
    });
    let options = RunOptions {
        save_every: Some(1),
        stop: Stop::new(),
        ..options(RunStart::New)
    };
    let error = go(&config().with_epochs(200), &folder, &options)
        .unwrap_err()
        .to_string();
    removing.join().unwrap();
    assert!(error.starts_with(&folder.display().to_string()), "{error}");
}

#[test]
fn devices_share_what_a_step_adds_up() {
    let dir = tempdir().unwrap();
    let device = Device::flex();
    let options = RunOptions {
        devices: vec![device.clone()],
        ..RunOptions::default()
    };
    let refused = run(&config(), data().0, &device, dir.path(), &options);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "2 devices share the batches of one optimiser step, \
         expected accumulation of at least 2, found 1"
    );
    // Both workers are of one CPU, whose dropout nobody could repeat.
    let config = config()
        .with_accumulation(3)
        .with_dropout(0.0)
        .with_attention_dropout(0.0);
    let losses = |options: &RunOptions, name: &str| -> Vec<f64> {
        let dir = dir.path().join(name);
        let report = run(&config, data().0, &device, dir, options).unwrap();
        report
            .history
            .iter()
            .map(|epoch| epoch.train.total)
            .collect()
    };
    let together = losses(&options, "two");
    let alone = losses(&RunOptions::default(), "one");
    assert_eq!(together.len(), alone.len());
    for (together, alone) in together.iter().zip(&alone) {
        assert!(
            (together - alone).abs() < 1e-3 * alone,
            "{together} {alone}"
        );
    }
}

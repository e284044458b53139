//! Runs that are stopped, resumed, watched and refused.

mod faults;
mod test_split;
mod trials;

use crate::support::{data, dataset, load, options, run, score_test, train_with};
use burn::prelude::*;
use misa_core::loss::{
    MisaLossConfig, Term, TripletLossConfig, UnimodalLabels, UnimodalLossConfig, Weighting,
};
use misa_core::{ContextConfig, MutualAttentionConfig};
use misa_data::{
    Order, Sequence, Split, SyntheticConfig, TextSequence, Utterance, UtteranceDataset,
};
use misa_train::{
    GradientClip, Manifest, Phase, Predictions, PretrainingConfig, Progress, Report, RunOptions,
    RunStart, Schedule, Status, Stop, TrainError, TrainingConfig, Verification,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};
use tempfile::tempdir;

const WEIGHTS: &str = "checkpoint/model.safetensors";

fn config() -> TrainingConfig {
    TrainingConfig::new()
        .with_seed(7)
        .with_epochs(4)
        .with_batch_size(6)
        .with_learning_rate(3e-3)
        .with_d_hidden(16)
        .with_d_embedding(8)
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

/// With labels that are generated for each modality.
fn generating(config: TrainingConfig) -> TrainingConfig {
    let labels = UnimodalLossConfig::new().with_labels(UnimodalLabels::Generated);
    config.with_loss(MisaLossConfig::new().with_unimodal(Some(labels.with_weight(1.0))))
}

/// Whatever a run carries from step to step, in one of these.
fn regimes() -> Vec<TrainingConfig> {
    vec![
        config(),
        config()
            .with_accumulation(3)
            .with_frame_dropout(1.0)
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
        // Labels are generated, and those of a trial that is given up are, too.
        generating(config())
            .with_learning_rate(0.3)
            .with_patience(0)
            .with_trials(4)
            .with_epochs(7),
        generating(config())
            .with_accumulation(3)
            .with_modality_dropout(0.3)
            .with_pretraining(Some(PretrainingConfig::new().with_unimodal_epochs(1))),
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

/// The same, and the weights of every epoch are kept.
fn keeping(start: RunStart) -> RunOptions {
    RunOptions {
        keep_epochs: true,
        ..options(start)
    }
}

/// The epochs that a run has kept, with their content.
fn epochs(run: &Path) -> Vec<(OsString, Vec<u8>)> {
    let entries = fs::read_dir(run.join("epochs")).unwrap();
    let read = |entry: fs::DirEntry| (entry.file_name(), fs::read(entry.path()).unwrap());
    let mut files: Vec<_> = entries.map(|entry| read(entry.unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_run_stopped_anywhere_ends_with_the_same_bytes() {
    for config in regimes() {
        let (whole, broken) = (tempdir().unwrap(), tempdir().unwrap());
        let expected = go(&config, whole.path(), &keeping(RunStart::New)).unwrap();
        let mut sessions = 0;
        let report = loop {
            sessions += 1;
            assert!(sessions < 500, "never ends");
            let options = RunOptions {
                save_every: Some(2),
                ..keeping(RunStart::Resume)
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
        assert!(epochs(whole.path()) == epochs(broken.path()), "{config:?}");
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

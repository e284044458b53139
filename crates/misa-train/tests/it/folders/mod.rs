//! What happens to the folder of a run, and to what is in it already.

mod kept;
mod longer;

use crate::support::{data, run, score_test};
use burn::prelude::*;
use misa_core::loss::MisaLossConfig;
use misa_data::{Development, LockedTest, Split, SyntheticConfig, UtteranceDataset};
use misa_train::{
    BertSettings, FileState, Manifest, PretrainingConfig, Progress, Report, ResultFolder,
    RunOptions, RunStart, Schedule, Status, TrainError, TrainingConfig, Verification,
    record_results,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

const WEIGHTS: &str = "checkpoint/model.safetensors";

fn config() -> TrainingConfig {
    TrainingConfig::new()
        .with_seed(7)
        .with_epochs(2)
        .with_batch_size(6)
        .with_learning_rate(3e-3)
        .with_d_hidden(16)
        .with_d_embedding(8)
}

/// A run whose gradients are not numbers from the first step on.
fn hopeless() -> TrainingConfig {
    config().with_loss(MisaLossConfig::new().with_similarity_weight(2e38))
}

fn options(start: RunStart) -> RunOptions {
    RunOptions {
        progress: Progress::Silent,
        start,
        keep_state: true,
        ..RunOptions::default()
    }
}

fn go(config: &TrainingConfig, dir: &Path, start: RunStart) -> Result<Report, TrainError> {
    run(config, data().0, &Device::flex(), dir, &options(start))
}

/// The folder of a finished run.
fn finished() -> TempDir {
    let dir = tempdir().unwrap();
    go(&config(), dir.path(), RunStart::New).unwrap();
    dir
}

/// Every file below a folder with its content, except the lock.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("run.lock") {
                let content = fs::read(&path).unwrap();
                files.insert(path, content);
            }
        }
    }
    files
}

fn weights(dir: &Path) -> Vec<u8> {
    fs::read(dir.join(WEIGHTS)).unwrap()
}

#[test]
fn a_run_that_cannot_start_leaves_the_one_it_would_replace() {
    let dir = finished();
    let before = content(dir.path());
    let missing = || dir.path().join("missing");
    for (config, expected) in [
        (
            config().with_bert(Some(BertSettings::new(missing()))),
            "missing",
        ),
        (config().with_glove(Some(missing())), "missing"),
        (config().with_transfer(Some(missing())), "missing"),
        (config().with_dropout(1.5), "dropout"),
        (config().with_d_hidden(15), "d_hidden"),
        // The first step fails: there is no state yet.
        (hopeless(), "gradient of `model."),
    ] {
        let error = go(&config, dir.path(), RunStart::Replace).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(content(dir.path()) == before, "{expected}: {error}");
    }
    assert!(Verification::of(dir.path()).unwrap().is_whole());
    go(&config().with_dropout(0.25), dir.path(), RunStart::Replace).unwrap();
    assert_eq!(
        Manifest::read(dir.path()).unwrap().config.model.dropout,
        0.25
    );
    assert!(Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn an_unfinished_run_is_replaced_no_earlier_than_a_finished_one() {
    let dir = tempdir().unwrap();
    let stopped = options(RunStart::New);
    stopped.stop.request();
    run(&config(), data().0, &Device::flex(), dir.path(), &stopped).unwrap_err();
    let before = content(dir.path());
    go(&hopeless(), dir.path(), RunStart::Replace).unwrap_err();
    assert!(content(dir.path()) == before);
    // The first state of another run has the name of the one that is replaced.
    let replacing = options(RunStart::Replace);
    replacing.stop.request();
    let other = config().with_seed(8);
    run(&other, data().0, &Device::flex(), dir.path(), &replacing).unwrap_err();
    assert_eq!(Manifest::read(dir.path()).unwrap().config.seed, 8);
    let states = fs::read_dir(dir.path().join("states")).unwrap();
    assert_eq!(states.count(), 1);
    assert!(Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn pages_go_with_the_run_that_they_show() {
    let dir = finished();
    let file = |name: &str| dir.path().join(name);
    fs::create_dir(file("figures")).unwrap();
    // The last two are recorded by no release.
    let names = [
        "report.html",
        "figures/curve.svg",
        "test.html",
        "notes.txt",
        "figures/notes.txt",
    ];
    for name in names {
        fs::write(file(name), name).unwrap();
    }
    record_results(dir.path(), &[file("test.html")]).unwrap();
    score_test(dir.path(), data().1, &Device::flex()).unwrap();
    assert!(file("predictions-test.csv").exists());
    go(&config(), dir.path(), RunStart::Replace).unwrap();
    let is_there = names.map(|name| file(name).exists());
    assert_eq!(is_there, [false, false, false, true, true]);
    assert!(!file("predictions-test.csv").exists());
    assert!(Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn results_of_another_run_are_noticed() {
    let dir = finished();
    let file = |name: &str| dir.path().join(name);
    fs::create_dir(file("figures")).unwrap();
    for name in ["report.html", "figures/curve.png", "predictions-test.csv"] {
        fs::write(file(name), name).unwrap();
    }
    let verification = Verification::of(dir.path()).unwrap();
    let unrecorded: Vec<&str> = (verification.files.iter())
        .filter(|file| file.state == FileState::Unrecorded)
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        unrecorded,
        ["figures/curve.png", "predictions-test.csv", "report.html"]
    );
    assert!(!verification.is_whole());
    // Recorded, they belong to this one; what lies elsewhere is not recorded.
    let elsewhere = tempdir().unwrap();
    let outside = elsewhere.path().join("report.html");
    fs::write(&outside, "page").unwrap();
    let names = ["figures/curve.png", "predictions-test.csv", "report.html"];
    record_results(dir.path(), &[&names.map(file)[..], &[outside]].concat()).unwrap();
    assert!(Verification::of(dir.path()).unwrap().is_whole());
    fs::write(file("report.html"), "another page").unwrap();
    assert!(!Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn a_result_that_was_replaced_is_not_verified_any_more() {
    let dir = finished();
    let [old, new] = ["old.svg", "new.svg"].map(|name| dir.path().join("figures").join(name));
    fs::create_dir(dir.path().join("figures")).unwrap();
    fs::write(&old, "old").unwrap();
    fs::write(&new, "new").unwrap();
    record_results(dir.path(), std::slice::from_ref(&old)).unwrap();
    let elsewhere = tempdir().unwrap();
    let outside = ResultFolder::around(dir.path(), &elsewhere.path().join("page.html"));
    assert!(outside.unwrap().is_none());
    let page = dir.path().join("report.html");
    let mut home = ResultFolder::around(dir.path(), &page).unwrap().unwrap();
    // Nobody else writes there meanwhile.
    let busy = ResultFolder::around(dir.path(), &page).unwrap_err();
    assert!(matches!(busy, TrainError::Busy { .. }), "{busy}");
    home.replace(&[new], std::slice::from_ref(&old)).unwrap();
    assert!(!Verification::of(dir.path()).unwrap().is_whole());
    fs::remove_file(old).unwrap();
    assert!(Verification::of(dir.path()).unwrap().is_whole());
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let dir = tempdir().unwrap();
    let notes = ["a.txt", "b.txt", "c.txt", "d.txt"].map(|name| dir.path().join(name));
    fs::write(&notes[0], "notes").unwrap();
    for start in [RunStart::New, RunStart::Resume, RunStart::Replace] {
        let error = go(&config(), dir.path(), start).unwrap_err().to_string();
        let expected = "holds no run, but a.txt: expected an empty folder or that of a run";
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
    notes[1..]
        .iter()
        .for_each(|path| fs::write(path, "").unwrap());
    let error = go(&config(), dir.path(), RunStart::New).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("but a.txt, b.txt, c.txt and 1 more: ")
    );
    // A file is no folder, and named as it is given.
    let error = go(&config(), &notes[0], RunStart::New).unwrap_err();
    let expected = format!("{}: ", notes[0].display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    // What systems and locks leave does not count.
    let dir = tempdir().unwrap();
    for name in [".DS_Store", "claim.lock", "run.lock"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    go(&config(), dir.path(), RunStart::New).unwrap();
}

#[test]
fn a_start_that_saved_nothing_blocks_no_other_one() {
    let dir = tempdir().unwrap();
    let folder = dir.path().join("run");
    let missing = config().with_glove(Some(folder.join("missing")));
    go(&missing, &folder, RunStart::New).unwrap_err();
    assert!(!folder.exists());
    for start in [RunStart::New, RunStart::Resume] {
        go(&hopeless(), &folder, start).unwrap_err();
        let manifest = Manifest::read(&folder).unwrap();
        assert!(matches!(manifest.status, Status::Failed { .. }));
    }
    go(&config(), &folder, RunStart::New).unwrap();
    assert!(Verification::of(&folder).unwrap().is_whole());
}

#[test]
fn a_setting_that_changed_is_named_with_both_values() {
    let dir = finished();
    let bert = BertSettings::new("bert".into());
    for (config, expected) in [
        (config().with_dropout(0.25), "`dropout` was 0.5, now 0.25;"),
        (
            config().with_dropout(0.25).with_epochs(4),
            "`dropout` was 0.5, now 0.25; `epochs` was 2, now 4;",
        ),
        (
            config().with_schedule(Schedule::Cosine { floor: 0.5 }),
            "`schedule` was constant, now none; `schedule.cosine.floor` was none, now 0.5;",
        ),
        (
            config().with_bert(Some(bert)),
            "`bert.folder` was none, now bert;",
        ),
    ] {
        let error = go(&config, dir.path(), RunStart::Resume)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("settings changed since the run began: "),
            "{error}"
        );
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn data_that_changed_is_named_by_its_file() {
    let (dir, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let file = |name: &str| folder.path().join(name);
    fs::write(file("train.pkl"), "train").unwrap();
    fs::write(file("dev.pkl"), "dev").unwrap();
    let with = |start, data: Development| {
        let options = RunOptions {
            data_path: Some(folder.path().to_path_buf()),
            ..options(start)
        };
        run(&config(), data, &Device::flex(), dir.path(), &options)
    };
    with(RunStart::New, data().0).unwrap();
    fs::write(file("train.pkl"), "more of it").unwrap();
    fs::remove_file(file("dev.pkl")).unwrap();
    let other = SyntheticConfig::new()
        .with_train(41)
        .with_valid(8)
        .with_test(9)
        .with_d_visual(6)
        .with_d_acoustic(5);
    let other = other.generate().dataset.lock_test().0;
    let error = with(RunStart::Resume, other).unwrap_err().to_string();
    let expected = "data changed since the run began: train had 40 utterances, now 41; the file \
                    dev.pkl is gone; train.pkl had 5 bytes, now 10";
    assert!(error.ends_with(expected), "{error}");
    assert!(Manifest::read(dir.path()).unwrap().utterances(Split::Train) == 40);
}

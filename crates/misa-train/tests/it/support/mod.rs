//! The random state of the process, which every test here draws from.
//!
//! The library seeds and draws under a lock of its own. Tests that draw beside it, by making a
//! model, would come between; so they run alone, and calls of the library run together.

use burn::prelude::Device;
use misa_data::{Development, LockedTest, SyntheticConfig, UtteranceDataset};
use misa_infer::{Checkpoint, InferError};
use misa_train::{
    CompletionFit, CompletionTraining, Progress, Report, RunOptions, RunStart, ScoredEpochs,
    TrainError, TrainingConfig,
};
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static RANDOM: RwLock<()> = RwLock::new(());

/// For a test that seeds or draws itself. It calls the library directly, not through this module.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    RANDOM.write().unwrap_or_else(PoisonError::into_inner)
}

fn together() -> RwLockReadGuard<'static, ()> {
    RANDOM.read().unwrap_or_else(PoisonError::into_inner)
}

/// A small data set of words.
pub fn dataset() -> UtteranceDataset {
    let config = SyntheticConfig::new()
        .with_train(40)
        .with_valid(8)
        .with_test(9);
    let config = config.with_d_visual(6).with_d_acoustic(5);
    config.with_mean_steps(5.0).generate().dataset
}

/// The same, its test split locked.
pub fn data() -> (Development, LockedTest) {
    dataset().lock_test()
}

/// A run that shows nothing.
pub fn options(start: RunStart) -> RunOptions {
    RunOptions {
        progress: Progress::Silent,
        start,
        ..RunOptions::default()
    }
}

/// [`misa_train::train`]
pub fn train(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
) -> Result<Report, TrainError> {
    let _shared = together();
    misa_train::train(config, data, device, dir)
}

/// [`misa_train::train_with`]
pub fn train_with(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
    progress: Progress,
) -> Result<Report, TrainError> {
    let _shared = together();
    misa_train::train_with(config, data, device, dir, progress)
}

/// [`misa_train::run`]
pub fn run(
    config: &TrainingConfig,
    data: Development,
    device: &Device,
    dir: impl AsRef<Path>,
    options: &RunOptions,
) -> Result<Report, TrainError> {
    let _shared = together();
    misa_train::run(config, data, device, dir, options)
}

/// [`misa_train::train_completion`] of so many epochs.
pub fn train_completion(
    checkpoint: Checkpoint,
    data: &Development,
    epochs: usize,
    device: &Device,
) -> Result<(Checkpoint, CompletionFit), TrainError> {
    let _shared = together();
    let training = CompletionTraining {
        epochs,
        ..CompletionTraining::default()
    };
    misa_train::train_completion(checkpoint, data, &training, device, |_| ())
}

/// [`misa_train::score_test`]
pub fn score_test(
    dir: impl AsRef<Path>,
    test: LockedTest,
    device: &Device,
) -> Result<Report, TrainError> {
    let _shared = together();
    misa_train::score_test(dir, test, device)
}

/// [`misa_train::score_epochs`]
pub fn score_epochs(
    dir: impl AsRef<Path>,
    test: LockedTest,
    device: &Device,
) -> Result<ScoredEpochs, TrainError> {
    let _shared = together();
    misa_train::score_epochs(dir, test, device, || ())
}

/// [`Checkpoint::load`]
pub fn load(dir: impl AsRef<Path>, device: &Device) -> Result<Checkpoint, InferError> {
    let _shared = together();
    Checkpoint::load(dir, device)
}

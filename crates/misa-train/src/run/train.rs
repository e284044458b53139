//! Trains a model by a configuration on data, and reports on it.

use crate::run::folder::RunFolder;
use crate::run::manifest::{Manifest, Status};
use crate::run::prepared::Prepared;
use crate::settings::requirements::{check, unused_cache, unused_labels};
use crate::{
    DataSummary, Progress, Report, RunOptions, RunStart, System, TrainError, TrainingConfig,
    score_test,
};
use burn::prelude::*;
use misa_data::{Development, UtteranceDataset};
use std::path::Path;

/// Trains a model on `data` and scores the best one: [`train_with`] and [`Progress::Automatic`].
///
/// # Errors
///
/// As [`run`].
pub fn train(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
) -> Result<Report, TrainError> {
    train_with(config, data, device, dir, Progress::Automatic)
}

/// Trains a model on `data` and scores the best one: [`run`], then [`score_test`] if there is a
/// test split.
///
/// A run that is in the folder already is replaced.
///
/// # Errors
///
/// As [`run`].
pub fn train_with(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
    progress: Progress,
) -> Result<Report, TrainError> {
    let (data, test) = data.lock_test();
    let options = RunOptions {
        progress,
        start: RunStart::Replace,
        ..RunOptions::default()
    };
    let report = run(config, data, device, &dir, &options)?;
    if test.is_empty() {
        Ok(report)
    } else {
        score_test(dir, test, device)
    }
}

/// Trains a model without opening the test split, and reports on the valid split, which chooses the
/// model.
///
/// The folder gets `manifest.json`, the record of the run. During the run, it also has the last
/// complete state, from which the run can be resumed after a crash, with the same result bit for
/// bit. At the end, it has `report.md`, `report.json`, `predictions-valid.csv` and `checkpoint/`.
///
/// Nothing is written before the data, the word vectors, the BERT and the model have been opened, so
/// a run that cannot start leaves the folder as it was. A run in it that is replaced, or gets more
/// epochs, stays as it is until the new one has saved its first state.
///
/// Several runs may share a process: what is random in each is a function of its seed.
///
/// - Differs: if outputs of BERT's frozen part are cached in memory, a resumed run computes them
///   again in other batches, which can change the last bits; with a cache folder, it does not.
///
/// # Errors
///
/// [`TrainError`]: a setting out of range, a split without utterances, a label that is not a class,
/// word vectors that cannot be read or that the model does not use, more devices than batches in an
/// optimiser step, a loss or gradient that is NaN or infinite, a folder that holds another run or is
/// in use, a file that cannot be written, or a request to stop.
pub fn run(
    config: &TrainingConfig,
    data: Development,
    device: &Device,
    dir: impl AsRef<Path>,
    options: &RunOptions,
) -> Result<Report, TrainError> {
    let dir = dir.as_ref();
    let without_effect = check_settings(config, dir, options)?;
    check(config, data.dataset())?;
    options.validate()?;
    let devices = options.devices.len() + 1;
    if devices > 1 && config.accumulation < devices {
        return Err(TrainError::Devices {
            devices,
            accumulation: config.accumulation,
        });
    }
    let summary = DataSummary::of(config, &data, options.data_path.as_deref());
    let manifest = Manifest::new(config, options.settings.clone(), summary);
    let before = RunFolder::check(dir, options, &manifest)?;
    if before.status == Status::Finished {
        return report_again(dir);
    }
    let summary = manifest.data.clone().examined(&data, options.corpus);
    options.progress.findings(&summary.findings);
    for note in without_effect
        .into_iter()
        .chain(unused_labels(config, data.dataset()))
        .chain(unused_cache(config))
    {
        options.progress.note(&note);
    }
    let manifest = Manifest {
        data: summary,
        ..manifest
    };
    let has_begun = before.updates() > 0;
    let prepared = Prepared::new(config, data, device, options, has_begun)?;
    let taken = before.state.as_ref().and(before.transfer.as_ref());
    let opened = prepared.open_model(taken)?;
    let mut folder = RunFolder::open(dir, options, manifest, System::current(device))?;
    if folder.manifest.status == Status::Finished {
        return report_again(dir);
    }
    folder.manifest.transfer = opened.transfer().cloned();
    let (mut folder, result) = prepared.run(opened, folder);
    if let Err(error) = &result {
        let status = match error {
            TrainError::Stopped { .. } => Status::Stopped,
            error => Status::Failed {
                message: error.to_string(),
            },
        };
        // The error that ended the run is reported, not one of recording it.
        let _ = folder.end(status);
    }
    result
}

/// Checks the settings. A run that goes on may have some that an earlier release took although nothing reads
/// them: what to tell of each.
fn check_settings(
    config: &TrainingConfig,
    dir: &Path,
    options: &RunOptions,
) -> Result<Vec<String>, TrainError> {
    let goes_on = || Manifest::read(dir).is_ok_and(|run| run.is_worth_keeping());
    let may_have_some = options.allows_unread || options.start == RunStart::Resume && goes_on();
    if !may_have_some {
        config.validate()?;
        return Ok(Vec::new());
    }
    let unread = config.validate_recorded()?;
    let note = |error| {
        format!("the run goes on with a setting without effect, which no new run may have: {error}")
    };
    Ok(unread.into_iter().map(note).collect())
}

/// The report of a finished run, which may have been moved.
fn report_again(dir: &Path) -> Result<Report, TrainError> {
    let report = Report::read(dir)?;
    Ok(Report {
        folder: dir.to_path_buf(),
        ..report
    })
}

//! One look at the test split.

use crate::{
    Checkpoint, Predictions, Report, TrainError,
    run::{
        files,
        folder::RunFolder,
        manifest::{Manifest, Opening, now},
        system::command,
    },
    settings::requirements::check_classes,
};
use burn::prelude::*;
use misa_core::Task;
use misa_data::{LockedTest, Split, Utterance};
use std::path::{Path, PathBuf};

/// Scores the model of a finished run on its test split, and adds the scores to its report.
///
/// That the split was looked at is written into the manifest first, for good: tables mark results
/// whose test split was seen before.
///
/// # Errors
///
/// [`TrainError`] if the run is not finished, the split is of other data or empty, a label is no
/// class, or a file cannot be read or written.
pub fn score_test(
    dir: impl AsRef<Path>,
    test: LockedTest,
    device: &Device,
) -> Result<Report, TrainError> {
    let path = dir.as_ref();
    let split = Split::Test;
    let mut folder = own(path, &test)?;
    let checkpoint = Checkpoint::load(path.join(Checkpoint::FOLDER), device)?;
    let config = folder.manifest.config.clone();
    let utterances = test.open(|| record(&mut folder))?;
    if let Task::Classification { classes } = config.loss.task {
        check_classes(split, &utterances, classes)?;
    }
    let evaluation = checkpoint.evaluate(&utterances, &config.loss, config.batch_size, device)?;

    let mut report = Report::read(path)?;
    report.scores.retain(|(found, _)| *found != split);
    report
        .scores
        .push((split, evaluation.scores(config.loss.task)));
    report.test_openings = folder.manifest.test_openings();
    report.folder = path.to_path_buf();
    let mut written = vec![Predictions::new(&evaluation, &utterances).write(path, split)?];
    let folder_of_model = path.join(Checkpoint::FOLDER);
    written.push(checkpoint.write_card(&folder_of_model, &report.run_summary())?);
    written.extend(report.write()?);
    note(&mut folder, &written)?;
    Ok(report)
}

/// The test utterances of a finished run, for other looks than [`score_test`]'s; written into the
/// manifest just the same.
///
/// # Errors
///
/// [`TrainError`] if the run is not finished, the split is of other data or empty, or the manifest
/// cannot be written: the split stays locked then.
pub fn open_test(dir: impl AsRef<Path>, test: LockedTest) -> Result<Vec<Utterance>, TrainError> {
    let mut folder = own(dir.as_ref(), &test)?;
    test.open(|| record(&mut folder))
}

/// The folder of the finished run whose test split this is.
fn own(path: &Path, test: &LockedTest) -> Result<RunFolder, TrainError> {
    let folder = RunFolder::finished(path)?;
    if test.is_empty() {
        return Err(TrainError::EmptySplit { split: Split::Test });
    }
    let expected = folder.manifest.data.checksum.clone();
    if test.checksum() != expected {
        return Err(TrainError::Changed {
            path: path.to_path_buf(),
            what: "data",
            expected,
            found: test.checksum().to_string(),
        });
    }
    Ok(folder)
}

/// Writes down that the split is looked at, before it is.
fn record(folder: &mut RunFolder) -> Result<(), TrainError> {
    let mut manifest = folder.manifest.clone();
    manifest.openings.push(Opening {
        at: now(),
        epochs: manifest.epochs(),
        data: manifest.data.checksum.clone(),
        command: command(),
    });
    folder.replace(manifest)
}

/// Writes down the checksums of new results.
fn note(folder: &mut RunFolder, written: &[PathBuf]) -> Result<(), TrainError> {
    let mut manifest: Manifest = folder.manifest.clone();
    for path in written {
        let name = path.strip_prefix(folder.path()).unwrap_or(path);
        let checksum = files::checksum(path)?;
        manifest.files.insert(name.display().to_string(), checksum);
    }
    folder.replace(manifest)
}

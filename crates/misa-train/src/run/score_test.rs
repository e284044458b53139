//! Opening the test split of a finished run.

use crate::run::change::other_content;
use crate::run::folder::RunFolder;
use crate::run::manifest::{Opening, now};
use crate::run::results::record_checksums;
use crate::run::system::command;
use crate::run::text;
use crate::settings::requirements::check_classes;
use crate::{Checkpoint, ModalityScore, Predictions, Report, TrainError};
use burn::prelude::*;
use misa_core::Task;
use misa_data::{LockedTest, Split, Utterance};
use std::path::Path;

/// Scores the model of a finished run on its test split, and adds the scores to its report.
///
/// The manifest records first, permanently, that the split was opened: tables mark results whose
/// test split had been opened before.
///
/// # Errors
///
/// [`TrainError`] if the run is not finished, the split belongs to other data or is empty, a label
/// is not a class, or a file cannot be read or written.
pub fn score_test(
    dir: impl AsRef<Path>,
    test: LockedTest,
    device: &Device,
) -> Result<Report, TrainError> {
    let path = dir.as_ref();
    let split = Split::Test;
    let mut folder = RunFolder::open_finished(path)?;
    check_test(&folder, &test)?;
    let checkpoint = Checkpoint::load(path.join(Checkpoint::FOLDER), device)?;
    let config = folder.manifest.config.clone();
    let constant = test.constant(config.loss.task);
    let utterances = test.open(|| record_opening(&mut folder))?;
    if let Task::Classification { classes } = config.loss.task {
        check_classes(split, &utterances, classes)?;
    }
    let evaluation = checkpoint.evaluate(&utterances, &config.loss, config.batch_size, device)?;

    let mut report = Report::read(path)?;
    report.scores.retain(|(scored, _)| *scored != split);
    let mut scores = evaluation.scores_beside(config.loss.task, constant);
    scores.coverage = evaluation.coverage(&checkpoint);
    report.scores.push((split, scores));
    report.modality_scores.retain(|score| score.split != split);
    report
        .modality_scores
        .extend(ModalityScore::all(&evaluation, &utterances, split));
    if let (Some(bert), Some(text)) = (&mut report.bert, &checkpoint.bert) {
        let counts = checkpoint.token_counts(&utterances, config.batch_size);
        let counts: Vec<_> = counts.map(|counts| (split, counts)).into_iter().collect();
        bert.notes.retain(|note| !note.starts_with("test: "));
        bert.notes.extend(text::notes(text, &counts));
        bert.tokens.retain(|(counted, _)| *counted != split);
        bert.tokens.extend(counts);
    }
    report.test_openings = folder.manifest.test_openings();
    report.folder = path.to_path_buf();
    let mut written = vec![Predictions::new(&evaluation, &utterances).write(path, split)?];
    let model_folder = path.join(Checkpoint::FOLDER);
    written.push(checkpoint.write_card(&model_folder, &report.run_summary())?);
    written.extend(report.write()?);
    record_checksums(&mut folder, &written)?;
    Ok(report)
}

/// The test utterances of a finished run, for other uses than [`score_test`]; the manifest records
/// the opening, too.
///
/// # Errors
///
/// [`TrainError`] if the run is not finished, the split belongs to other data or is empty, or the
/// manifest cannot be written; the split then stays locked.
pub fn open_test(dir: impl AsRef<Path>, test: LockedTest) -> Result<Vec<Utterance>, TrainError> {
    let mut folder = RunFolder::open_finished(dir.as_ref())?;
    check_test(&folder, &test)?;
    test.open(|| record_opening(&mut folder))
}

/// Refuses a split that is empty, or of other data than the run's.
pub(crate) fn check_test(folder: &RunFolder, test: &LockedTest) -> Result<(), TrainError> {
    if test.is_empty() {
        return Err(TrainError::EmptySplit { split: Split::Test });
    }
    let expected = folder.manifest.data.checksum.clone();
    if test.checksum() != expected {
        let found = test.checksum();
        return Err(TrainError::ChangedData {
            path: folder.path().to_path_buf(),
            changes: vec![other_content(&expected, found)],
        });
    }
    Ok(())
}

/// Records the opening of the split in the manifest.
pub(crate) fn record_opening(folder: &mut RunFolder) -> Result<(), TrainError> {
    let mut manifest = folder.manifest.clone();
    manifest.openings.push(Opening {
        at: now(),
        epochs: manifest.epochs(),
        data: manifest.data.checksum.clone(),
        command: command(),
    });
    folder.replace(manifest)
}

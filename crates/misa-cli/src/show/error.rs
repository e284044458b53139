//! Errors of runs that are shown together.

use misa_core::Task;
use misa_infer::score::scores;
use misa_infer::{LabelScale, NamedScores, ScoreNeed};
use misa_train::{Report, TrainError};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Runs that cannot be shown together.
#[derive(Debug, Error)]
pub(crate) enum RunsError {
    /// Runs of different tasks, which have different scores.
    #[error(
        "{path}: its task is {}, expected {} as in {first}", task(*found), task(*expected),
        path = path.display(), first = first.display()
    )]
    Task {
        /// The run.
        path: PathBuf,
        /// Its task.
        found: Task,
        /// That of the first run.
        expected: Task,
        /// The first run.
        first: PathBuf,
    },
    /// Runs whose labels are on different scales, which have different scores.
    #[error(
        "{path}: its labels are on the scale of {}, expected that of {} as in {first}; show runs of each scale by themselves",
        scale(*found), scale(*expected), path = path.display(), first = first.display()
    )]
    Scale {
        /// The run.
        path: PathBuf,
        /// Its scale.
        found: LabelScale,
        /// That of the first run.
        expected: LabelScale,
        /// The first run.
        first: PathBuf,
    },
}

fn scale(scale: LabelScale) -> &'static str {
    match scale {
        LabelScale::Sims => "CH-SIMS, -1 to 1",
        _ => "CMU-MOSI, -3 to 3",
    }
}

fn task(task: Task) -> String {
    match task {
        Task::Regression => "a regression".to_string(),
        Task::Classification { classes } => format!("a classification of {classes} classes"),
    }
}

/// Refuses runs of another task than the first one.
///
/// # Errors
///
/// [`RunsError::Task`] names the first run of another task.
pub(crate) fn same_task(
    runs: impl IntoIterator<Item = (PathBuf, Task)>,
) -> Result<Option<Task>, RunsError> {
    let mut runs = runs.into_iter();
    let Some((first, expected)) = runs.next() else {
        return Ok(None);
    };
    match runs.find(|(_, task)| *task != expected) {
        None => Ok(Some(expected)),
        Some((path, found)) => Err(RunsError::Task {
            path,
            found,
            expected,
            first,
        }),
    }
}

/// The scale of the labels that these scores are of.
pub(crate) fn scale_of(found: &NamedScores) -> LabelScale {
    let is_found = |name: &str| found.iter().any(|(known, _)| known == name);
    let mut known = scores(Task::Regression).iter();
    if known.any(|named| named.need == ScoreNeed::MinusOneToOne && is_found(named.name)) {
        LabelScale::Sims
    } else {
        LabelScale::Sentiment
    }
}

/// The scale of the recorded scores of a finished run.
///
/// # Errors
///
/// [`TrainError`] if its report cannot be read.
pub(crate) fn recorded_scale(run: &Path) -> Result<LabelScale, TrainError> {
    let report = Report::read(run)?;
    let mut splits = report.scores.iter();
    let is_sims = splits.any(|(_, scored)| scale_of(&scored.scores) == LabelScale::Sims);
    Ok(if is_sims {
        LabelScale::Sims
    } else {
        LabelScale::Sentiment
    })
}

/// Refuses runs with labels on another scale than those of the first one.
///
/// # Errors
///
/// [`RunsError::Scale`] names the first run with another scale.
pub(crate) fn same_scale(
    runs: impl IntoIterator<Item = (PathBuf, LabelScale)>,
) -> Result<(), RunsError> {
    let mut runs = runs.into_iter();
    let Some((first, expected)) = runs.next() else {
        return Ok(());
    };
    match runs.find(|(_, scale)| *scale != expected) {
        None => Ok(()),
        Some((path, found)) => Err(RunsError::Scale {
            path,
            found,
            expected,
            first,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scales_are_named_whichever_is_the_first() {
        let runs = ["a", "b"].map(PathBuf::from).into_iter();
        let runs = runs.zip([LabelScale::Sims, LabelScale::Sentiment]);
        assert_eq!(
            same_scale(runs).unwrap_err().to_string(),
            "b: its labels are on the scale of CMU-MOSI, -3 to 3, expected that of CH-SIMS, -1 to 1 as in a; show runs \
             of each scale by themselves"
        );
    }
}

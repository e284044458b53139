//! Errors of runs that are shown together.

use misa_core::Task;
use std::path::PathBuf;
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

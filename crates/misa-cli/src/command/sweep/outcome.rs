//! The states of the runs of a sweep.

use crate::Exit;
use crate::sweep::Cell;
use misa_train::{Claim, Manifest, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fmt, fs};
use tempfile::TempPath;

/// The state of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum RunState {
    /// It is finished.
    Done,
    /// An error ended it.
    Failed {
        /// The error.
        error: String,
    },
    /// Others were better at a rung.
    LeftBehind {
        /// Epochs that it was trained.
        rung: usize,
    },
    /// Another process is working on it.
    Elsewhere,
    /// Not started, stopped on request, or abandoned by a process that was killed.
    Unfinished,
}

/// A run with its state.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RunOutcome {
    pub name: String,
    #[serde(flatten)]
    pub state: RunState,
}

/// The number of runs in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Count {
    pub runs: usize,
    pub done: usize,
    pub failed: usize,
    pub left_behind: usize,
    pub elsewhere: usize,
    pub unfinished: usize,
}

impl RunOutcome {
    /// The state of each of `cells`, whose folders are in `out`.
    /// `left_behind`: the rung at which runs were left behind, by their names.
    pub fn all(
        cells: &[Cell],
        out: &Path,
        failures: &Failures,
        left_behind: &BTreeMap<String, usize>,
    ) -> Vec<Self> {
        let failed = failures.read();
        let outcome = |cell: &Cell| {
            let found = state(&out.join(&cell.name), failed.get(&cell.name));
            let state = match (found, left_behind.get(&cell.name)) {
                (RunState::Unfinished, Some(&rung)) => RunState::LeftBehind { rung },
                (found, _) => found,
            };
            Self {
                name: cell.name.clone(),
                state,
            }
        };
        cells.iter().map(outcome).collect()
    }
}

fn state(folder: &Path, failed: Option<&String>) -> RunState {
    // Checked first: a run that another process finishes in between is done then.
    let is_taken = Claim::is_taken(folder);
    match (status(folder), failed) {
        (Some(Status::Finished), _) => RunState::Done,
        (_, Some(error)) => RunState::Failed {
            error: error.clone(),
        },
        _ if is_taken => RunState::Elsewhere,
        (Some(Status::Failed { message }), None) => RunState::Failed { error: message },
        _ => RunState::Unfinished,
    }
}

/// The status of the run in a folder; `None` if it has not started.
pub(super) fn status(folder: &Path) -> Option<Status> {
    Manifest::read(folder).ok().map(|manifest| manifest.status)
}

impl Count {
    pub fn of(outcomes: &[RunOutcome]) -> Self {
        let mut count = Self {
            runs: outcomes.len(),
            ..Self::default()
        };
        for outcome in outcomes {
            match outcome.state {
                RunState::Done => count.done += 1,
                RunState::Failed { .. } => count.failed += 1,
                RunState::LeftBehind { .. } => count.left_behind += 1,
                RunState::Elsewhere => count.elsewhere += 1,
                RunState::Unfinished => count.unfinished += 1,
            }
        }
        count
    }

    /// The exit status for these states.
    pub fn exit(self, is_stopped: bool) -> Exit {
        if self.failed + self.unfinished == 0 {
            Exit::Done
        } else if is_stopped {
            Exit::Stopped
        } else {
            Exit::Failed
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            runs, done, failed, ..
        } = self;
        write!(f, "{done} of {runs} runs done, {failed} failed")?;
        if self.left_behind > 0 {
            write!(f, ", {} left behind by better ones", self.left_behind)?;
        }
        if self.elsewhere > 0 {
            write!(f, ", {} in work by other processes", self.elsewhere)?;
        }
        if self.unfinished > 0 {
            write!(f, ", {} not finished", self.unfinished)?;
        }
        Ok(())
    }
}

/// The runs of a command that failed, in a file that its workers share: a run that failed before it
/// had a manifest is recorded nowhere else.
#[derive(Debug)]
pub(super) struct Failures {
    path: PathBuf,
    /// Removes the file when dropped.
    _file: Option<TempPath>,
}

#[derive(Serialize, Deserialize)]
struct Failure {
    name: String,
    error: String,
}

impl Failures {
    /// No failures yet.
    pub fn new() -> io::Result<Self> {
        let file = tempfile::Builder::new()
            .prefix("misa-sweep-")
            .tempfile()?
            .into_temp_path();
        Ok(Self {
            path: file.to_path_buf(),
            _file: Some(file),
        })
    }

    /// The failures in a file of another process.
    pub fn of(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            _file: None,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds one, with a single write: other processes append to the file, too.
    pub fn add(&self, name: &str, error: String) -> io::Result<()> {
        let name = name.to_string();
        let mut line = serde_json::to_string(&Failure { name, error })?;
        line.push('\n');
        let mut file = fs::File::options().append(true).open(&self.path)?;
        file.write_all(line.as_bytes())
    }

    /// Every error by the name of its run.
    pub fn read(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        // A process that was killed may have left a part of a line.
        let failures = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        failures
            .map(|Failure { name, error }| (name, error))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(states: &[&RunState]) -> Count {
        let outcome = |&state: &&RunState| RunOutcome {
            name: "a".to_string(),
            state: state.clone(),
        };
        Count::of(&states.iter().map(outcome).collect::<Vec<_>>())
    }

    #[test]
    fn a_sweep_is_done_when_no_run_remains() {
        let failed = RunState::Failed {
            error: "no".to_string(),
        };
        let [done, elsewhere, unfinished] =
            [RunState::Done, RunState::Elsewhere, RunState::Unfinished];
        let exit = |states: &[&RunState], is_stopped| count(states).exit(is_stopped);
        assert_eq!(exit(&[&done], false), Exit::Done);
        assert_eq!(exit(&[&done, &elsewhere], false), Exit::Done);
        assert_eq!(exit(&[&done, &failed], false), Exit::Failed);
        assert_eq!(exit(&[&done, &unfinished], false), Exit::Failed);
        assert_eq!(exit(&[&done, &unfinished], true), Exit::Stopped);
        assert_eq!(exit(&[&failed], true), Exit::Stopped);
        // The signal came too late to stop anything.
        assert_eq!(exit(&[&done], true), Exit::Done);
    }

    #[test]
    fn runs_that_remain_are_counted() {
        let [done, elsewhere, unfinished] =
            [RunState::Done, RunState::Elsewhere, RunState::Unfinished];
        assert_eq!(
            count(&[&done, &elsewhere, &unfinished]).to_string(),
            "1 of 3 runs done, 0 failed, 1 in work by other processes, 1 not finished"
        );
        assert_eq!(count(&[&done]).to_string(), "1 of 1 runs done, 0 failed");
    }

    #[test]
    fn the_state_of_a_run_is_read_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        assert_eq!(state(&run, None), RunState::Unfinished);
        let claim = Claim::take(&run).unwrap();
        assert_eq!(state(&run, None), RunState::Elsewhere);
        let error = "no device".to_string();
        assert_eq!(
            state(&run, Some(&error)),
            RunState::Failed {
                error: error.clone()
            }
        );
        drop(claim);
        assert_eq!(state(&run, None), RunState::Unfinished);
    }

    #[test]
    fn failures_are_shared_and_an_incomplete_line_is_ignored() {
        let failures = Failures::new().unwrap();
        let shared = Failures::of(failures.path());
        shared.add("a", "line 1\nline 2".to_string()).unwrap();
        failures.add("b", "no".to_string()).unwrap();
        let mut file = fs::File::options()
            .append(true)
            .open(failures.path())
            .unwrap();
        file.write_all(b"{\"name\":\"c\",\"err").unwrap();
        let failed = shared.read();
        assert_eq!(failed.len(), 2);
        assert_eq!(failed["a"], "line 1\nline 2");
        let path = failures.path().to_path_buf();
        drop(failures);
        assert!(!path.exists());
    }
}

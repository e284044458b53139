//! Exit statuses.

use crate::command::say_object;
use crate::fault::Fault;
use misa_train::TrainError;
use serde_json::json;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// The result of a command: its exit status, or an error.
pub type Outcome = Result<Exit, Box<dyn Error>>;

/// Exit status of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// An error occurred, an examined data set or run has problems, or runs of a sweep are not done.
    Failed = 1,
    /// The command line is not understood, or the data to examine cannot be read.
    Usage = 2,
    /// Stopped on request; the same command with `--resume` continues.
    Stopped = 75,
}

/// The table of exit statuses, for help texts.
pub const EXIT_STATUS: &str = "Exit status:
  0    done; sweep: every run is done, or another process is working on it
  1    an error, described in one line on the standard error stream, and with --json
       as an object on the standard output too;
       data doctor, verify: problems were found;
       sweep: a run has failed or is not finished
  2    the command line is not understood; data doctor: nothing can be read
  75   stopped by SIGTERM, Ctrl-C or the end of the terminal (Linux), the last
       state is kept: --resume continues;
       a second signal, more than a second later, ends at once
  101  a bug: please report what the standard error stream says";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The exit status of a program; prints an error as one line after its name.
pub fn exit(program: &str, outcome: Outcome) -> ExitCode {
    let exit = outcome.unwrap_or_else(|error| {
        // Unlike `eprintln!`, this does not panic if the terminal is gone.
        let _ = writeln!(io::stderr(), "{program}: {error}");
        status(error.as_ref())
    });
    exit.into()
}

/// The same, and prints the error as JSON on the standard output.
pub(crate) fn exit_json(program: &str, outcome: Outcome) -> ExitCode {
    if let Err(error) = &outcome {
        say_fault(&Fault::of(error.as_ref()));
    }
    exit(program, outcome)
}

/// Prints an error as JSON.
pub(crate) fn say_fault(fault: &Fault) {
    // A closed standard output does not hide the message on the standard error stream.
    let _ = say_object(json!({ "error": fault }));
}

/// The exit status for an error.
pub(crate) fn status(error: &(dyn Error + 'static)) -> Exit {
    match error.downcast_ref::<TrainError>() {
        Some(TrainError::Stopped { .. }) => Exit::Stopped,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_stopped_has_another_status_than_one_that_failed() {
        let path = "runs/a".into();
        let stopped = TrainError::Stopped { path, updates: 7 };
        assert_eq!(status(&stopped), Exit::Stopped);
        let busy = TrainError::Busy {
            path: "runs/a".into(),
        };
        assert_eq!(status(&busy), Exit::Failed);
    }
}

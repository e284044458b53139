//! How the program ends.

use misa_train::TrainError;
use std::{error::Error, process::ExitCode};

/// What a command gives back: its exit status, or what went wrong.
pub type Outcome = Result<Exit, Box<dyn Error>>;

/// Exit status of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something went wrong, what was looked at is not as it should be, or runs of a sweep are not
    /// done.
    Failed = 1,
    /// The command line is not understood, or what is to be looked at cannot be read.
    Usage = 2,
    /// Stopped on request; the same command with `--resume` goes on.
    Stopped = 75,
}

/// The table of exit statuses, for help texts.
pub const EXIT_STATUS: &str = "Exit status:
  0    done; sweep: every run is done, or another process is at work on it
  1    something went wrong, one line on the standard error stream says what;
       data doctor, verify: what was looked at is not as it should be;
       sweep: a run has failed or is not finished
  2    the command line is not understood; data doctor: nothing can be read
  75   stopped by SIGTERM or Ctrl-C, the last state is kept: --resume goes on;
       a second one, later than a second, ends at once
  101  a bug: please report what the standard error stream says";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The exit status of a program; says what went wrong in one line, under its name.
pub fn exit(program: &str, outcome: Outcome) -> ExitCode {
    let exit = outcome.unwrap_or_else(|error| {
        eprintln!("{program}: {error}");
        status(error.as_ref())
    });
    exit.into()
}

fn status(error: &(dyn Error + 'static)) -> Exit {
    match error.downcast_ref::<TrainError>() {
        Some(TrainError::Stopped { .. }) => Exit::Stopped,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_stopped_can_be_told_from_one_that_failed() {
        let path = "runs/a".into();
        let stopped = TrainError::Stopped { path, updates: 7 };
        assert_eq!(status(&stopped), Exit::Stopped);
        let busy = TrainError::Busy {
            path: "runs/a".into(),
        };
        assert_eq!(status(&busy), Exit::Failed);
    }
}

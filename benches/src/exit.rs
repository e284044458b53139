//! How a bench ends.

use misa_cli::Exit;
use std::{error::Error, process::ExitCode};

/// The exit status of a bench; says what went wrong in one line, under its name.
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    misa_cli::exit(program, result.map(|()| Exit::Done))
}

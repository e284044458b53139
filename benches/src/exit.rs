//! How a bench ends.

use std::error::Error;
use std::process::ExitCode;

/// The exit status of a program; prints an error as one line after its name.
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}

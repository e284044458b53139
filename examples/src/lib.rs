//! What the examples share: the choice of a device, the command line of training, and how a program
//! ends.

mod training;
mod words;

pub use misa_cli::{DeviceError, default_device, device, names};
pub use training::TrainingArguments;
pub use words::lower_case_words;

use burn::tensor::Device;
use misa_cli::Exit;
use std::{env, error::Error, process::ExitCode};

/// The device that follows `--device` on the command line, or the first one compiled in.
///
/// # Errors
///
/// As [`device()`].
pub fn chosen_device() -> Result<Device, DeviceError> {
    let mut arguments = env::args().skip_while(|argument| argument != "--device");
    let name = arguments.nth(1);
    device(name.as_deref().unwrap_or(default_device()))
}

/// The exit status of a program; prints an error as one line after its name.
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    misa_cli::exit(program, result.map(|()| Exit::Done))
}

/// Compiles the README's code.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

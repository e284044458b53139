//! What the examples and the benches share: the choice of a device, the line that shows progress,
//! the command line of training, and how a program ends.

mod ablation;
mod training;
mod variant;
mod words;

pub use ablation::Ablation;
pub use misa_cli::{DeviceError, default_device, device, names};
pub use training::{TextArguments, TrainingArguments};
pub use variant::{VARIANTS, Variant};
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

/// The exit status of a program; says what went wrong in one line, under its name.
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    misa_cli::exit(program, result.map(|()| Exit::Done))
}

/// Holds the README's code to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

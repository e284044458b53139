//! What the examples share: the choice of a device, the command line of training, and how a program
//! ends.

mod training;
mod words;

use burn::tensor::Device;
use clap::{Arg, Command};
use misa_cli::Exit;
pub use misa_cli::{DeviceError, default_device, device, names};
use std::error::Error;
use std::process::ExitCode;
pub use training::TrainingArguments;
pub use words::lower_case_words;

/// The device that `--device` names on the command line of `program`, or the first one compiled in.
/// Prints `about` and ends the program if the command line asks for help, or is not understood.
///
/// # Errors
///
/// As [`device()`].
pub fn chosen_device(program: &'static str, about: &'static str) -> Result<Device, DeviceError> {
    let option = Arg::new("device")
        .long("device")
        .value_name("NAME")
        .default_value(default_device())
        .help("Where to compute");
    let typed = Command::new(program).about(about).arg(option).get_matches();
    let name = typed.get_one::<String>("device");
    device(name.map_or(default_device(), String::as_str))
}

/// The exit status of a program; prints an error as one line after its name.
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    misa_cli::exit(program, result.map(|()| Exit::Done))
}

/// Compiles the README's code.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

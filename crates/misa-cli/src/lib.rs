//! The command line of misa: one program that reads settings, calls the libraries and shows what
//! they find.
//!
//! ```text
//! misa data doctor | data convert     what a data set holds; any layout to one file
//! misa train | evaluate | predict     a run, its one look at the test split, other utterances
//! misa degrade                        the same with modalities or frames missing
//! misa embed | plot | report          representations, figures, a page with all of them
//! misa table | sweep | ablation       many runs compared; many runs made; variants of MISA
//! misa plan                           how many seeds show a difference
//! misa protocol                       what runs would score under the protocols of other papers
//! misa serve                          models behind HTTP
//! misa lend                           a device of this machine, to programs elsewhere
//! misa settings                       what every setting means and may be
//! misa verify                         whether a run folder is what was written
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `command/` | the commands, one file or folder each |
//! | `settings/` | settings in layers, and those of a run |
//! | `sweep/` | the runs of a sweep, and which process does which of them |
//! | `ablation/` | variants of MISA, and the table that compares them |
//! | `files.rs` | options that say which files the data is in |
//! | `launch.rs`, `seeds.rs`, `source.rs` | settings to a run, seeds of several, and a run folder to its data |
//! | `contradiction.rs` | settings that contradict the data |
//! | `runs.rs`, `place.rs` | runs below a folder, and where the paths in their settings lead |
//! | `compare.rs` | finished runs to a comparison |
//! | `show/` | what runs found, handed to `misa-report` |
//! | `device.rs`, `remote/`, `progress.rs`, `terminal.rs`, `signals.rs` | the machine and the terminal |
//! | `exit.rs`, `fault.rs` | the ways to end, and an error as programs read it |
//!
//! The examples of this repository use the same parts.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod ablation;
pub mod command;
mod compare;
mod contradiction;
mod device;
mod exit;
mod fault;
mod files;
mod launch;
mod place;
mod progress;
mod remote;
mod runs;
mod seeds;
pub mod settings;
mod show;
mod signals;
mod source;
mod speech;
pub mod sweep;
mod terminal;

use clap::Parser;
pub use command::SettingsArguments;
pub use compare::{CompareRequest, compare};
pub use device::{DeviceError, default_device, names};
pub use exit::{EXIT_STATUS, Exit, Outcome, exit};
pub use files::{ModalityFiles, MovedData};
pub use launch::Launch;
pub use progress::{ProgressLine, Steps};
pub use remote::{device, devices};
pub use seeds::Seeds;
pub use signals::{Requests, requests_on_signals, stop_on_signals};
pub use source::{RunSource, settings_of};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

/// The program: reads the command line, does what it says.
pub fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    let is_json = is_json(env::args_os().skip(1));
    match command::Arguments::try_parse() {
        Ok(arguments) if is_json => exit::exit_json("misa", outcome(&arguments)),
        Ok(arguments) => exit("misa", outcome(&arguments)),
        Err(error) => {
            // A text that was asked for, such as the version, is no error.
            if is_json && error.use_stderr() {
                let message = error.render().to_string();
                exit::say_fault(&fault::Fault::new("usage", message.trim_end().to_string()));
            }
            error.exit()
        }
    }
}

/// What the command comes to. A device of another process may go while it computes.
fn outcome(arguments: &command::Arguments) -> Outcome {
    #[cfg(feature = "remote")]
    return remote::guarded(|| arguments.run());
    #[cfg(not(feature = "remote"))]
    arguments.run()
}

/// Whether a command line asks for JSON, also one that is not understood.
fn is_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut options = arguments.take_while(|argument| argument != "--");
    options.any(|argument| argument == "--json")
}

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

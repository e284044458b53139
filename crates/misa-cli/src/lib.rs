//! The command line of misa: one program that reads settings, calls the libraries and shows what
//! they find.
//!
//! ```text
//! misa data doctor | data convert     what a data set holds; any layout to one file
//! misa train | evaluate | predict     a run, its one look at the test split, other utterances
//! misa degrade                        the same with modalities missing
//! misa embed | plot | report          representations, figures, a page with all of them
//! misa table | sweep | ablation       many runs compared; many runs made; variants of MISA
//! misa verify                         whether a run folder is what was written
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `command/` | the commands, one file or folder each |
//! | `settings/` | settings in layers, and those of a run |
//! | `sweep/` | the runs of a sweep, and which process does which of them |
//! | `ablation/` | variants of MISA, and the table that compares them |
//! | `launch.rs`, `seeds.rs`, `source.rs` | settings to a run, seeds of several, and a run folder to its data |
//! | `compare.rs` | finished runs to a comparison |
//! | `show/` | what runs found, handed to `misa-report` |
//! | `device.rs`, `progress.rs`, `signals.rs`, `exit.rs` | the machine, the terminal, the ways to end |
//!
//! The examples of this repository use the same parts.

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod ablation;
pub mod command;
mod compare;
mod device;
mod exit;
mod launch;
mod progress;
mod seeds;
pub mod settings;
mod show;
mod signals;
mod source;
pub mod sweep;

pub use command::SettingsArguments;
pub use compare::compare;
pub use device::{DeviceError, default_device, device, devices, names};
pub use exit::{EXIT_STATUS, Exit, Outcome, exit};
pub use launch::Launch;
pub use progress::{ProgressLine, Steps};
pub use seeds::Seeds;
pub use signals::{Requests, requests_on_signals, stop_on_signals};
pub use source::{RunSource, settings_of};

use clap::Parser;
use std::process::ExitCode;

/// The program: reads the command line, does what it says.
pub fn main() -> ExitCode {
    exit("misa", command::Arguments::parse().run())
}

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

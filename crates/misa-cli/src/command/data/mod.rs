//! Commands about data sets.

mod convert;
mod doctor;

pub use convert::ConvertArguments;
pub use doctor::DoctorArguments;

use crate::Outcome;
use clap::Subcommand;

/// A command about data sets.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show what a data set holds, what is wrong with it, and how to fix that
    Doctor(DoctorArguments),
    /// Write a data set of any layout as one .safetensors file
    Convert(ConvertArguments),
}

impl Command {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Doctor(arguments) => arguments.run(),
            Self::Convert(arguments) => arguments.run(),
        }
    }
}

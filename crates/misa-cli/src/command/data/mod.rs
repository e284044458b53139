//! Commands about data sets.

mod convert;
mod doctor;

use crate::Outcome;
use clap::Subcommand;
pub use convert::ConvertArguments;
pub use doctor::DoctorArguments;

// The commands are described by their arguments: a comment here would hide the long text.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    Doctor(DoctorArguments),
    Convert(ConvertArguments),
}

impl Command {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Doctor(arguments) => arguments.run(),
            Self::Convert(arguments) => arguments.run(),
        }
    }
}

//! Commands about data sets.

mod assemble;
mod convert;
mod doctor;
pub(super) mod features;
mod moves;

use crate::Outcome;
pub use assemble::AssembleArguments;
use clap::Subcommand;
pub use convert::ConvertArguments;
pub use doctor::DoctorArguments;
pub use features::FeaturesArguments;

// The commands are described by their arguments: a comment here would hide the long text.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    Assemble(Box<AssembleArguments>),
    Features(FeaturesArguments),
    Doctor(DoctorArguments),
    Convert(ConvertArguments),
}

impl Command {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Assemble(arguments) => arguments.run(),
            Self::Features(arguments) => arguments.run(),
            Self::Doctor(arguments) => arguments.run(),
            Self::Convert(arguments) => arguments.run(),
        }
    }
}

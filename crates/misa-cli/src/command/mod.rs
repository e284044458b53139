//! The commands.

mod ablation;
mod aligned;
mod complete;
mod completions;
pub mod data;
mod degrade;
mod embed;
mod evaluate;
#[cfg(feature = "serve")]
mod export;
mod json;
#[cfg(feature = "remote")]
mod lend;
mod output;
mod plan;
mod plot;
mod predict;
mod protocol;
mod reference;
mod report;
mod score_rows;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod sweep;
mod table;
mod train;
mod verify;

use crate::{EXIT_STATUS, Exit, Outcome};
pub use ablation::AblationArguments;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub(crate) use json::say_object;
pub(crate) use plan::PlanError;
pub(crate) use protocol::ProtocolError;
use serde::Serialize;
pub use settings::{Setting, SettingOptions, SettingsArguments};
use std::io::{self, Write};
pub(crate) use train::ResumeError;

/// Multimodal sentiment analysis with MISA: train it, trust its runs, see what it learned.
#[derive(Parser, Debug)]
#[command(name = "misa", version, after_help = EXIT_STATUS)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Examine data sets and convert them
    #[command(subcommand)]
    Data(data::Command),
    // The others are described by their arguments: a comment here would hide the long text.
    Train(Box<train::Arguments>),
    Evaluate(evaluate::Arguments),
    Degrade(degrade::Arguments),
    Complete(complete::Arguments),
    Predict(predict::Arguments),
    Embed(embed::Arguments),
    Plot(plot::Arguments),
    Report(report::Arguments),
    #[cfg(feature = "serve")]
    Export(export::Arguments),
    #[cfg(feature = "serve")]
    Serve(Box<serve::Arguments>),
    /// Not in this program
    #[cfg(not(feature = "serve"))]
    #[command(hide = true)]
    Export {
        /// What would be exported
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<std::ffi::OsString>,
    },
    /// Not in this program
    #[cfg(not(feature = "serve"))]
    #[command(hide = true)]
    Serve {
        /// What the server would be told
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<std::ffi::OsString>,
    },
    #[cfg(feature = "remote")]
    Lend(lend::Arguments),
    /// Not in this program
    #[cfg(not(feature = "remote"))]
    #[command(hide = true)]
    Lend {
        /// What would be lent
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<std::ffi::OsString>,
    },
    Sweep(sweep::Arguments),
    Ablation(Box<AblationArguments>),
    Table(table::Arguments),
    Plan(plan::Arguments),
    Protocol(protocol::Arguments),
    Settings(reference::Arguments),
    Verify(verify::Arguments),
    /// Print a script for completing this program's command line in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
}

impl Arguments {
    /// Runs the command.
    ///
    /// # Errors
    ///
    /// Whatever stops the command.
    pub fn run(&self) -> Outcome {
        match &self.command {
            Command::Data(command) => command.run(),
            Command::Train(arguments) => arguments.run(),
            Command::Evaluate(arguments) => arguments.run(),
            Command::Degrade(arguments) => arguments.run(),
            Command::Complete(arguments) => arguments.run(),
            Command::Predict(arguments) => arguments.run(),
            Command::Embed(arguments) => arguments.run(),
            Command::Plot(arguments) => arguments.run(),
            Command::Report(arguments) => arguments.run(),
            #[cfg(feature = "serve")]
            Command::Export(arguments) => arguments.run(),
            #[cfg(not(feature = "serve"))]
            Command::Export { .. } => Err(
                "this program was built without the page of a server: build it with `--features serve`".into(),
            ),
            #[cfg(feature = "serve")]
            Command::Serve(arguments) => arguments.run(),
            #[cfg(not(feature = "serve"))]
            Command::Serve { .. } => Err(
                "this program was built without a server: build it with `--features serve`".into(),
            ),
            #[cfg(feature = "remote")]
            Command::Lend(arguments) => arguments.run(),
            #[cfg(not(feature = "remote"))]
            Command::Lend { .. } => Err(
                "this program was built without remote devices: build it with `--features remote`".into(),
            ),
            Command::Sweep(arguments) => arguments.run(),
            Command::Ablation(arguments) => arguments.run(),
            Command::Table(arguments) => arguments.run(),
            Command::Plan(arguments) => arguments.run(),
            Command::Protocol(arguments) => arguments.run(),
            Command::Settings(arguments) => arguments.run(),
            Command::Verify(arguments) => arguments.run(),
            Command::Completions { shell } => complete(*shell),
        }
    }
}

fn complete(shell: Shell) -> Outcome {
    say(&completions::script(shell, Arguments::command()))?;
    Ok(Exit::Done)
}

/// Which utterances of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SplitName {
    Train,
    Valid,
    Test,
}

impl From<SplitName> for misa_data::Split {
    fn from(name: SplitName) -> Self {
        match name {
            SplitName::Train => Self::Train,
            SplitName::Valid => Self::Valid,
            SplitName::Test => Self::Test,
        }
    }
}

/// Prints text as it is, without a newline after it.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has closed the pipe: it has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints a value as JSON.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), Box<dyn std::error::Error>> {
    let json = serde_json::to_string_pretty(value)?;
    Ok(say(&format!("{json}\n"))?)
}

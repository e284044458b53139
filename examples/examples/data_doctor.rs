//! Says what a data set holds, what is wrong with it, and what to do about that: the command
//! `misa data doctor` as a program of its own.
//!
//! ```text
//! cargo run --release --example data_doctor -- PATH
//! cargo run --release --example data_doctor -- PATH --json
//! ```
//!
//! Ends with 0 when all is fine, 1 when there are warnings or errors, 2 when nothing can be read.

use clap::Parser;
use misa_cli::command::data::DoctorArguments;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    doctor: DoctorArguments,
}

fn main() -> ExitCode {
    misa_cli::exit("data_doctor", Arguments::parse().doctor.run())
}

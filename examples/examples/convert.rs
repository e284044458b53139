//! Writes any data set as one `.safetensors` file of ours, in little memory: the command
//! `misa data convert` as a program of its own.
//!
//! ```text
//! cargo run --release --example convert -- datasets/MOSI mosi.safetensors
//! ```
//!
//! Ends with one line: utterances per split, size, checksum.

use clap::Parser;
use misa_cli::command::data::ConvertArguments;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    convert: ConvertArguments,
}

fn main() -> ExitCode {
    misa_cli::exit("convert", Arguments::parse().convert.run())
}

//! What each part of MISA, and each remedy beyond it, is worth: the command `misa ablation` as a
//! program of its own.
//!
//! ```text
//! cargo run --release --example ablation -- --variants MISA,misa+ --seeds 1..3
//! cargo run --release --example ablation -- --data PATH --corpus mosi --seeds 1..5 --workers 4
//! ```
//!
//! Writes a run folder per variant and seed, and `ablation.md` with scores of the valid split,
//! paired differences to MISA and the seconds of the quickest training epoch.

use clap::Parser;
use misa_cli::command::AblationArguments;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    ablation: AblationArguments,
}

fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    misa_memory::ask_for_large_pages();
    misa_cli::exit("ablation", Arguments::parse().ablation.run())
}

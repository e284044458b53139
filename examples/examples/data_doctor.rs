//! Says what a data set holds, what is wrong with it, and what to do about that.
//!
//! ```text
//! cargo run --release --example data_doctor -- PATH
//! cargo run --release --example data_doctor -- PATH --json
//! ```
//!
//! Ends with 0 when all is fine, 1 when there are warnings or errors, 2 when nothing can be read.

use clap::Parser;
use misa_data::doctor::{Examination, Progress, examine_with};
use misa_data::{Format, OpenOptions, Padding, Policy, SyntheticConfig};
use misa_examples::ProgressLine;
use std::io::{self, IsTerminal, Write};
use std::{error::Error, path::Path, path::PathBuf, process::ExitCode};

/// Say what a data set holds, what is wrong with it, and what to do about that.
///
/// Reads any layout that train_mosei reads, once, in little memory. Without PATH, examines the
/// synthetic set.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit status: 0 fine, 1 warnings or errors found, 2 not readable.

Examples:
  data_doctor datasets/MOSI
  data_doctor mosi/unaligned_50.pkl --json > mosi.json
  data_doctor mosei/unaligned_50.pkl --policy compat"
)]
struct Arguments {
    /// File or folder to examine; without it, the synthetic set
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Print the examination as JSON
    #[arg(long)]
    json: bool,
    /// Numbers that are none: strict (errors) or compat (replaced, as the original codes do)
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Where padded files have their padding: auto, left, right or mask
    #[arg(long, value_name = "NAME", default_value_t)]
    padding: Padding,
    /// Layout of the data, if it is not to be guessed
    #[arg(long, value_name = "NAME", requires = "path")]
    format: Option<Format>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("data_doctor: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8, Box<dyn Error>> {
    let options = OpenOptions::new()
        .with_format(arguments.format)
        .with_policy(arguments.policy)
        .with_padding(arguments.padding);
    let examination = match &arguments.path {
        Some(path) => examine(path, &options),
        None => {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("synthetic.safetensors");
            SyntheticConfig::new().generate().dataset.save(&path)?;
            examine(&path, &options)
        }
    };
    let mut text = match arguments.json {
        true => serde_json::to_string_pretty(&examination)?,
        false => examination.to_text(has_colour()),
    };
    text.truncate(text.trim_end().len());
    match writeln!(io::stdout(), "{text}") {
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(examination.status)
}

fn examine(path: &Path, options: &OpenOptions) -> Examination {
    let mut line = ProgressLine::new();
    examine_with(path, options, &mut |progress| {
        line.show(|| match progress {
            Progress::Utterances(count) => format!("{count} utterances read"),
            Progress::Checksum { bytes, of } => {
                format!("checksum: {} %", 100 * bytes / of.max(1))
            }
            _ => String::new(),
        });
    })
}

fn has_colour() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !is_unwanted
}

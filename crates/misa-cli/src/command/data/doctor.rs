//! The content of a data set, its problems and their remedies.

use crate::{
    Exit, Outcome, ProgressLine,
    command::{say, say_object},
};
use clap::Args;
use misa_data::{
    Format, OpenOptions, Padding, Policy, SyntheticConfig,
    doctor::{Examination, Progress, examine_with},
};
use std::{
    error::Error,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

/// Show what a data set holds, what is wrong with it, and how to fix that.
///
/// Reads any layout that training reads, in one pass and little memory. Without PATH, examines the
/// synthetic set.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit status: 0 fine, 1 warnings or errors found, 2 not readable.

Examples:
  misa data doctor datasets/MOSI
  misa data doctor mosi/unaligned_50.pkl --json > mosi.json
  misa data doctor mosei/unaligned_50.pkl --policy compat"
)]
pub struct DoctorArguments {
    /// File or folder to examine; without it, the synthetic set
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Print the examination as JSON
    #[arg(long)]
    json: bool,
    /// NaN and infinite values: strict rejects them, compat replaces them as the original codes do
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Where padded files have their padding: auto, left, right or mask
    #[arg(long, value_name = "NAME", default_value_t)]
    padding: Padding,
    /// Layout of the data, instead of detecting it
    #[arg(long, value_name = "NAME", requires = "path")]
    format: Option<Format>,
}

impl DoctorArguments {
    /// Examines the data, prints what it finds, and returns the exit status.
    ///
    /// # Errors
    ///
    /// Whatever keeps the examination from being printed.
    pub fn run(&self) -> Outcome {
        let examination = self.examine()?;
        if self.json {
            say_object(serde_json::to_value(&examination)?)?;
        } else {
            say(&format!(
                "{}\n",
                examination.to_text(has_colour()).trim_end()
            ))?;
        }
        Ok(match examination.status {
            0 => Exit::Done,
            1 => Exit::Failed,
            _ => Exit::Usage,
        })
    }

    fn examine(&self) -> Result<Examination, Box<dyn Error>> {
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy)
            .with_padding(self.padding);
        if let Some(path) = &self.path {
            return Ok(examine(path, &options));
        }
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("synthetic.safetensors");
        SyntheticConfig::new().generate().dataset.save(&path)?;
        Ok(examine(&path, &options))
    }
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

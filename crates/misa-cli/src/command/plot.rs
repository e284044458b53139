//! One figure.

use super::{SplitName, report::write, say};
use crate::{Exit, Outcome, show::record};
use clap::Args;
use misa_report::page;
use std::path::PathBuf;

/// Draw one of the figures that `misa report` draws, as SVG, PNG or the CSV of its numbers.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa plot runs/a --list
  misa plot runs/a attention -o attention.svg")]
pub struct Arguments {
    /// Run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Name of the figure, see --list
    #[arg(value_name = "FIGURE", required_unless_present = "list")]
    figure: Option<String>,
    /// File to write: .svg, .png or .csv
    #[arg(short, long, value_name = "FILE", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Print the names of all figures
    #[arg(long)]
    list: bool,
    /// Split whose utterances are shown; opening the test split is written down in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// Where the data is now, if it was moved
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::names()[0])]
    device: String,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let record = record(&self.run, self.split.into(), self.data.as_deref(), &device)?;
        let page = page(&record)?;
        let (Some(name), Some(out)) = (&self.figure, &self.out) else {
            for figure in page.figures() {
                say(&format!("{:28} {}\n", figure.name, figure.title))?;
            }
            return Ok(Exit::Done);
        };
        let mut figures = page.figures().iter();
        let Some(figure) = figures.find(|figure| figure.name == *name) else {
            let names = page.figures().iter().map(|figure| figure.name.as_str());
            let names: Vec<&str> = names.collect();
            return Err(format!("no figure `{name}`, expected one of {}", names.join(", ")).into());
        };
        let bytes = match out.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => figure.svg().into_bytes(),
            Some("png") => figure.png()?,
            Some("csv") => figure.data.clone().into_bytes(),
            _ => return Err(format!("{}: expected .svg, .png or .csv", out.display()).into()),
        };
        write(out, &bytes)?;
        Ok(Exit::Done)
    }
}

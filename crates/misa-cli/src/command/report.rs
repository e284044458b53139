//! One page of what a run found.

use super::{SplitName, say, say_json};
use crate::{Exit, Outcome, show::record};
use clap::Args;
use misa_data::write_whole;
use misa_report::page;
use serde_json::json;
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// Write what a run found as one HTML file that needs nothing else: curves, predictions,
/// confusions, representations, attention, settings and provenance.
///
/// Beside it, in figures/, every figure lies as SVG and PNG, with its numbers as CSV.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa report runs/a
  misa report runs/a --split test -o paper/report.html")]
pub struct Arguments {
    /// Run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Split whose utterances are shown; opening the test split is written down in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// File to write, in place of report.html in the run folder
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where the data is now, if it was moved
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::names()[0])]
    device: String,
    /// Print what was written, and the numbers beside the pictures, as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let record = record(&self.run, self.split.into(), self.data.as_deref(), &device)?;
        let page = page(&record)?;
        let default = self.run.join("report.html");
        let out = self.out.as_ref().unwrap_or(&default);
        let figures = out.with_file_name("figures");
        fs::create_dir_all(&figures).map_err(|error| format!("{}: {error}", figures.display()))?;
        for figure in page.figures() {
            let path = |extension: &str| figures.join(format!("{}.{extension}", figure.name));
            write(&path("svg"), figure.svg().as_bytes())?;
            write(&path("png"), &figure.png()?)?;
            write(&path("csv"), figure.data.as_bytes())?;
        }
        write(out, page.html().as_bytes())?;
        let count = page.figures().len();
        if self.json {
            let probes: Vec<_> = page.probes().iter().map(probe).collect();
            say_json(&json!({
                "page": out,
                "figures": page.figures().iter().map(|figure| &figure.name).collect::<Vec<_>>(),
                "probes": probes,
                "cmd_of_shared": page.shared_distance().map(|distance| distance.mean),
                "omitted": page.omitted(),
            }))?;
        } else {
            say(&format!(
                "{}: {count} figures, also in {}\n",
                out.display(),
                figures.display()
            ))?;
            for probe in page.probes() {
                say(&format!(
                    "modality told from {} vectors: {:.1} % (chance {:.1} %)\n",
                    probe.space,
                    100.0 * probe.accuracy,
                    100.0 * probe.chance
                ))?;
            }
            for omitted in page.omitted() {
                say(&format!("not drawn: {omitted}\n"))?;
            }
        }
        Ok(Exit::Done)
    }
}

fn probe(probe: &misa_report::Probe) -> serde_json::Value {
    json!({
        "space": probe.space,
        "accuracy": probe.accuracy,
        "spread": probe.spread,
        "chance": probe.chance,
        "utterances": probe.utterances,
    })
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let written = write_whole(path, |file| file.write_all(bytes));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}

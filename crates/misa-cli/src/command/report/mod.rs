//! The results of runs as one page.

mod figure_list;
mod files;
mod several;

use super::json::say_object;
use super::output::{check_file, check_outside_data, make_folder};
use super::{SplitName, say};
use crate::runs::NamedRuns;
use crate::show::Finished;
use crate::{Exit, MovedData, Outcome, Steps};
use clap::Args;
use files::{figure_folder, write_page};
use misa_report::{Page, page};
use misa_train::RunFiles;
use serde_json::json;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Write all results of a run as one page, or several runs together.
///
/// The page is a self-contained HTML file: scores, worst errors, predictions, confusions,
/// representations, attention, curves, settings and provenance. It contains the words of the
/// utterances, so do not publish it if the data must not be.
///
/// Of several runs, such as the seeds in a folder, it shows the recorded scores with their mean over the
/// seeds of each model on each data set, and the curves of all runs in the same charts.
///
/// figures/ beside it has every figure as SVG and PNG, with its numbers as CSV; for another page
/// FILE.html it is FILE-figures/.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa report runs/a
  misa report runs/a --split test -o paper/report.html
  misa report runs/mosi
  misa report runs/a runs/b -o both.html")]
pub struct Arguments {
    /// Run folders, or folders of runs
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Split whose utterances are shown; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// File to write, instead of report.html in the folder
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print what was written, and the numbers of the report, as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let named = NamedRuns::of_texts(&self.runs)?;
        let [run] = named.runs.as_slice() else {
            return self.several(named);
        };
        for other in &named.left_out {
            eprintln!("note: left out: {other}");
        }
        self.one(&run.folder)
    }

    fn one(&self, run: &Path) -> Outcome {
        let default = run.join(RunFiles::PAGE);
        let out = self.out.as_ref().unwrap_or(&default);
        let figures = figure_folder(run, out);
        self.check_place(&figures, std::iter::once(run))?;
        let device = crate::device(&self.device)?;
        let (finished, test) = Finished::open(run, &self.moved, &device)?;
        make_folder(&figures)?;
        check_file(out)?;
        // Reading the utterances, and drawing what was read.
        let mut steps = Steps::new(2);
        steps.doing("reading utterances");
        let record = finished.record(self.split.into(), test)?;
        steps.step();
        steps.doing("drawing");
        let page = page(&record)?;
        drop(steps);
        let home = std::iter::once(run);
        write_page(out, &page.html(), page.figures(), &figures, home)?;
        if self.json {
            say_object(numbers(&page, out, &figures))?;
        } else {
            say(&text(&page, out, &figures))?;
        }
        Ok(Exit::Done)
    }

    /// Refuses a page or figures in the data of the runs. Without `--out`, they are in the folder of runs.
    fn check_place<'r>(
        &self,
        figures: &Path,
        runs: impl Iterator<Item = &'r Path> + Clone,
    ) -> Result<(), Box<dyn Error>> {
        let Some(out) = &self.out else { return Ok(()) };
        check_outside_data(out, runs.clone(), &self.moved)?;
        check_outside_data(figures, runs, &self.moved)
    }
}

/// What was written and found, for people.
fn text(page: &Page, out: &Path, figures: &Path) -> String {
    let (count, out, figures) = (page.figures().len(), out.display(), figures.display());
    let mut lines = vec![format!("{out}: {count} figures, also in {figures}")];
    lines.extend(page.probes().iter().map(|probe| {
        format!(
            "modality recognised from {} vectors: {:.1} % (chance {:.1} %)",
            probe.space,
            100.0 * probe.accuracy,
            100.0 * probe.chance
        )
    }));
    lines.extend(page.shared_distance().map(|distance| {
        let pairs: Vec<String> = distance
            .pairs
            .iter()
            .map(|(one, other, cmd)| format!("{one} and {other} {cmd:.4}"))
            .collect();
        let mean = distance.mean;
        format!(
            "CMD between shared vectors: {}; mean {mean:.4}",
            pairs.join(", ")
        )
    }));
    let reasons = page.omitted().iter();
    lines.extend(reasons.map(|reason| format!("not drawn: {reason}")));
    lines.join("\n") + "\n"
}

/// The same for machines.
fn numbers(page: &Page, out: &Path, figures: &Path) -> serde_json::Value {
    let names: Vec<&str> = page
        .figures()
        .iter()
        .map(|figure| figure.name.as_str())
        .collect();
    json!({
        "page": out.display().to_string(),
        "figures": names,
        "figures_in": figures.display().to_string(),
        "probes": page.probes().iter().map(probe).collect::<Vec<_>>(),
        "cmd_of_shared": page.shared_distance().map(|distance| distance.mean),
        "cmd_of_pairs": page.shared_distance().map(|distance| pairs(&distance.pairs)),
        "omitted": page.omitted(),
    })
}

fn pairs(pairs: &[(String, String, f64)]) -> serde_json::Value {
    let pair =
        |(one, other, cmd): &(String, String, f64)| json!({ "pair": [one, other], "cmd": cmd });
    pairs.iter().map(pair).collect()
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

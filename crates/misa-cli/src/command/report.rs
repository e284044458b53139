//! The results of a run as one page.

use super::{
    SplitName,
    json::say_object,
    output::{check_file, folder, make_folder, write},
    say,
};
use crate::{Exit, MovedData, Outcome, runs::one_run, show::Finished};
use clap::Args;
use misa_report::{Page, page};
use misa_train::record_results;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Name of the page in the run folder.
const PAGE: &str = "report.html";

/// Write all results of a run as one page.
///
/// The page is a self-contained HTML file: curves, predictions, confusions, representations,
/// attention, settings and provenance.
///
/// figures/ beside it has every figure as SVG and PNG, with its numbers as CSV; for another page
/// FILE.html it is FILE-figures/.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa report runs/a
  misa report runs/a --split test -o paper/report.html")]
pub struct Arguments {
    /// Run folder, or a folder with one run in it
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Split whose utterances are shown; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// File to write, instead of report.html in the run folder
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
        let device = crate::device(&self.device)?;
        let run = one_run(&self.run)?;
        let (finished, test) = Finished::open(&run, &self.moved, &device)?;
        let default = run.join(PAGE);
        let out = self.out.as_ref().unwrap_or(&default);
        let figures = figures_of(out, &run);
        make_folder(&figures)?;
        check_file(out)?;
        let page = page(&finished.record(self.split.into(), test)?)?;
        for figure in page.figures() {
            let path = |extension: &str| figures.join(format!("{}.{extension}", figure.name));
            write(&path("svg"), figure.svg().as_bytes())?;
            write(&path("png"), &figure.png()?)?;
            write(&path("csv"), figure.data.as_bytes())?;
        }
        write(out, page.html().as_bytes())?;
        let kinds = ["svg", "png", "csv"];
        let files = page
            .figures()
            .iter()
            .flat_map(|figure| kinds.map(|kind| figures.join(format!("{}.{kind}", figure.name))));
        record_results(&run, &files.chain([out.clone()]).collect::<Vec<_>>())?;
        if self.json {
            say_object(numbers(&page, out, &figures))?;
        } else {
            say(&text(&page, out, &figures))?;
        }
        Ok(Exit::Done)
    }
}

/// The folder for the figures of the page `out` of a run: two pages in one folder do not share it.
fn figures_of(out: &Path, run: &Path) -> PathBuf {
    let is_in_run = match (fs::canonicalize(folder(out)), fs::canonicalize(run)) {
        (Ok(folder), Ok(run)) => folder == run,
        _ => false,
    };
    if is_in_run && out.ends_with(PAGE) {
        return out.with_file_name("figures");
    }
    let mut name = out.file_stem().unwrap_or_default().to_os_string();
    name.push("-figures");
    out.with_file_name(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(run: &Path, out: &Path) -> PathBuf {
        figures_of(out, run)
    }

    #[test]
    fn no_two_pages_share_a_folder_of_figures() {
        let dir = tempfile::tempdir().unwrap();
        let run = dir.path().join("run");
        fs::create_dir(&run).unwrap();
        assert_eq!(figures(&run, &run.join("report.html")), run.join("figures"));
        let around = dir.path().join("run/../run/report.html");
        assert_eq!(figures(&run, &around), around.with_file_name("figures"));
        assert_eq!(
            figures(&run, &run.join("test.html")),
            run.join("test-figures")
        );
        let (one, other) = (dir.path().join("one.html"), dir.path().join("report.html"));
        assert_eq!(figures(&run, &one), dir.path().join("one-figures"));
        assert_eq!(figures(&run, &other), dir.path().join("report-figures"));
        assert_eq!(figures(&run, Path::new("a.html")), Path::new("a-figures"));
    }
}

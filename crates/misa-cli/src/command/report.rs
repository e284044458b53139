//! One page of what a run found.

use super::{
    SplitName,
    output::{check_file, folder, make_folder, write},
    say, say_json,
};
use crate::{Exit, Outcome, show::Finished};
use clap::Args;
use misa_report::{Page, page};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Name of the page in the run folder.
const PAGE: &str = "report.html";

/// Write what a run found as one HTML file that needs nothing else: curves, predictions,
/// confusions, representations, attention, settings and provenance.
///
/// Beside it, in figures/, every figure lies as SVG and PNG, with its numbers as CSV; for a page
/// FILE.html of your own, in FILE-figures/.
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
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print what was written, and the numbers beside the pictures, as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let (finished, test) = Finished::open(&self.run, self.data.as_deref(), &device)?;
        let default = self.run.join(PAGE);
        let out = self.out.as_ref().unwrap_or(&default);
        let figures = self.figures(out);
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
        match self.json {
            true => say_json(&numbers(&page, out, &figures))?,
            false => say(&text(&page, out, &figures))?,
        }
        Ok(Exit::Done)
    }

    /// Where the figures of the page go: two pages in one folder do not share them.
    fn figures(&self, out: &Path) -> PathBuf {
        let is_in_run = match (fs::canonicalize(folder(out)), fs::canonicalize(&self.run)) {
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
}

/// What was written and found, for people.
fn text(page: &Page, out: &Path, figures: &Path) -> String {
    let (count, out, figures) = (page.figures().len(), out.display(), figures.display());
    let mut lines = vec![format!("{out}: {count} figures, also in {figures}")];
    lines.extend(page.probes().iter().map(|probe| {
        format!(
            "modality told from {} vectors: {:.1} % (chance {:.1} %)",
            probe.space,
            100.0 * probe.accuracy,
            100.0 * probe.chance
        )
    }));
    lines.extend(page.shared_distance().map(|distance| {
        let pairs = distance.pairs.iter();
        let pairs = pairs.map(|(one, other, cmd)| format!("{one} and {other} {cmd:.4}"));
        let pairs: Vec<String> = pairs.collect();
        let mean = distance.mean;
        format!(
            "CMD between shared vectors: {}; mean {mean:.4}",
            pairs.join(", ")
        )
    }));
    let omitted = page.omitted().iter();
    lines.extend(omitted.map(|omitted| format!("not drawn: {omitted}")));
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
        "cmd_of_pairs": page.shared_distance().map(|distance| &distance.pairs),
        "omitted": page.omitted(),
    })
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
        let arguments = Arguments {
            run: run.to_path_buf(),
            split: SplitName::Valid,
            out: None,
            data: None,
            device: String::new(),
            json: false,
        };
        arguments.figures(out)
    }

    #[test]
    fn every_page_has_figures_of_its_own() {
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

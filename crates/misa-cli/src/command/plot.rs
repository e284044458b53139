//! One figure.

use super::json::say_object;
use super::output::{check_file, check_outside_data, write};
use super::{SplitName, say};
use crate::runs::one_run;
use crate::show::Finished;
use crate::{Exit, MovedData, Outcome};
use clap::Args;
use misa_data::Split;
use misa_report::{Figure, Page, PngError, page};
use misa_train::record_results;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Draw one figure of a run, as SVG, PNG or the CSV of its numbers.
///
/// The figures are those of `misa report`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa plot runs/a --list
  misa plot runs/a attention -o attention.svg")]
pub struct Arguments {
    /// Run folder, or a folder with one run in it
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Name of the figure, see --list
    #[arg(value_name = "FIGURE", required_unless_present = "list")]
    figure: Option<String>,
    /// File to write: .svg, .png or .csv
    #[arg(short, long, value_name = "FILE", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Print the names of all figures; the test split stays locked
    #[arg(long, conflicts_with_all = ["figure", "out"])]
    list: bool,
    /// Split whose utterances are shown; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print what was written, or the names of all figures, as JSON
    #[arg(long)]
    json: bool,
}

/// The file format of a figure.
#[derive(Clone, Copy)]
enum Kind {
    Svg,
    Png,
    Csv,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let (Some(name), Some(out)) = (&self.figure, &self.out) else {
            return self.say_names();
        };
        let kind = Kind::of(out)?;
        check_file(out)?;
        let device = crate::device(&self.device)?;
        let run = one_run(&self.run)?;
        check_outside_data(out, [run.as_path()], &self.moved)?;
        let (finished, test) = Finished::open(&run, &self.moved, &device)?;
        let split = Split::from(self.split);
        if split == Split::Test {
            // A name that does not exist must not open the test split.
            find(&page(&finished.valid_record()?)?, name)?;
        }
        let page = page(&finished.record(split, test)?)?;
        let figure = find(&page, name)?;
        write(out, &kind.bytes(figure)?)?;
        record_results(&run, std::slice::from_ref(out))?;
        if self.json {
            say_object(json!({
                "file": out.display().to_string(),
                "figure": figure.name,
                "title": figure.title,
                "caption": figure.caption,
                "split": split,
            }))?;
        }
        Ok(Exit::Done)
    }

    /// Prints the names of the figures, which are those of the valid split.
    fn say_names(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let run = one_run(&self.run)?;
        let (finished, _) = Finished::open(&run, &self.moved, &device)?;
        let page = page(&finished.valid_record()?)?;
        let figures = page.figures().iter();
        if self.json {
            let named = figures.map(|figure| json!({ "name": figure.name, "title": figure.title }));
            say_object(json!({ "figures": named.collect::<Vec<_>>() }))?;
        } else {
            let lines = figures.map(|figure| format!("{:28} {}\n", figure.name, figure.title));
            say(&lines.collect::<String>())?;
        }
        Ok(Exit::Done)
    }
}

impl Kind {
    fn of(out: &Path) -> Result<Self, String> {
        match out.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => Ok(Self::Svg),
            Some("png") if cfg!(feature = "png") => Ok(Self::Png),
            Some("png") => Err(format!(
                "{}: this program was built without PNG: build it with `--features png`, or ask for .svg",
                out.display()
            )),
            Some("csv") => Ok(Self::Csv),
            _ => Err(format!("{}: expected .svg, .png or .csv", out.display())),
        }
    }

    fn bytes(self, figure: &Figure) -> Result<Vec<u8>, PngError> {
        match self {
            Self::Svg => Ok(figure.svg().into_bytes()),
            Self::Png => figure.png(),
            Self::Csv => Ok(figure.data.clone().into_bytes()),
        }
    }
}

fn find<'a>(page: &'a Page, name: &str) -> Result<&'a Figure, String> {
    let mut figures = page.figures().iter();
    figures.find(|figure| figure.name == name).ok_or_else(|| {
        let names = page.figures().iter().map(|figure| figure.name.as_str());
        let names: Vec<&str> = names.collect();
        format!("no figure `{name}`, expected one of {}", names.join(", "))
    })
}

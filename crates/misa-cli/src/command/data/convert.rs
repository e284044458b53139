//! Any data set to one .safetensors file, in little memory.

use super::moves::Moves;
use crate::command::output::check_absent;
use crate::command::{say, say_object};
use crate::{Exit, ModalityFiles, Outcome, ProgressLine};
use clap::Args;
use misa_data::{
    Format, OpenOptions, Overview, Padding, Policy, Split, SyntheticConfig, UtteranceWriter,
    Written,
};
use misa_terms::form;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Write a data set of any layout as one .safetensors file.
///
/// The file appears when it is complete; an interrupted command changes nothing. Without
/// arguments, the synthetic set is converted in a temporary folder.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa data convert datasets/MOSI mosi.safetensors
  misa data convert mosei/unaligned_50.pkl mosei.safetensors --policy compat
  misa data convert mosi/aligned_50.pkl mosi.safetensors --visual mosi_openface.pkl
  misa data convert mine.safetensors fold-2.safetensors --folds fold-2.json")]
pub struct ConvertArguments {
    /// File or folder to read; without it, the synthetic set
    #[arg(value_name = "IN", requires = "output")]
    input: Option<PathBuf>,
    /// File to write
    #[arg(value_name = "OUT")]
    output: Option<PathBuf>,
    /// Overwrite OUT
    #[arg(long)]
    force: bool,
    /// NaN and infinite values: strict rejects them, compat replaces them as the original codes do
    #[arg(long, value_name = "NAME", default_value_t)]
    policy: Policy,
    /// Where padded files have their padding: auto, left, right, none or mask
    #[arg(long, value_name = "NAME", default_value_t)]
    padding: Padding,
    /// Layout of IN, instead of detecting it
    #[arg(long, value_name = "NAME", requires = "input")]
    format: Option<Format>,
    #[command(flatten)]
    files: ModalityFiles,
    /// Other splits: a JSON file with lists of ids, of videos or of single utterances, under train, valid and
    /// test. What it does not list stays in its split
    #[arg(long, value_name = "FILE", requires = "input")]
    folds: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

impl ConvertArguments {
    /// Converts, and prints what was written.
    ///
    /// # Errors
    ///
    /// Whatever keeps the data from being read or written.
    pub fn run(&self) -> Outcome {
        if let (Some(input), Some(output)) = (&self.input, &self.output) {
            convert(input, output, self)?;
            return Ok(Exit::Done);
        }
        let folder = tempfile::tempdir()?;
        let [input, output] = ["in", "out"].map(|name| folder.path().join(name));
        if !self.json {
            say("no IN and OUT: converts the synthetic set in a temporary folder\n")?;
        }
        SyntheticConfig::new().generate().dataset.save(&input)?;
        convert(&input, &output, self)?;
        Ok(Exit::Done)
    }
}

fn convert(
    input: &Path,
    output: &Path,
    arguments: &ConvertArguments,
) -> Result<(), Box<dyn Error>> {
    check_absent(output, arguments.force)?;
    let mut moves = Moves::new(arguments.folds.as_deref())?;
    let mut writer = UtteranceWriter::create(output)?;
    let mut line = ProgressLine::new();
    let mut count = 0;
    let mut overview = options(arguments).stream(input, |split, utterance| {
        count += 1;
        line.show(|| format!("{count} utterances read"));
        writer.push(moves.split(split, &utterance.id), &utterance)
    })?;
    drop(line);
    overview.counts = moves.counts;
    for note in &overview.notes {
        eprintln!("note: {note}");
    }
    moves.tell();
    let written = writer.finish(&overview)?;
    if arguments.json {
        say_object(numbers(output, &overview, &moves, &written))
    } else {
        Ok(say(&text(output, &overview, &written))?)
    }
}

/// What was written, for people.
fn text(output: &Path, overview: &Overview, written: &Written) -> String {
    let (path, counts) = (output.display(), counts(overview));
    let megabytes = written.bytes as f64 / 1e6;
    let checksum = &written.checksum;
    format!("{path}: {counts}, {megabytes:.1} MB, checksum {checksum}\n")
}

/// The same for machines.
fn numbers(output: &Path, overview: &Overview, moves: &Moves, written: &Written) -> Value {
    let notes: Vec<String> = overview.notes.iter().map(ToString::to_string).collect();
    let counts = Split::ALL.map(|split| (split.to_string(), overview.count(split)));
    json!({
        "file": output.display().to_string(),
        "format": overview.format.to_string(),
        "utterances": BTreeMap::from(counts),
        "bytes": written.bytes,
        "checksum": written.checksum,
        "notes": notes,
        "moved": moves.moved,
        "unknown_names": moves.unknown_names(),
    })
}

fn options(arguments: &ConvertArguments) -> OpenOptions {
    let options = OpenOptions::new()
        .with_format(arguments.format)
        .with_policy(arguments.policy)
        .with_padding(arguments.padding);
    arguments.files.apply(options)
}

/// The utterances of each split that has any.
fn counts(overview: &Overview) -> String {
    let counts: Vec<String> = Split::ALL
        .into_iter()
        .filter(|&split| overview.count(split) > 0)
        .map(|split| format!("{} {split}", overview.count(split)))
        .collect();
    let all: usize = overview.counts.iter().sum();
    format!(
        "{} {}",
        counts.join(", "),
        form(all, "utterance", "utterances")
    )
}

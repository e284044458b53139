//! Own recordings as a data set.

mod checks;
mod faults;
mod mmsa;
mod options;
mod page;
mod summary;
mod totals;

use crate::command::output::{check_absent, check_file, check_outside, write};
use crate::command::{say, say_object};
use crate::{Exit, Outcome, ProgressLine};
use clap::Args;
use faults::Faults;
use misa_data::{RecordingsWriter, Split};
use misa_recordings::assemble::{Assembled, Assembler, RecordingReport};
use misa_recordings::segments::{self, Segment, SegmentTable};
use misa_terms::{Modality, PerModality};
use mmsa::TokenBert;
use options::{FileOptions, StepOptions, TableOptions};
use std::error::Error;
use std::path::{Path, PathBuf};
use summary::Summary;
use totals::Totals;

/// Parts of train, valid and test.
const SPLITS: [f64; 3] = [0.7, 0.15, 0.15];
/// Seed of the splits.
const SEED: u64 = 1;

/// Make a data set of your own recordings.
///
/// TABLE names the recordings and their labels; words, faces and voices come from files that other tools
/// wrote, and are found by the names of the recordings. docs/recordings.md is the guide. The data set
/// appears when it is complete. A table without labels gives a data set that can be predicted only.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa data assemble table.csv --words words --faces openface --voice egemaps --out mine.safetensors
  misa data assemble label.csv --faces openface --voice egemaps --mode utterance --out mine.safetensors
  misa data assemble table.csv --words words --sound clips --out mine.safetensors --report mine.html
  misa data assemble --segment speech --sound talks --mode utterance --out talks.safetensors")]
pub struct AssembleArguments {
    /// Table of recordings, segments and labels
    #[arg(value_name = "TABLE", required_unless_present = "segment")]
    table: Option<PathBuf>,
    /// Without a table: a segment wherever somebody speaks in the sounds
    #[arg(long, value_name = "speech", value_parser = ["speech"], requires = "sound", conflicts_with = "table")]
    segment: Option<String>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite files
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    files: FileOptions,
    #[command(flatten)]
    steps: StepOptions,
    #[command(flatten)]
    columns: TableOptions,
    /// Parts of train, valid and test, for a table with labels and without splits; recordings of a speaker, or of a
    /// video, stay together [default: 0.7,0.15,0.15]
    #[arg(long, value_name = "A,B,C", value_parser = shares, conflicts_with = "segment")]
    splits: Option<[f64; 3]>,
    /// Seed of the splits [default: 1]
    #[arg(long, value_name = "N", conflicts_with = "segment")]
    seed: Option<u64>,
    /// Also write a feature file of MMSA, whose models read the tokens of a BERT
    #[arg(long, value_name = "FILE", requires = "bert")]
    mmsa: Option<PathBuf>,
    /// Folder of the BERT whose tokens the file of MMSA has
    #[arg(long, value_name = "FOLDER", requires = "mmsa")]
    bert: Option<PathBuf>,
    /// Also write a page that shows what became of every recording
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The utterance that the page shows [default: the first]
    #[arg(long, value_name = "ID", requires = "report")]
    picture: Option<String>,
    /// Leave out recordings whose files are at fault, instead of stopping
    #[arg(long)]
    skip_faulty: bool,
    /// Accept words and voices that do not seem to be of one cut
    #[arg(long)]
    allow_offset: bool,
    /// Print what became of every recording as JSON
    #[arg(long)]
    json: bool,
}

impl AssembleArguments {
    /// Assembles, and prints what became of the recordings.
    ///
    /// # Errors
    ///
    /// Whatever keeps the recordings from being read or the data set from being written.
    pub fn run(&self) -> Outcome {
        self.check_effects()?;
        self.check_outputs()?;
        let bert = self.bert.as_deref().map(TokenBert::open).transpose()?;
        let mut table = self.table()?;
        let splits = self.split(&mut table)?;
        self.check_table(&table)?;
        self.check_modes(&table)?;
        let inputs = self.files.inputs()?;
        let assembler = Assembler::new(&table.segments, inputs, self.steps.assemble())?;
        check_outside(&self.outputs(), assembler.files())?;
        let matching = assembler.matching();
        faults::check_matching(&matching, &table.segments, &self.table_name())?;
        let recipes = assembler.recipes();
        let Work {
            writer,
            totals,
            faults,
            first,
            ..
        } = self.read(&assembler, &table)?;
        faults.check(&self.table_name(), self.skip_faulty)?;
        if !self.allow_offset {
            totals.check_offsets()?;
        }
        if first.is_none() {
            let table = self.table_name();
            return Err(faults::nothing_left(&table, &assembler, &totals, &faults).into());
        }
        let (written, overview) = writer.finish()?;
        let summary = Summary {
            arguments: self,
            table: &table,
            splits: splits.as_deref(),
            matching: &matching,
            recipes: &recipes,
            totals: &totals,
            faults: &faults,
            written: &written,
            overview: &overview,
        };
        if let Some(path) = &self.report {
            let shown = self.picture.clone().or(first);
            let picture = shown.map(|id| assembler.picture(&id)).transpose()?;
            write(path, page::page(&summary, picture.flatten())?.as_bytes())?;
        }
        if let (Some(path), Some(bert)) = (&self.mmsa, &bert) {
            mmsa::write(path, &self.out, &table, bert)?;
        }
        self.say(&summary)
    }

    /// The segments.
    fn table(&self) -> Result<SegmentTable, Box<dyn Error>> {
        match &self.table {
            Some(path) => Ok(segments::read(path, &self.columns.segments())?),
            None => self.files.spoken(),
        }
    }

    /// What messages call the table.
    fn table_name(&self) -> String {
        match &self.table {
            Some(path) => path.display().to_string(),
            None => "--segment speech".to_string(),
        }
    }

    /// Reads all recordings.
    fn read<'w>(
        &'w self,
        assembler: &Assembler<'_>,
        table: &'w SegmentTable,
    ) -> Result<Work<'w>, Box<dyn Error>> {
        let mode = self.steps.mode;
        let mut work = Work {
            arguments: self,
            table,
            writer: RecordingsWriter::create(
                &self.out,
                mode,
                assembler.recipes(),
                has_labels(table),
            )?
            .with_labels_of(PerModality::from_fn(|modality| {
                is_labelled(table, modality)
            })),
            totals: Totals::default(),
            faults: Faults::default(),
            has_labels: has_labels(table),
            first: None,
        };
        let mut line = ProgressLine::new();
        let (mut done, all) = (0, assembler.recordings());
        assembler.run(|outcome| {
            done += 1;
            line.show(|| format!("{done} of {all} recordings read"));
            work.take(outcome.name, outcome.result)
        })?;
        Ok(work)
    }

    fn say(&self, summary: &Summary<'_>) -> Outcome {
        if self.json {
            say_object(summary.to_json())?;
        } else {
            say(&summary.to_text())?;
        }
        Ok(Exit::Done)
    }

    /// The files that are written.
    fn outputs(&self) -> Vec<&Path> {
        let others = [&self.mmsa, &self.report].into_iter().flatten();
        let paths = std::iter::once(&self.out).chain(others);
        paths.map(PathBuf::as_path).collect()
    }

    /// Refuses files that cannot be written, and that would replace each other or what is read. What is read from
    /// folders is known later.
    fn check_outputs(&self) -> Result<(), Box<dyn Error>> {
        let outputs = self.outputs();
        for path in &outputs {
            check_file(path)?;
        }
        let named = [&self.table, &self.bert].into_iter().flatten();
        let files = self.files.paths().filter(|path| path.is_file());
        check_outside(&outputs, named.map(PathBuf::as_path).chain(files))?;
        for path in outputs {
            check_absent(path, self.force)?;
        }
        Ok(())
    }

    /// Gives splits to a table with labels that has none, and says how. Refuses options of splits for others.
    fn split(&self, table: &mut SegmentTable) -> Result<Option<String>, Box<dyn Error>> {
        let is_split = table.segments.iter().all(|segment| segment.split.is_some());
        if !is_split && has_labels(table) {
            let shares = self.splits.unwrap_or(SPLITS);
            let summary = segments::assign_splits(table, shares, self.seed.unwrap_or(SEED));
            let summary = summary.map_err(|fault| format!("{}: {fault}", self.table_name()))?;
            return Ok(Some(summary.to_string()));
        }
        if self.splits.is_none() && self.seed.is_none() {
            return Ok(None);
        }
        let what = if is_split { "splits" } else { "no labels" };
        let table = self.table_name();
        Err(format!("{table}: --splits and --seed have no effect, as there are {what}").into())
    }
}

/// What is done with one recording after the other.
struct Work<'w> {
    arguments: &'w AssembleArguments,
    table: &'w SegmentTable,
    writer: RecordingsWriter,
    totals: Totals,
    faults: Faults,
    has_labels: bool,
    /// The first utterance.
    first: Option<String>,
}

impl Work<'_> {
    fn take(
        &mut self,
        name: String,
        result: Result<(RecordingReport, Vec<Assembled>), misa_recordings::assemble::AssembleError>,
    ) -> Result<(), Box<dyn Error>> {
        let (report, utterances) = match result {
            Ok(read) => read,
            Err(error) => return self.faults.add(name, error, self.arguments.skip_faulty),
        };
        for utterance in &utterances {
            let segment = &self.table.segments[utterance.number];
            if self.has_labels && segment.label.is_none() {
                self.totals.without_label += 1;
                continue;
            }
            let split = segment.split.unwrap_or(Split::Test);
            self.writer.push(split, segment, utterance)?;
            self.first.get_or_insert_with(|| utterance.id.clone());
        }
        self.totals.add(report);
        Ok(())
    }
}

/// Whether any segment has a label.
fn has_labels(table: &SegmentTable) -> bool {
    table
        .segments
        .iter()
        .any(|segment: &Segment| segment.label.is_some())
}

/// Whether the table has texts.
fn has_text(table: &SegmentTable) -> bool {
    table.segments.iter().any(|segment| segment.text.is_some())
}

/// Whether every segment has a label by a modality alone.
fn is_labelled(table: &SegmentTable, modality: Modality) -> bool {
    let mut segments = table.segments.iter();
    segments.all(|segment| segment.label_of(modality).is_some())
}

fn shares(text: &str) -> Result<[f64; 3], String> {
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let expected = "expected three numbers above 0 with the sum 1, such as 0.7,0.15,0.15";
    let parts: [f64; 3] = parts
        .ok()
        .and_then(|parts| parts.try_into().ok())
        .ok_or(expected)?;
    let is_fine =
        parts.iter().all(|&part| part > 0.0) && (parts.iter().sum::<f64>() - 1.0).abs() < 1e-6;
    is_fine.then_some(parts).ok_or_else(|| expected.to_string())
}

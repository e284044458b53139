//! Features of voices from sounds.

mod picture;
mod work;

use crate::command::output::{check_absent, check_file, check_outside, make_folder};
use crate::command::{say, say_object};
use crate::speech::SpeechOption;
use crate::{Exit, Outcome};
use clap::Args;
use misa_recordings::RecordingError;
use misa_recordings::sounds::{SoundReader, SoundRecipe, SoundReport, sound_files};
use misa_terms::plural;
use serde_json::json;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use work::Work;

/// The option that keeps what comes before a fault.
const KEEP: &str = "--keep-before-fault";
/// Faults that are told in full.
const TOLD: usize = 10;

/// Compute features of voices from sounds, without any other program.
///
/// Sounds are WAV, FLAC, MP3, Ogg Vorbis and AAC, and the sound of MP4 and MKV videos, of any rate and number of
/// channels; of channels, the mean is taken. Each sound gets a table of comma-separated values, with the start
/// and the end of each row, the columns of the recipe, and nan where a column has no number. `misa data assemble
/// --voice DIR` reads these tables; with `--sound`, it does without them.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa data features clips --out voices
  misa data features a.wav b.mp3 --recipe librosa-33 --out voices
  misa data features talk.mp4 --out voices --json
  misa data features clip.wav --out voices --picture clip.svg")]
pub struct FeaturesArguments {
    /// Sounds, or folders of them
    #[arg(value_name = "SOUND", required = true)]
    sounds: Vec<PathBuf>,
    /// The features: misa-voice-1 or librosa-33
    #[arg(long, value_name = "NAME", default_value = SoundRecipe::MisaVoice1.name(), value_parser = recipe)]
    recipe: SoundRecipe,
    /// Folder of the tables, one for each sound
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Overwrite tables, and a picture, that exist
    #[arg(long)]
    force: bool,
    /// Keep what comes before a fault in a sound, and tell it, instead of refusing the sound
    #[arg(long)]
    keep_before_fault: bool,
    /// Leave out sounds that cannot be read, instead of failing at the end
    #[arg(long)]
    skip_faulty: bool,
    /// What tells speech from other sounds.
    #[command(flatten)]
    speech: SpeechOption,
    /// Also draw the features of the first sound over time, as SVG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Print what became of every sound as JSON
    #[arg(long)]
    json: bool,
}

/// A sound that became a table, or why it did not.
#[derive(Debug)]
struct Done {
    name: String,
    table: PathBuf,
    result: Result<(usize, SoundReport), Fault>,
}

/// Why a sound became no table.
#[derive(Debug)]
struct Fault {
    text: String,
    /// Whether --keep-before-fault, which was not given, would keep something of the sound.
    can_keep: bool,
}

impl Fault {
    /// The error, in words of the command line.
    fn new(error: &RecordingError, can_keep: bool) -> Self {
        let text = error.to_string();
        let text = match text.strip_suffix(" or set `keep_before_fault`") {
            Some(rest) if can_keep => format!("{rest} or keep what comes before with {KEEP}"),
            Some(rest) => rest.to_string(),
            None => text,
        };
        Self { text, can_keep }
    }
}

impl FeaturesArguments {
    /// Computes the features, and prints what became of the sounds.
    ///
    /// # Errors
    ///
    /// Whatever keeps sounds from being read or tables from being written.
    pub fn run(&self) -> Outcome {
        let (sounds, others) = self.find()?;
        self.check_outputs(&sounds)?;
        make_folder(&self.out)?;
        let mut reader = SoundReader::new(self.recipe);
        reader.keep_before_fault = self.keep_before_fault;
        reader.speech = self.speech.load()?;
        let work = Work {
            reader,
            sounds: &sounds,
            out: &self.out,
            is_drawn: self.picture.is_some(),
        };
        let (done, track) = work.run();
        let faults: Vec<&Fault> = done
            .iter()
            .filter_map(|done| done.result.as_ref().err())
            .collect();
        if faults.len() == done.len() || !faults.is_empty() && !self.skip_faulty {
            return Err(faulty(&faults, done.len()).into());
        }
        let first = done.iter().find(|done| done.result.is_ok());
        if let (Some(path), Some(first), Some(track)) = (&self.picture, first, &track) {
            picture::write(path, &first.name, track, self.recipe)?;
        }
        if self.json {
            say_object(self.to_json(&done, others))?;
        } else {
            say(&self.to_text(&done, others))?;
        }
        Ok(Exit::Done)
    }

    /// The sounds by the names of their tables, and how many others of their names are not read.
    fn find(&self) -> Result<(BTreeMap<String, PathBuf>, usize), Box<dyn Error>> {
        let (mut sounds, mut others) = (BTreeMap::new(), 0);
        for path in &self.sounds {
            let found = sound_files(path)?;
            if found.is_empty() {
                let kinds = "WAV, FLAC, MP3, Ogg, AAC, MP4 or MKV";
                return Err(
                    format!("{}: expected sounds ({kinds}), found none", path.display()).into(),
                );
            }
            for file in found {
                let (name, path) = (file.name, file.path);
                others += file.others;
                if let Some(other) = sounds.insert(name.clone(), path.clone()) {
                    let (path, other) = (path.display(), other.display());
                    return Err(format!(
                        "{path}: expected sounds of different names, found {name:?} also in {other}; give each its folder"
                    )
                    .into());
                }
            }
        }
        Ok((sounds, others))
    }

    /// Refuses tables and a picture that cannot be written, or would replace each other or what is read.
    fn check_outputs(&self, sounds: &BTreeMap<String, PathBuf>) -> Result<(), Box<dyn Error>> {
        if let Some(path) = &self.picture {
            check_file(path)?;
        }
        let tables: Vec<PathBuf> = sounds.keys().map(|name| self.table(name)).collect();
        let outputs = tables.iter().chain(&self.picture);
        let outputs: Vec<&Path> = outputs.map(PathBuf::as_path).collect();
        let inputs = sounds.values().map(PathBuf::as_path);
        check_outside(&outputs, inputs.chain(self.speech.file()))?;
        for path in outputs {
            check_absent(path, self.force)?;
        }
        Ok(())
    }

    fn table(&self, name: &str) -> PathBuf {
        table_of(&self.out, name)
    }

    fn to_text(&self, done: &[Done], others: usize) -> String {
        let mut text = String::new();
        let [mut seconds, mut speech] = [0.0; 2];
        let (mut count, mut kind) = (0, "speech");
        for done in done {
            match &done.result {
                Ok((rows, report)) => {
                    (seconds, speech) = (seconds + report.seconds, speech + report.speech_seconds);
                    (count, kind) = (count + 1, report.speech_is());
                    let table = done.table.display();
                    let _ = writeln!(
                        text,
                        "{table}: {} of {:.2} s ({}, {} Hz, {})",
                        plural(*rows, "row", "rows"),
                        report.seconds,
                        report.format,
                        report.rate,
                        channels(report.channels)
                    );
                    for finding in &report.findings {
                        let _ = writeln!(text, "  finding: {finding}");
                    }
                }
                Err(fault) => {
                    let _ = writeln!(text, "left out: {}", fault.text);
                }
            }
        }
        let _ = writeln!(
            text,
            "{count} of {}, {seconds:.1} s, of which {speech:.1} s are {kind}; {} by {}",
            plural(done.len(), "sound", "sounds"),
            columns(self.recipe),
            self.recipe.name()
        );
        if others > 0 {
            let _ = writeln!(
                text,
                "note: {} of sound beside one of the same name, not read",
                plural(others, "file", "files")
            );
        }
        text
    }

    fn to_json(&self, done: &[Done], others: usize) -> serde_json::Value {
        let sounds: Vec<_> = done
            .iter()
            .map(|done| match &done.result {
                Ok((rows, report)) => {
                    json!({"name": done.name, "table": done.table, "rows": rows, "sound": report})
                }
                Err(fault) => json!({"name": done.name, "fault": fault.text}),
            })
            .collect();
        let recipe = self.recipe.recipe();
        json!({
            "recipe": {"name": recipe.name, "version": recipe.version, "sha256": recipe.sha256()},
            "sounds": sounds,
            "other_files": others,
        })
    }
}

/// The table of a sound.
fn table_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.csv"))
}

fn columns(recipe: SoundRecipe) -> String {
    format!("{} columns", recipe.recipe().columns.len())
}

/// Channels in words.
pub(super) fn channels(count: usize) -> String {
    if count == 1 {
        "one channel".to_string()
    } else {
        format!("mean of {count} channels")
    }
}

fn faulty(faults: &[&Fault], all: usize) -> String {
    let mut message = String::new();
    for fault in faults.iter().take(TOLD) {
        let _ = writeln!(message, "{}", fault.text);
    }
    let count = faults.len();
    let _ = write!(
        message,
        "{count} of {all} cannot be read; mend or remove them"
    );
    if count < all {
        message += ", or leave them out with --skip-faulty";
    }
    match faults.iter().filter(|fault| fault.can_keep).count() {
        0 => {}
        kept => {
            let _ = write!(
                message,
                "; of {kept}, what comes before the fault can be kept: {KEEP}"
            );
        }
    }
    message
}

/// The recipe of a name.
pub(super) fn recipe(name: &str) -> Result<SoundRecipe, String> {
    SoundRecipe::named(name).ok_or_else(|| {
        let names = SoundRecipe::ALL.map(SoundRecipe::name).join(" or ");
        format!("expected {names}")
    })
}

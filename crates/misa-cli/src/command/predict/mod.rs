//! Predictions of clips.

mod answer;
mod chosen;
mod lines;
mod model;
mod recording;

use super::output::{check_file, check_outside};
use super::say;
use crate::source::finished;
use crate::{Exit, ModalityFiles, Outcome};
use answer::{Answer, Layout};
use clap::Args;
use misa_core::Modalities;
use misa_data::{Clip, Clips, Format, OpenOptions, Padding, Policy, Recipes, Split, write_whole};
use misa_infer::Predictor;
use misa_train::{Manifest, record_results};
pub(super) use model::{model_folder, model_or_run, run_of};
use recording::RecordingOptions;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Clips, and the split of each if its file states one.
type SplitClips = (Vec<Clip>, Vec<Option<Split>>);

/// The path that stands for the standard input.
const STDIN: &str = "-";

/// Predict sentences, every clip of a file or folder, a recording, or clips from the standard input.
///
/// Clips need no labels and no splits, and a clip may lack modalities. The data may be other than that
/// of the run, with the same features. If it is the data of the run, the test split stays locked:
/// `misa evaluate RUN --split test` opens it and records that.
///
/// The data of the run is recognised by the checksum over all its splits, whatever its layout. A
/// part of it, such as a file of the test split alone, or the same utterances with other labels or
/// features are not recognised. The run is found from its folder and from RUN/checkpoint; a copy
/// of the model elsewhere belongs to no run.
///
/// With `--sound`, the features of the voice are computed from the sound as those of the training data were, for
/// a model of misa-voice-1 or librosa-33, and words become steps in the same way.
///
/// With `--data -`, every line of the standard input is a clip in JSON, and is answered by a line of
/// JSON as soon as no more input is waiting; empty lines are skipped. A line that cannot be read or
/// predicted is answered by its number and the error; the exit status is then 1. A model with context
/// reads all lines first, because a video is predicted as a whole.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa predict runs/a --text \"What fun that was!\"
  misa predict runs/a --data new.safetensors > predictions.csv
  misa predict runs/a --data sentences.csv --json-lines
  misa predict runs/a --data new.safetensors --modalities text
  misa predict runs/a --sound clip.wav --words clip.json
  misa predict runs/a --sound clip.wav --words \"What fun that was!\"
  echo '{\"id\": \"a\", \"text\": \"What fun!\"}' | misa predict runs/a --data -")]
pub struct Arguments {
    /// Folder of a finished run, or a folder with a model
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// File or folder with the clips, or - for lines of JSON on the standard input
    #[arg(long, value_name = "PATH", required_unless_present_any = ["text", "sound"])]
    data: Option<PathBuf>,
    /// A sentence to predict; may be repeated. With --data, the file to take the text from: of a
    /// folder, the one of its files to read; otherwise another data set with the same ids
    #[arg(long, value_name = "TEXT")]
    text: Vec<String>,
    /// Take the visual features from this file, in the same way
    #[arg(long, value_name = "FILE", requires = "data")]
    visual: Option<PathBuf>,
    /// Take the acoustic features from this file, in the same way
    #[arg(long, value_name = "FILE", requires = "data")]
    acoustic: Option<PathBuf>,
    /// A recording instead of data.
    #[command(flatten)]
    recording: RecordingOptions,
    /// Layout of the data, instead of detecting it
    #[arg(long, value_name = "NAME", requires = "data")]
    format: Option<Format>,
    /// NaN and infinite values: strict, the default, rejects them, compat replaces them as the original
    /// codes do
    #[arg(long, value_name = "NAME", requires = "data")]
    policy: Option<Policy>,
    /// Where padded files have their padding: auto, left, right, none or mask; without it, as in the
    /// settings of the run
    #[arg(long, value_name = "NAME", requires = "data")]
    padding: Option<Padding>,
    /// Read only these modalities, as if the others were missing, such as text,acoustic
    #[arg(long, value_name = "NAMES", default_value_t)]
    modalities: Modalities,
    /// File for the predictions; without it, they are printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// One JSON document instead of comma-separated values
    #[arg(long, conflicts_with = "json_lines")]
    json: bool,
    /// A line of JSON per clip instead of comma-separated values
    #[arg(long)]
    json_lines: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        self.check()?;
        let device = crate::device(&self.device)?;
        let folder = model_or_run(&self.run)?;
        let run = run_of(&folder)?;
        let manifest = run.as_deref().map(finished).transpose()?;
        let clips = match &self.data {
            Some(path) if !self.is_stdin() => Some(self.clips(path, manifest.as_ref())?),
            _ => None,
        };
        let (clips, recipes) = clips.unzip();
        let predictor = Predictor::load(model_folder(&folder), &device)?;
        let fit = recipes.map(|data| predictor.checkpoint().fit_recipes(&data));
        let fit = fit.transpose()?.unwrap_or_default();
        for note in &fit.notes {
            eprintln!("note: {note}");
        }
        predictor.checkpoint().usable_modalities(self.modalities)?;
        if self.is_stdin() {
            return lines::answer_all(&predictor, self.modalities);
        }
        let clips = match self.recording.clip(&predictor)? {
            Some(clip) => Some((vec![clip], vec![None])),
            None => clips,
        };
        let (mut clips, splits) = clips.unwrap_or_else(|| self.sentences());
        clips.iter_mut().for_each(|clip| fit.reorder(clip));
        let answers = self.answers(&predictor, clips, &splits)?;
        let text = answer::text(&answers, self.layout(), &predictor)?;
        match &self.out {
            None => say(&text)?,
            Some(path) => {
                let written = write_whole(path, |file| file.write_all(text.as_bytes()));
                written.map_err(|error| format!("{}: {error}", path.display()))?;
                if let Some(run) = &run {
                    record_results(run, std::slice::from_ref(path))?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// Refuses options that mean nothing together.
    fn check(&self) -> Result<(), Box<dyn Error>> {
        let files = !self.text.is_empty() || self.visual.is_some() || self.acoustic.is_some();
        let layout = self.format.is_some() || self.policy.is_some() || self.padding.is_some();
        let fault = match &self.data {
            Some(_) if self.is_stdin() && layout => {
                "--data -: clips on the standard input are lines of JSON, expected no --format, \
                 --policy or --padding"
            }
            Some(_) if self.is_stdin() && files => {
                "--data -: clips on the standard input have no other files, expected no --text, \
                 --visual or --acoustic"
            }
            Some(_) if self.is_stdin() && self.out.is_some() => {
                "--data -: answers are printed as they come, expected no --out"
            }
            Some(_) if self.is_stdin() && self.json => {
                "--data -: answers are lines of JSON, expected no --json"
            }
            Some(_) if self.text.len() > 1 => {
                "--text: with --data it is the file to take the text from, expected one"
            }
            _ => return self.check_out(),
        };
        Err(fault.into())
    }

    /// Refuses a file for predictions that something else needs.
    fn check_out(&self) -> Result<(), Box<dyn Error>> {
        let Some(out) = &self.out else { return Ok(()) };
        check_file(out)?;
        let data = [&self.data, &self.visual, &self.acoustic];
        let data = data.into_iter().flatten().map(PathBuf::as_path);
        // Without data, they are sentences.
        let text = self.text.iter().filter(|_| self.data.is_some());
        let text = text.map(Path::new);
        check_outside(&[out], data.chain(text).chain(self.recording.files()))
    }

    fn is_stdin(&self) -> bool {
        self.data.as_deref() == Some(Path::new(STDIN))
    }

    fn layout(&self) -> Layout {
        match (self.json, self.json_lines, &self.data) {
            (true, ..) => Layout::Json,
            (_, true, _) => Layout::JsonLines,
            (.., None) => Layout::Words,
            (.., Some(_)) => Layout::Table,
        }
    }

    /// The sentences of `--text`, named by their numbers.
    fn sentences(&self) -> SplitClips {
        let clip = |(number, sentence): (usize, &String)| Clip {
            id: (number + 1).to_string(),
            ..Clip::said(sentence)
        };
        let clips: Vec<Clip> = self.text.iter().enumerate().map(clip).collect();
        let splits = vec![None; clips.len()];
        (clips, splits)
    }

    /// The clips at `path` with their splits, except those of the run's test split, and how their features
    /// were made.
    fn clips(
        &self,
        path: &Path,
        manifest: Option<&Manifest>,
    ) -> Result<(SplitClips, Recipes), Box<dyn Error>> {
        let padding = match self.padding {
            Some(padding) => padding,
            None => model::recorded_padding(&self.run, manifest)?,
        };
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy.unwrap_or_default())
            .with_padding(padding);
        let files = ModalityFiles {
            text: self.text.first().map(PathBuf::from),
            visual: self.visual.clone(),
            acoustic: self.acoustic.clone(),
        };
        let options = files.apply(options);
        let read = options.open_clips(path)?;
        for note in &read.notes {
            eprintln!("note: {note}");
        }
        let is_of_run = is_of_run(&read, &options, path, manifest);
        let is_locked = |split: Option<Split>| is_of_run && split == Some(Split::Test);
        let locked = read
            .splits
            .iter()
            .filter(|&&split| is_locked(split))
            .count();
        if locked > 0 {
            eprintln!("note: {locked} utterances of the run's test split stay locked");
        }
        let all = read.clips.into_iter().zip(read.splits);
        let clips = all.filter(|(_, split)| !is_locked(*split)).unzip();
        Ok((clips, read.recipes))
    }

    /// The prediction for each clip; prints what the model does not read of their text.
    fn answers(
        &self,
        predictor: &Predictor,
        clips: Vec<Clip>,
        splits: &[Option<Split>],
    ) -> Result<Vec<Answer>, Box<dyn Error>> {
        let only = |(place, clip): (usize, Clip)| {
            let id = clip.id.clone();
            let fault = |fault| format!("clip {place} ({id:?}): {fault}");
            chosen::only(clip, self.modalities).map_err(fault)
        };
        let clips = clips.into_iter().enumerate().map(only);
        let clips: Vec<Clip> = clips.collect::<Result<_, String>>()?;
        let predictions = predictor.predict(&clips)?;
        let said: Vec<Option<String>> = self.text.iter().cloned().map(Some).collect();
        let said = said.into_iter().chain(std::iter::repeat(None));
        let answers = predictions.into_iter().zip(splits).zip(said);
        let answers: Vec<Answer> = answers
            .map(|((prediction, &split), said)| Answer {
                split,
                said,
                prediction,
            })
            .collect();
        for split in Split::ALL.into_iter().map(Some).chain([None]) {
            let read = answers.iter().filter(|answer| answer.split == split);
            let notes = predictor.text_notes(read.map(|answer| &answer.prediction));
            for note in notes {
                match split {
                    Some(split) => eprintln!("note: {split}: {note}"),
                    None => eprintln!("note: {note}"),
                }
            }
        }
        Ok(answers)
    }
}

/// Whether the clips are the data of the run, judged by the checksum of the labelled data set.
fn is_of_run(
    read: &Clips,
    options: &OpenOptions,
    path: &Path,
    manifest: Option<&Manifest>,
) -> bool {
    let Some(manifest) = manifest else {
        return false;
    };
    let checksum = read.checksum.clone().or_else(|| {
        // Labelled utterances may be among clips that lack something.
        let data = options.open(path).ok()?;
        Some(data.checksum().to_string())
    });
    checksum.as_ref() == Some(&manifest.data.checksum)
}

//! The options of `misa data assemble`.

use crate::ProgressLine;
use crate::command::data::features::recipe as sound_recipe;
use crate::speech::SpeechOption;
use clap::Args;
use misa_recordings::RecordingError;
use misa_recordings::align::{PauseRule, UntimedRule};
use misa_recordings::assemble::{AssembleOptions, Inputs, Mode};
use misa_recordings::recipe::Recipe;
use misa_recordings::segments::{SegmentTable, SegmentsOptions};
use misa_recordings::sounds::{SoundReader, SoundRecipe, sounds_of};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where words, faces and voices are.
#[derive(Args, Debug)]
pub(super) struct FileOptions {
    /// Words with times: a folder with a file per recording, or one file
    #[arg(long, value_name = "PATH")]
    words: Option<PathBuf>,
    /// Faces: a folder with a file per recording, or one file
    #[arg(long, value_name = "PATH")]
    pub faces: Option<PathBuf>,
    /// Voices: a folder with a file per recording, or one file
    #[arg(long, value_name = "PATH")]
    pub voice: Option<PathBuf>,
    /// Sounds, or videos, of which voices are made: a folder with a file per recording, or one file
    #[arg(long, value_name = "PATH", conflicts_with = "voice")]
    pub sound: Option<PathBuf>,
    /// Features of the sounds: misa-voice-1 or librosa-33
    #[arg(long, value_name = "NAME", requires = "sound", default_value = SoundRecipe::MisaVoice1.name(), value_parser = sound_recipe)]
    sound_recipe: SoundRecipe,
    /// Keep what comes before a fault in a sound, and tell it, instead of refusing the sound
    #[arg(long, requires = "sound")]
    keep_before_fault: bool,
    /// What tells speech from other sounds.
    #[command(flatten)]
    pub speech: SpeechOption,
    /// Columns of the faces: the name of a recipe, or its file [default: by the first file]
    #[arg(long, value_name = "RECIPE", requires = "faces")]
    face_recipe: Option<String>,
    /// Columns of the voices: the name of a recipe, or its file [default: by the first file]
    #[arg(long, value_name = "RECIPE", requires = "voice")]
    voice_recipe: Option<String>,
    /// Frames a second of the video, where a table of faces has no times
    #[arg(long, value_name = "N", requires = "faces", value_parser = above_zero)]
    fps: Option<f64>,
    /// Rows a second of arrays of faces
    #[arg(long, value_name = "N", requires = "faces", value_parser = above_zero)]
    face_rows: Option<f64>,
    /// Rows a second of arrays of voices
    #[arg(long, value_name = "N", requires = "voice", value_parser = above_zero)]
    voice_rows: Option<f64>,
    /// Least confidence of a face, from 0 to 1, for every mode but sdk [default: 0.8]
    #[arg(long, value_name = "SHARE", requires = "faces", value_parser = share)]
    pub confidence: Option<f64>,
    /// The face that is read, where a table of OpenFace or py-feat has several [default: the one found most surely]
    #[arg(long, value_name = "NAME", requires = "faces")]
    face: Option<String>,
    /// Tier of a TextGrid that has the words
    #[arg(long, value_name = "NAME", requires = "words")]
    tier: Option<String>,
}

/// How recordings become utterances.
#[derive(Args, Debug)]
pub(super) struct StepOptions {
    /// What a step is: words, sdk, unaligned or utterance
    #[arg(long, value_name = "NAME", default_value_t)]
    pub mode: Mode,
    /// Who owns pauses, for --mode words: words-only, extend or own-steps [default: extend]
    #[arg(long, value_name = "NAME")]
    pub pauses: Option<PauseRule>,
    /// Words without times, for --mode words and sdk: spread, drop or refuse [default: spread; drop for sdk]
    #[arg(long, value_name = "NAME")]
    pub untimed: Option<UntimedRule>,
    /// How far away a row may be that a step without rows borrows, for --mode words and unaligned [default: 0.1]
    #[arg(long, value_name = "SECONDS", value_parser = reach)]
    pub reach: Option<f64>,
    /// Steps of faces a second, for --mode unaligned [default: 10]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub face_rate: Option<f64>,
    /// Steps of voices a second, for --mode unaligned [default: 20]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub voice_rate: Option<f64>,
    /// Most steps of a modality, for --mode unaligned [default: 500]
    #[arg(long, value_name = "N", value_parser = steps)]
    pub most_steps: Option<usize>,
    /// Leave out the silence at both ends of recordings that the table does not cut; needs --sound
    #[arg(long, requires = "sound", conflicts_with = "segment")]
    trim: bool,
    /// Keep capital letters
    #[arg(long)]
    pub keep_case: bool,
    /// Keep the punctuation around words
    #[arg(long)]
    pub keep_punctuation: bool,
}

/// How the table is read.
#[derive(Args, Debug)]
pub(super) struct TableOptions {
    /// Column of the table with the label
    #[arg(long, value_name = "NAME", conflicts_with = "segment")]
    label_column: Option<String>,
    /// Column of the table with the text
    #[arg(long, value_name = "NAME", conflicts_with = "segment")]
    pub text_column: Option<String>,
    /// Files are clips: leave out times of the table, which count from the uncut recording
    #[arg(long, conflicts_with = "segment")]
    pub cut: bool,
    /// Names of the classes in order, if labels are names
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        conflicts_with = "segment"
    )]
    pub classes: Vec<String>,
}

impl FileOptions {
    /// Whether no file is named.
    pub fn is_empty(&self) -> bool {
        let files = [&self.words, &self.faces, &self.voice, &self.sound];
        files.into_iter().all(Option::is_none)
    }

    /// What may be files or folders that are read; recipes may be names.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let files = [&self.words, &self.faces, &self.voice, &self.sound];
        let files = files.into_iter().flatten().map(PathBuf::as_path);
        let recipes = [&self.face_recipe, &self.voice_recipe]
            .into_iter()
            .flatten();
        files
            .chain(recipes.map(Path::new))
            .chain(self.speech.file())
    }

    /// Whether words with times are given.
    pub fn has_words(&self) -> bool {
        self.words.is_some()
    }

    /// What these options say.
    pub fn inputs(&self) -> Result<Inputs<'_>, Box<dyn Error>> {
        let mut inputs = Inputs {
            words: self.words.as_deref(),
            faces: self.faces.as_deref(),
            voice: self.voice.as_deref(),
            sound: self.sound.as_deref(),
            sound_reader: self.sound_reader()?,
            faces_recipe: self.face_recipe.as_deref().map(recipe).transpose()?,
            voice_recipe: self.voice_recipe.as_deref().map(recipe).transpose()?,
            ..Inputs::default()
        };
        inputs.words_options.tier.clone_from(&self.tier);
        let faces = &mut inputs.faces_options;
        (faces.fps, faces.rate) = (self.fps, self.face_rows);
        faces.confidence = self.confidence.unwrap_or(faces.confidence);
        faces.face.clone_from(&self.face);
        inputs.voice_options.rate = self.voice_rows;
        Ok(inputs)
    }

    /// How sounds are read.
    fn sound_reader(&self) -> Result<SoundReader, Box<dyn Error>> {
        let mut reader = SoundReader::new(self.sound_recipe);
        reader.keep_before_fault = self.keep_before_fault;
        reader.speech = self.speech.load()?;
        Ok(reader)
    }

    /// The segments in which somebody speaks, of all sounds.
    pub fn spoken(&self) -> Result<SegmentTable, Box<dyn Error>> {
        let path = self
            .sound
            .as_deref()
            .ok_or("--segment speech needs --sound PATH")?;
        let reader = self.sound_reader()?;
        let sounds = sounds_of(path)?;
        let mut line = ProgressLine::new();
        let mut recordings = Vec::with_capacity(sounds.len());
        for (done, (name, file)) in sounds.iter().enumerate() {
            line.show(|| {
                format!(
                    "speech is looked for in {done} of {} recordings",
                    sounds.len()
                )
            });
            recordings.push((name.clone(), reader.hear(file)?.0));
        }
        SegmentTable::of_speech(recordings).ok_or_else(|| {
            let (path, count) = (path.display(), sounds.len());
            format!("{path}: expected speech, found none in {count} sounds").into()
        })
    }
}

impl StepOptions {
    /// What these options say.
    pub fn assemble(&self) -> AssembleOptions {
        let mut options = AssembleOptions::default();
        options.mode = self.mode;
        options.pauses = self.pauses.unwrap_or(options.pauses);
        options.untimed = self.untimed.unwrap_or(options.untimed);
        options.reach = self.reach.unwrap_or(options.reach);
        options.face_rate = self.face_rate.unwrap_or(options.face_rate);
        options.voice_rate = self.voice_rate.unwrap_or(options.voice_rate);
        options.most_steps = self.most_steps.unwrap_or(options.most_steps);
        options.trim = self.trim;
        (options.keep_case, options.keep_punctuation) = (self.keep_case, self.keep_punctuation);
        options
    }
}

impl TableOptions {
    /// What these options say.
    pub fn segments(&self) -> SegmentsOptions {
        let mut options = SegmentsOptions::default();
        options.label_column.clone_from(&self.label_column);
        options.text_column.clone_from(&self.text_column);
        options.classes.clone_from(&self.classes);
        options.is_cut = self.cut;
        options
    }
}

/// The recipe of a name, or of a file.
fn recipe(name: &str) -> Result<Recipe, RecordingError> {
    match Recipe::builtin(name) {
        Some(recipe) => Ok(recipe),
        None => Recipe::read(Path::new(name)),
    }
}

fn above_zero(text: &str) -> Result<f64, String> {
    number(text, "a number above 0", |number| number > 0.0)
}

fn rate(text: &str) -> Result<f64, String> {
    let largest = AssembleOptions::LARGEST;
    let expected = format!("a number above 0, at most {largest}");
    number(text, &expected, |number| number > 0.0 && number <= largest)
}

fn reach(text: &str) -> Result<f64, String> {
    let range = 0.0..=AssembleOptions::LARGEST;
    let expected = format!("seconds from 0 to {}", range.end());
    number(text, &expected, |number| range.contains(&number))
}

fn steps(text: &str) -> Result<usize, String> {
    let range = AssembleOptions::STEPS;
    let steps = text.parse::<usize>().ok();
    let steps = steps.filter(|steps| range.contains(steps));
    let (least, most) = range.into_inner();
    steps.ok_or_else(|| format!("expected a whole number from {least} to {most}"))
}

fn share(text: &str) -> Result<f64, String> {
    number(text, "a number from 0 to 1", |number| {
        (0.0..=1.0).contains(&number)
    })
}

fn number(text: &str, expected: &str, is_fine: impl Fn(f64) -> bool) -> Result<f64, String> {
    let number = f64::from_str(text)
        .ok()
        .filter(|&number| number.is_finite() && is_fine(number));
    number.ok_or_else(|| format!("expected {expected}"))
}
